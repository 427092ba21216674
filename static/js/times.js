// The server writes moments in UTC; here they turn to the reader's own clock. A browser that does not
// know the language of the page would write them in its own: then the server's words stay.
const language = document.documentElement.lang;
const isKnown = Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

function localise(root) {
  const found = [...root.querySelectorAll("time[data-local]")];
  if (root.matches?.("time[data-local]")) found.push(root);
  for (const time of found) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
    delete time.dataset.local;
  }
}

if (isKnown) {
  localise(document);

  // What is swapped in is told before it is painted: nobody sees the other clock for a moment.
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const added of change.addedNodes) {
        if (added instanceof Element) localise(added);
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
}
