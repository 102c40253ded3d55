// Pieces of the document that several parts show. Text only ever enters as text.

import { picture } from "./server.js";

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// A molecule's picture; its SMILES until that is there, and where there is none.
export function drawn(smiles) {
  const text = element("code", { textContent: smiles });
  const frame = element("span", { className: "picture", title: smiles }, text);
  picture(smiles).then((svg) => frame.replaceChildren(svg), () => {});
  return frame;
}

export function exchangeView({ molecules, question, answer, note }) {
  const figures = molecules.map((smiles) =>
    element("li", {}, element("figure", {}, drawn(smiles), element("figcaption", { textContent: smiles, title: smiles }))),
  );
  return element(
    "article",
    { className: "exchange" },
    ...(figures.length ? [element("ul", {}, ...figures)] : []),
    element("p", { className: "asked", textContent: question }),
    element("p", { className: "answer", textContent: answer }),
    element("p", { className: "note", textContent: note }),
  );
}
