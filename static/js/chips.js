// A list of numbers as chips: type one, Enter adds it, pressing a chip takes it away. The textarea
// stays the field that is sent; without scripts it is the field that is seen.
const SEPARATORS = /[\s,;]+/;

function enhance(root) {
  for (const lines of root.querySelectorAll("textarea[data-chips]")) {
    if (!lines.hidden) new Chips(lines);
  }
}

class Chips {
  constructor(lines) {
    this.lines = lines;
    this.values = split(lines.value);
    this.said = document.createElement("p");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    this.list = document.createElement("ul");
    this.list.className = "chips";
    this.input = this.makeInput();
    lines.before(this.list, this.input);
    lines.after(this.said);
    this.showHelp();
    this.show();
  }

  // The label and whatever is said about the field now belong to the input.
  makeInput() {
    const input = document.createElement("input");
    input.className = "control chips-input";
    input.inputMode = "decimal";
    input.autocomplete = "off";
    input.id = this.lines.id;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      const value = this.lines.getAttribute(name);
      if (value !== null) input.setAttribute(name, value);
    }
    this.lines.id = `${input.id}-lines`;
    this.lines.required = false;
    this.lines.hidden = true;
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("input", () => {
      input.setCustomValidity("");
      this.write();
    });
    return input;
  }

  showHelp() {
    const field = this.lines.closest(".field");
    for (const each of field.querySelectorAll("[data-with-chips]")) each.hidden = false;
    for (const each of field.querySelectorAll("[data-without-chips]")) each.hidden = true;
  }

  // What is typed and not yet a chip is sent as well. It becomes none on the way out of the input:
  // the page would move under whoever is about to press a button.
  write() {
    this.lines.value = [...this.values, ...split(this.input.value)].join("\n");
  }

  press(event) {
    if (event.key === "Enter" && this.input.value.trim()) {
      event.preventDefault(); // one press, one number: the form is not sent yet
      this.add();
    } else if (event.key === "Backspace" && !this.input.value && this.values.length) {
      this.remove(this.values.length - 1);
    }
  }

  add() {
    const given = split(this.input.value);
    const wrong = given.find((text) => !Number.isFinite(Number(text)));
    if (wrong !== undefined) {
      this.input.setCustomValidity(this.lines.dataset.notANumber.replace("{value}", wrong));
      this.input.reportValidity();
      return;
    }
    const added = given.filter((text, place) => !this.has(text) && given.indexOf(text) === place);
    this.input.value = "";
    this.keep([...this.values, ...added]);
    if (added.length) this.say(this.lines.dataset.added, added.join(" "));
  }

  has(text) {
    return this.values.some((value) => Number(value) === Number(text));
  }

  remove(place) {
    const [gone] = this.values.slice(place, place + 1);
    this.keep(this.values.filter((_, at) => at !== place));
    this.say(this.lines.dataset.removed, gone);
    const next = this.list.querySelectorAll("button")[place];
    (next ?? this.input).focus();
  }

  keep(values) {
    this.values = values;
    this.write();
    this.show();
  }

  show() {
    this.list.hidden = !this.values.length;
    this.list.replaceChildren(...this.values.map((value, place) => this.makeChip(value, place)));
  }

  makeChip(value, place) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = value;
    button.setAttribute("aria-label", this.lines.dataset.remove.replace("{value}", value));
    button.addEventListener("click", () => this.remove(place));
    item.append(button);
    return item;
  }

  say(sentence, value) {
    this.said.textContent = sentence.replace("{value}", value);
  }
}

function split(text) {
  return text.split(SEPARATORS).filter(Boolean);
}

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.target));
