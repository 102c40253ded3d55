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
    return this.#check();
  }

  // All of them, for sending; null where the one being written cannot be read, which is then told.
  async take() {
    const smiles = await this.#check();
    if (smiles === null) {
      field.focus();
      return null;
    }
    const all = smiles ? [...this.#added, smiles] : this.#added;
    this.#show([]);
    this.#forget(smiles);
    return all;
  }

  // Takes them back after a question that was not answered.
  restore(all) {
    if (!list.children.length && !field.value) this.#show(all);
  }

  // Draws what is written, and gives it; null where it cannot be read.
  async #check() {
    clearTimeout(this.#timer);
    const smiles = field.value.trim();
    const [message, shown] = smiles ? await this.#judge(smiles) : ["", []];
    if (smiles === field.value.trim()) {
      // nobody typed on meanwhile
      problem.textContent = message;
      field.setAttribute("aria-invalid", String(Boolean(message)));
      preview.replaceChildren(...shown);
    }
    return message ? null : smiles;
  }

  // What is wrong with a molecule, and what to show of it.
  async #judge(smiles) {
    try {
      return ["", [element("span", { className: "picture" }, await picture(smiles))]];
    } catch (error) {
      if (error.code === "no_picture") return ["", ["Too large for a picture; it can be asked about."]];
      if (error.status !== 400) this.#onRefused(error);
      return [reason(error), []];
    }
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), PAUSE);
  }

  async #add() {
    const smiles = await this.#check();
    if (smiles) {
      this.#show([...this.#added, smiles]);
      this.#forget(smiles);
    }
    field.focus();
  }

  // Empties the field, unless something else was written there meanwhile.
  #forget(smiles) {
    if (field.value.trim() !== smiles) return;
    field.value = "";
    preview.replaceChildren();
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
