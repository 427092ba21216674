// Live parts of pages about jobs: news must not take away what somebody is doing. A part with an
// open dialog or selected text waits until that is over; opened details stay open; a log that
// shows its end keeps showing it.
const waiting = new Map();

document.addEventListener("htmx:sseBeforeMessage", (event) => {
  const part = event.target;
  if (isInUse(part)) {
    event.preventDefault();
    waiting.set(part, event.detail.data);
  } else {
    waiting.delete(part);
    remember(part);
  }
});

document.addEventListener("htmx:afterSwap", (event) => recall(event.target));

document.addEventListener("close", catchUp, true); // a dialog's; it does not bubble
document.addEventListener("selectionchange", catchUp);

function isInUse(part) {
  if (part.querySelector("dialog[open]")) return true;
  const selection = getSelection();
  return !selection.isCollapsed && part.contains(selection.anchorNode);
}

function catchUp() {
  for (const [part, html] of waiting) {
    if (!part.isConnected) waiting.delete(part);
    else if (!isInUse(part)) {
      waiting.delete(part);
      remember(part);
      const swapStyle = part.getAttribute("hx-swap") ?? htmx.config.defaultSwapStyle;
      htmx.swap(part, html, { swapStyle });
      recall(part);
    }
  }
}

// A form's buttons are disabled while it is on its way, and lose the focus by that. Whoever moves
// a job with the keyboard stays on its button, or on its neighbour at the end of the list.
let pressed = null;

document.addEventListener(
  "htmx:beforeRequest",
  () => {
    pressed = document.activeElement?.id || null;
  },
  true,
);

document.addEventListener("htmx:afterSettle", () => {
  const button = pressed && document.getElementById(pressed);
  pressed = null;
  if (!button || document.activeElement !== document.body) return;
  const usable = button.disabled
    ? button.parentElement.querySelector("button:not([disabled])")
    : button;
  usable?.focus();
});

const opened = new WeakMap();

function remember(part) {
  const details = [...part.querySelectorAll("details")].map((each) => each.open);
  const log = part.matches("[data-follow-end]") && part.querySelector("pre");
  opened.set(part, { details, top: log && !isAtEnd(log) ? log.scrollTop : null });
}

function recall(part) {
  const state = opened.get(part);
  part.querySelectorAll?.("details").forEach((each, place) => {
    if (state?.details[place]) each.open = true;
  });
  showEnd(part, state?.top ?? null);
}

function isAtEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 8;
}

function showEnd(part, top) {
  const log = part.matches?.("[data-follow-end]") && part.querySelector("pre");
  if (log) log.scrollTop = top ?? log.scrollHeight;
}

for (const part of document.querySelectorAll("[data-follow-end]")) showEnd(part, null);
