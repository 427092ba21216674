// Ratings on their way: kept in IndexedDB until the server has said that they are saved, sent in
// the order in which they were made. They survive a reload, a closed tab and an empty battery.

const NAME = "ggez-rate";
const STORE = "outbox";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const add = (letter) => run("readwrite", (store) => store.add(letter));
export const list = () => run("readonly", (store) => store.getAll());
export const remove = (id) => run("readwrite", (store) => store.delete(id));

// One sender at a time, in all tabs of this browser. With the last letter goes the question what is
// next: `has` names the items that the page has in hand by then.
export function send(token, has, tell) {
  return navigator.locks.request(NAME, async () => {
    const letters = await list();
    for (const [number, letter] of letters.entries()) {
      const isLast = number === letters.length - 1;
      const answer = await post(letter, token, isLast ? has() : null);
      if (answer.outcome === "away") return "away";
      await remove(letter.id);
      tell(letter, answer);
    }
    return "empty";
  });
}

async function post(letter, token, has) {
  // With dashes: no criterion can be called so.
  const body = new URLSearchParams(letter.fields);
  if (has) body.append("and-next", "yes");
  for (const each of has ?? []) body.append("in-hand", each);
  try {
    const answer = await fetch(letter.address, {
      method: "POST",
      headers: { Accept: "application/json", "X-Form-Token": token },
      body,
    });
    // Busy or starting again: as good as away. Everything else is the server's word.
    if (answer.status === 429 || answer.status >= 500) return { outcome: "away" };
    if (!answer.ok) return { outcome: "refused" };
    return { outcome: "saved", hand: (await answer.json()).hand };
  } catch {
    return { outcome: "away" };
  }
}
