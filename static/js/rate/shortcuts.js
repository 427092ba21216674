// Keys, while the focus is in the form (WCAG 2.1.4): 1 to 7 choose a level of the first criterion
// that is still open, Enter saves, Backspace goes back, ? says so. They can be switched off.

const SWITCH = "ggez-shortcuts";

export function offerShortcuts() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-shortcuts]")) return;
    localStorage.setItem(SWITCH, isOn() ? "off" : "on");
    showSwitch();
  });
  document.addEventListener("keydown", press);
  showSwitch();
}

// Also for an item that is shown later: it brings a switch of its own.
export function showSwitch() {
  const button = document.querySelector("[data-shortcuts]");
  button?.removeAttribute("hidden");
  button?.setAttribute("aria-pressed", String(isOn()));
  document.body.classList.toggle("shortcuts-on", isOn());
}

function isOn() {
  return localStorage.getItem(SWITCH) !== "off";
}

function press(event) {
  const form = document.querySelector("[data-rate]");
  const isWriting = event.target.matches?.("textarea, input[type=text]");
  if (!isOn() || event.ctrlKey || event.metaKey) return;
  if (event.altKey || !form?.contains(event.target) || isWriting) return;
  if (/^[1-7]$/.test(event.key)) {
    if (choose(form, Number(event.key))) event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches("input[type=radio]")) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Backspace") {
    event.preventDefault();
    history.back();
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("shortcuts")?.showModal();
  }
}

function choose(form, number) {
  const groups = [...form.querySelectorAll(".criterion")];
  const inFocus = document.activeElement?.closest(".criterion");
  const isOpen = (group) => !group.querySelector("input:checked");
  const group = groups.find(isOpen) ?? inFocus ?? groups.at(-1);
  const wanted = group?.querySelectorAll(".level input")[number - 1];
  if (!wanted) return false;
  wanted.checked = true;
  wanted.focus();
  wanted.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}
