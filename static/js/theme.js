// Light, dark, or as the device has it. Kept in a cookie so that the server writes it into the
// page and nothing flashes; without scripts the device decides and the switch stays hidden.
const control = document.querySelector("[data-theme-switch]");
const YEAR_S = 31536000;

if (control) {
  control.hidden = false;
  control.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.value);
  });
}

function choose(theme) {
  const root = document.documentElement;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const age = theme ? YEAR_S : 0;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
  for (const button of control.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}
