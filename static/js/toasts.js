// Things said in passing. The server says them by the event "toast" (an HX-Trigger header) or on
// the page itself; here they can also be about the network.
const region = document.querySelector("[data-toasts]");
const SECONDS_SHOWN = 8;

export function show(message, tone = "good") {
  const toast = document.createElement("div");
  toast.className = `toast toast-${tone}`;
  toast.dataset.toast = "";
  const words = document.createElement("p");
  words.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", region.dataset.closeLabel);
  close.textContent = "×";
  toast.append(words, close);
  region.append(toast);
  expire(toast);
}

// Bad news stays until it is closed; whoever points at a toast or is in it is still reading.
function expire(toast) {
  if (toast.classList.contains("toast-bad")) return;
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) expire(toast);
    else toast.remove();
  }, SECONDS_SHOWN * 1000);
}

for (const toast of region.querySelectorAll("[data-toast]")) expire(toast);

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
});
document.addEventListener("toast", (event) => show(event.detail.message, event.detail.tone));
document.addEventListener("htmx:sendError", () => show(region.dataset.offline, "bad"));
document.addEventListener("htmx:responseError", () => show(region.dataset.failed, "bad"));
