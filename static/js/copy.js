// Copy a text that a page shows shortened, and say that it is done where it was asked for.
const SECONDS_SAID = 2;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || button.dataset.label) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Without https a browser has no clipboard: hand over the whole text to be copied by hand.
    showWhole(button);
    return;
  }
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = button.dataset.label;
    delete button.dataset.label;
  }, SECONDS_SAID * 1000);
});

function showWhole(button) {
  const shown = button.parentElement.querySelector("code") ?? button.previousElementSibling;
  if (!shown) return;
  shown.textContent = button.dataset.copy;
  getSelection().selectAllChildren(shown);
}
