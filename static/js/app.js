// What every page needs from the client. Each module listens on the document, so parts that htmx
// swaps in later work without being told.
import "./toasts.js";
import "./dialogs.js";
import "./copy.js";
import "./theme.js";
import "./form-guard.js";
import "./times.js";
import "./chips.js";
