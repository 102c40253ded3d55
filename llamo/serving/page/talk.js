// The talk: exchanges of {molecules, question, answer, note, failed}, kept in this browser. Knows no document, no server.

const PLACE = "llamo.talk";

export class Talk {
  constructor() {
    try {
      const kept = JSON.parse(localStorage.getItem(PLACE));
      this.exchanges = Array.isArray(kept) ? kept : [];
    } catch {
      this.exchanges = []; // no storage, or something else is there
    }
  }

  add(molecules, question) {
    const exchange = { molecules, question, answer: "", note: "", failed: false };
    this.exchanges.push(exchange);
    this.save();
    return exchange;
  }

  save() {
    try {
      localStorage.setItem(PLACE, JSON.stringify(this.exchanges));
    } catch {
      // full or forbidden: the talk lasts as long as the page
    }
  }

  clear() {
    this.exchanges.length = 0;
    this.save();
  }

  // What the server reads: all that was answered, and the last question.
  messages() {
    const last = this.exchanges.at(-1);
    return this.exchanges
      .filter((one) => one === last || (one.answer && !one.failed))
      .flatMap((one) => (one === last ? [asked(one)] : [asked(one), { role: "assistant", content: one.answer }]));
  }
}

function asked({ molecules, question }) {
  const parts = molecules.map((smiles) => ({ type: "molecule", smiles }));
  return { role: "user", content: [...parts, { type: "text", text: question }] };
}
