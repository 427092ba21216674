// Buttons that open and close a <dialog>. Escape, focus and the rest are the browser's own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();

  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();

  // A click on the backdrop arrives at the dialog itself; its content fills the rest.
  if (event.target instanceof HTMLDialogElement && isOutside(event)) event.target.close();
});

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  // A click made with the keyboard has no place.
  if (x === 0 && y === 0) return false;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}
