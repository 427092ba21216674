// The server writes moments in UTC; here they turn to the reader's own clock.
const format = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "short",
});

function localise(root) {
  const found = [...root.querySelectorAll("time[data-local]")];
  if (root.matches?.("time[data-local]")) found.push(root);
  for (const time of found) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
    delete time.dataset.local;
  }
}

localise(document);

// What is swapped in is told before it is painted: nobody sees the other clock for a moment.
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const added of change.addedNodes) {
      if (added instanceof Element) localise(added);
    }
  }
}).observe(document.body, { childList: true, subtree: true });
