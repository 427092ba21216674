// One press, one request: a form that is on its way cannot be sent again. The server is safe
// without this; it spares people the second answer.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return; // htmx sends this one, see below
  if (form.dataset.busy !== undefined) {
    event.preventDefault();
    return;
  }
  // Afterwards, because a disabled button would not be part of what is sent.
  setTimeout(() => setBusy(form, true));
});

document.addEventListener("htmx:beforeRequest", (event) => setBusy(event.target, true));
document.addEventListener("htmx:afterRequest", (event) => setBusy(event.target, false));

// Back brings a page as it was left: with its buttons disabled.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) setBusy(form, false);
});

// What is wrong is said at the top of the form: go there, on a new page or in a part of one.
document.addEventListener("htmx:load", (event) => {
  event.target.parentElement?.querySelector("[data-error-summary]")?.focus();
});

function setBusy(form, busy) {
  if (!(form instanceof HTMLFormElement)) return;
  if (busy) form.dataset.busy = "";
  else delete form.dataset.busy;
  form.setAttribute("aria-busy", String(busy));
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = busy;
}
