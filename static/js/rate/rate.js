// The rating page with scripts: keeps items and ratings through a lost network, counts the time
// that somebody really looked, and offers keys. Without scripts the same forms are posted plainly.

import "../copy.js";
import "../dialogs.js";
import "../theme.js";
import "../times.js";
import { watchActivity } from "./activity.js";
import { Desk } from "./desk.js";
import { offerShortcuts } from "./shortcuts.js";

const form = document.querySelector("[data-rate]");
if (form) {
  const activity = watchActivity();
  offerShortcuts();
  new Desk(activity).open(form);
}
