// The molecules of the next question: those already added, and one being written, which is drawn while it is.

import { drawn, element } from "./elements.js";
import { picture } from "./server.js";
import { sketch } from "./sketch.js";

const PAUSE = 250; // milliseconds without a key before it is drawn
const field = document.querySelector("#smiles");
const problem = document.querySelector("#problem");
const preview = document.querySelector("#preview");
const list = document.querySelector("#molecules");

export class Molecules {
  #added = [];
  #timer = 0;
  #onRefused;

  // `onRefused` hears of errors that are no fault of the molecule, such as a missing key.
  constructor(onRefused) {
    this.#onRefused = onRefused;
    field.addEventListener("input", () => this.#later());
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.#add();
    });
    document.querySelector("#add").addEventListener("click", () => this.#add());
    document.querySelector("#draw").addEventListener("click", () => sketch(field.value.trim(), (smiles) => this.write(smiles)));
  }

  write(smiles) {
    field.value = smiles;
    field.focus();
    return this.check();
  }

  // All of them, for sending; null where the one being written cannot be read, which is then told.
  async take() {
    if (!(await this.check())) {
      field.focus();
      return null;
    }
    const smiles = field.value.trim();
    const all = smiles ? [...this.#added, smiles] : this.#added;
    this.#show([]);
    field.value = "";
    preview.replaceChildren();
    return all;
  }

  // Takes them back after a question that was not answered.
  restore(all) {
    if (!list.children.length && !field.value) this.#show(all);
  }

  // Draws what is written; whether it can be sent.
  async check() {
    clearTimeout(this.#timer);
    const smiles = field.value.trim();
    if (!smiles) return this.#tell("", []);
    try {
      const svg = await picture(smiles);
      return this.#isStill(smiles) && this.#tell("", [element("span", { className: "picture" }, svg)]);
    } catch (error) {
      if (error.status !== 400 && error.status !== 422) this.#onRefused(error);
      const isReadable = error.code === "no_picture";
      const [message, shown] = isReadable ? ["", ["Too large for a picture; it can be asked about."]] : [reason(error), []];
      return this.#isStill(smiles) && this.#tell(message, shown);
    }
  }

  #isStill(smiles) {
    return smiles === field.value.trim(); // nobody typed on meanwhile
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.check(), PAUSE);
  }

  #tell(message, shown) {
    problem.textContent = message;
    field.setAttribute("aria-invalid", String(Boolean(message)));
    preview.replaceChildren(...shown);
    return !message;
  }

  async #add() {
    if (!field.value.trim() || !(await this.check())) return field.focus();
    this.#show([...this.#added, field.value.trim()]);
    return this.write("");
  }

  #show(added) {
    this.#added = added;
    list.replaceChildren(...added.map((smiles, place) => this.#chip(smiles, place)));
  }

  #chip(smiles, place) {
    const remove = element("button", { type: "button", textContent: "×", title: "Remove" });
    remove.setAttribute("aria-label", `Remove ${smiles}`);
    remove.addEventListener("click", () => {
      this.#show(this.#added.filter((_, other) => other !== place));
      field.focus();
    });
    return element("li", {}, drawn(smiles), remove);
  }
}

// The server's line without the field's name and the SMILES, which stand right beside it.
function reason({ message }) {
  return message.replace(/^smiles: (cannot read molecule .*?: )?/, "");
}
