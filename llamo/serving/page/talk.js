// The talk: exchanges of {molecules, question, retrieve, answer, note, failed}, kept in this browser. Knows no document, no server.

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

  add(molecules, question, retrieve) {
    const exchange = { molecules, question, retrieve, answer: "", note: "", failed: false };
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

  // What the server reads to answer a question: all that was answered before, the question, and how many captions.
  upTo(last) {
    const messages = this.exchanges
      .slice(0, this.exchanges.indexOf(last) + 1)
      .filter((one) => one === last || (one.answer && !one.failed))
      .flatMap((one) => (one === last ? [asked(one)] : [asked(one), { role: "assistant", content: one.answer }]));
    return { messages, retrieve: last.retrieve ?? null };
  }

  // Whether an answer, and a molecule that it was read from, are there.
  isExplicable(exchange) {
    const { messages } = this.upTo(exchange);
    const isAboutMolecules = messages.some(({ role, content }) => role === "user" && content.length > 1);
    return Boolean(exchange.answer) && !exchange.failed && isAboutMolecules;
  }
}

function asked({ molecules, question }) {
  const parts = molecules.map((smiles) => ({ type: "molecule", smiles }));
  return { role: "user", content: [...parts, { type: "text", text: question }] };
}
