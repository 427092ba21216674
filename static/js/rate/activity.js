// How long a page was visible and in focus, in milliseconds: what a rating took.

export function watchActivity() {
  let total = 0;
  let since = null;

  const isActive = () => document.visibilityState === "visible" && document.hasFocus();

  function update() {
    const now = performance.now();
    if (since !== null) total += now - since;
    since = isActive() ? now : null;
  }

  for (const event of ["focus", "blur"]) window.addEventListener(event, update);
  document.addEventListener("visibilitychange", update);
  update();

  return {
    read() {
      update();
      return Math.round(total);
    },
    restart() {
      update();
      total = 0;
    },
  };
}
