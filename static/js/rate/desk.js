// The desk: the item at hand, up to four more with their pictures, and the outbox. What is next is
// shown at once; "saved" is said only after the server has said it.

import * as outbox from "./outbox.js";
import { showSwitch } from "./shortcuts.js";

const AGAIN_MS = 4000;

export class Desk {
  constructor(activity) {
    this.activity = activity;
    this.held = [];
    this.said = [];
    this.timer = null;
  }

  open(form) {
    this.address = form.dataset.held;
    this.token = form.elements.form_token.value;
    this.status = document.querySelector("[data-rate-status]");
    document.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("online", () => this.goOn());
    if (this.address) this.settle(form.dataset.token);
  }

  // What was rated before this page was loaded and is still here goes first. When it is the very item
  // that is shown, the server did not know yet: it waits until another one can be shown.
  async settle(shown) {
    this.isWaiting = (await outbox.list()).some((letter) => letter.token === shown);
    document.querySelector("#main").inert = this.isWaiting;
    await this.goOn();
  }

  async goOn() {
    await this.refill(await this.flush());
  }

  async submit(event) {
    const form = event.target;
    if (!form.matches("[data-rate]")) return;
    form.elements.active_ms.value = this.activity.read();
    form.elements.client_at.value = new Date().toISOString();
    const isPlain = !this.address || event.submitter?.name === "do" || !isAnswered(form);
    // What is not an answer yet goes to the server as it is: it says what is missing.
    if (isPlain) return;
    event.preventDefault();
    const fields = [...new FormData(form)].filter(([name]) => name !== "form_token");
    if (event.submitter?.name) fields.push([event.submitter.name, event.submitter.value]);
    const letter = { address: form.action, token: form.dataset.token, fields };
    if (await this.isAskedBack(letter)) return;
    await outbox.add(letter);
    this.say("saving");
    this.next(form.dataset.token);
    await this.goOn();
  }

  // A comment in Burmese letters may be in another encoding: the server asks, as it does without
  // scripts. Without a network, or when it has been asked, the rating goes its usual way.
  async isAskedBack({ address, fields }) {
    const said = Object.fromEntries(fields);
    if (said.zawgyi || !/[\u1000-\u109f]/.test(said.comment)) return false;
    const body = new URLSearchParams([...fields, ["do", "ask"]]);
    const headers = { "X-Form-Token": this.token };
    document.querySelector("#main").inert = true; // until the answer, or the next item, is shown
    try {
      const signal = AbortSignal.timeout(AGAIN_MS);
      const answer = await fetch(address, { method: "POST", headers, body, signal });
      if (answer.status !== 422) return false;
      this.show({ html: await answer.text() });
    } catch {
      return false;
    }
    return true;
  }

  next(done) {
    this.held = this.held.filter((item) => item.token !== done);
    this.isWaiting = !this.held.length;
    if (!this.isWaiting) this.show(this.held[0]);
  }

  show(item) {
    const main = document.querySelector("#main");
    const page = new DOMParser().parseFromString(item.html, "text/html");
    main.replaceChildren(...(page.querySelector("#main") ?? page.body).childNodes);
    main.inert = false;
    this.status = document.querySelector("[data-rate-status]");
    this.say(...this.said);
    this.showProgress();
    showSwitch();
    this.activity.restart();
    main.focus();
    window.scrollTo(0, 0);
  }

  // Resolves to the items that came back with the last answer, if they did.
  async flush() {
    clearTimeout(this.timer);
    const waiting = await outbox.list();
    if (!waiting.length) return undefined;
    this.say("saving");
    let hand;
    const has = () => this.held.map((item) => item.token);
    const end = await outbox.send(this.token, has, (letter, answer) => {
      if (answer.outcome === "refused") location.assign(letter.address);
      hand = answer.hand;
    });
    if (end === "away") {
      this.say("offline", (await outbox.list()).length);
      this.timer = setTimeout(() => this.goOn(), AGAIN_MS);
    } else {
      this.say("saved");
    }
    return hand;
  }

  async refill(brought) {
    if (!this.address) return;
    const hand = brought ?? (await this.ask());
    if (!hand) return;
    const sent = new Set((await outbox.list()).map((letter) => letter.token));
    const known = new Map(this.held.map((item) => [item.token, item]));
    this.held = hand.items
      .map((item) => (item.html ? item : known.get(item.token)))
      .filter((item) => item && !sent.has(item.token));
    for (const item of this.held) for (const picture of item.pictures) new Image().src = picture;
    this.progress = hand;
    this.showProgress();
    if (!this.isWaiting) return;
    this.isWaiting = !this.held.length;
    if (this.held.length) this.show(this.held[0]);
    // Nothing is left, or nothing for now: the page says which.
    else if (!sent.size) location.assign(this.address.replace(/held$/, "work"));
  }

  async ask() {
    const has = this.held.map((item) => ["has", item.token]);
    try {
      const answer = await fetch(`${this.address}?${new URLSearchParams(has)}`, {
        headers: { Accept: "application/json" },
      });
      return answer.ok ? await answer.json() : undefined;
    } catch {
      return undefined;
    }
  }

  // An item lay in hand while others were rated: its bar is as old as it is.
  showProgress() {
    const bar = document.querySelector(".rate-progress progress");
    if (!this.progress || !bar) return;
    bar.max = this.progress.total;
    bar.value = this.progress.done;
    document.querySelector(".rate-progress .number").textContent = this.progress.progress;
  }

  say(what, number = 0) {
    if (!what || !this.status) return;
    this.said = [what, number];
    this.status.textContent = (this.status.dataset[what] ?? "").replace("{number}", number);
    this.status.dataset.tone = what === "offline" ? "warn" : "plain";
  }
}

function isAnswered(form) {
  if (form.elements.cannot_judge?.value) return true;
  return [...form.querySelectorAll(".criterion")].every((group) => {
    const names = new Set([...group.querySelectorAll("input")].map((input) => input.name));
    return [...names].every((name) => group.querySelector(`input[name="${name}"]:checked`));
  });
}
