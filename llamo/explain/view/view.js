// Colours atoms by the word, graph token or functional group that is pointed at; knows the numbers of one explanation
// (record.py) and its elements (explanation.html.jinja), no page around them.

const WHOLE = -1; // the whole answer
const ALL = "all"; // levels
const RADIUS = 21; // as in drawing.py
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const mean = (numbers) => sum(numbers) / numbers.length;
const column = (rows, place) => rows.map((row) => row[place]);
const meanOfHeads = (heads) => heads[0].map((_, place) => mean(column(heads, place)));
const short = (number) => (number === 0 ? "0" : Math.abs(number) < 0.0005 ? number.toExponential(0) : number.toFixed(3));
const ranking = (values, names) =>
  values.map((value, place) => [value, names[place]]).sort((one, other) => Math.abs(other[0]) - Math.abs(one[0]))
    .slice(0, 4).map(([value, name]) => `${name} ${short(value)}`);
let views = 0;

// One number of a list by words: a word's, or all together.
const ofWord = (numbers, word, together) => (word === WHOLE ? together(numbers) : numbers[word]);

// A number per atom; `level` is one of the encoder's, ALL, or "groups".
export function atomValues(molecule, quantity, word = WHOLE, level = ALL) {
  const numbers = molecule.atoms.map(() => 0);
  const ofGroups = (rows, together) => {
    molecule.motifs.forEach(({ own }, place) => {
      const value = ofWord(rows[place], word, together);
      for (const atom of own) if (Math.abs(value) > Math.abs(numbers[atom])) numbers[atom] = value;
    });
    return numbers;
  };
  if (quantity !== "attention") {
    const name = quantity.replace("groups, ", ""), effects = molecule.effects[name];
    return name === quantity ? effects.atoms.map((words) => ofWord(words, word, sum)) : ofGroups(effects.motifs, sum);
  }
  const { tokens, words } = molecule.attention;
  if (level === ALL) return numbers.map((_, atom) => ofWord(column(words.atoms, atom), word, mean));
  if (level === "groups") return ofGroups(molecule.motifs.map((_, place) => column(words.motifs, place)), mean);
  tokens.forEach((token, place) => {
    if (String(token.level) !== level) return;
    const share = ofWord(column(words.tokens, place), word, mean);
    meanOfHeads(token.atoms).forEach((weight, atom) => (numbers[atom] += share * weight));
  });
  return numbers;
}

function paint(figure, molecule, values, { title, unit, signed }) {
  const top = Math.max(...values.map(Math.abs)) || 1;
  figure.querySelectorAll(".atom").forEach((circle) => {
    const value = values[circle.dataset.atom], share = value / top, opacity = 0.75 * Math.abs(share);
    const color = `var(--${signed ? (share < 0 ? "less" : "more") : "attention"})`;
    circle.style.fill = circle.style.stroke = color;
    circle.setAttribute("r", RADIUS * (0.4 + 0.6 * Math.sqrt(Math.abs(share))));
    circle.setAttribute("fill-opacity", opacity);
    circle.setAttribute("stroke-opacity", Math.min(1, 1.3 * opacity));
    circle.setAttribute("stroke-dasharray", share < 0 ? "3 3" : "none");
    circle.querySelector("title").textContent = `${molecule.atoms[circle.dataset.atom]}: ${short(value)}`;
  });
  figure.querySelector(".caption").textContent = title;
  figure.querySelector(".low").textContent = signed ? short(-top) : "0";
  figure.querySelector(".high").textContent = `${short(top)} ${unit}`;
  figure.querySelector(".bar").className = signed ? "bar two" : "bar one";
  figure.querySelector(".most").textContent = ranking(values, molecule.atoms).join(", ");
}

// Brings an explanation's elements to life.
export function enliven(root, data) {
  const state = { pinned: WHOLE, word: WHOLE, quantity: null, level: ALL };
  const figures = [...root.querySelectorAll("figure")];
  const sections = [...root.querySelectorAll(".molecule-section")];
  const buttons = [...root.querySelectorAll(".word")];
  const fieldset = root.querySelector(".quantities");
  const names = [...new Set(data.molecules.flatMap((one) => Object.keys(one.quantities)))];
  const valuesOf = (molecule, word) => atomValues(molecule, state.quantity, word, state.level);
  const ofState = (numbers, together) => ofWord(numbers, state.word, together);

  function fillMotifs(section, molecule) {
    section.querySelectorAll("tr[data-motif]").forEach((row) => {
      const place = row.dataset.motif;
      row.querySelectorAll("[data-cell]").forEach((cell) => {
        const { cell: kind, effect } = cell.dataset;
        const number = kind === "attention"
          ? ofState(column(molecule.attention.words.motifs, place), mean) : ofState(molecule.effects[effect][kind][place], sum);
        cell.textContent = short(number);
      });
    });
  }

  // Weights of a token by the chosen head, or the mean of heads.
  const byHead = (section, heads) => {
    const head = Number(section.querySelector(".head").value);
    return head < 0 ? meanOfHeads(heads) : heads[head];
  };

  function fillTokens(section, molecule) {
    section.querySelectorAll("tr[data-token]").forEach((row) => {
      const place = row.dataset.token, token = molecule.attention.tokens[place];
      row.querySelector("[data-cell=share]").textContent = short(ofState(column(molecule.attention.words.tokens, place), mean));
      const values = [...byHead(section, token.atoms), ...byHead(section, token.motifs)];
      const named = [...molecule.atoms, ...molecule.motifs.map((motif) => motif.smiles)];
      row.querySelector("[data-cell=top]").textContent = ranking(values, named).filter((text) => !text.endsWith(" 0")).slice(0, 3).join(", ");
    });
  }

  function captionOf({ title }) {
    const what = state.word === WHOLE ? "whole answer" : `“${data.words[state.word].text}”`;
    const place = state.quantity !== "attention" || state.level === ALL ? "" : state.level === "groups" ? ", groups" : `, level ${state.level}`;
    return `${what}: ${title}${place}`;
  }

  function show(word) {
    state.word = word;
    for (const button of buttons) button.classList.toggle("shown", Number(button.dataset.word) === word);
    sections.forEach((section, place) => {
      const molecule = data.molecules[place], quantity = molecule.quantities[state.quantity];
      if (quantity) paint(figures[place], molecule, valuesOf(molecule, word), { ...quantity, title: captionOf(quantity) });
      else paint(figures[place], molecule, molecule.atoms.map(() => 0), { title: "nothing to show here", unit: "", signed: false });
      fillMotifs(section, molecule);
      if (molecule.attention) fillTokens(section, molecule);
    });
  }

  // A word's line is as strong as the largest number among its atoms.
  function underline() {
    const known = data.molecules.filter((one) => one.quantities[state.quantity]);
    const peaks = data.words.map((_, word) => Math.max(0, ...known.flatMap((one) => valuesOf(one, word).map(Math.abs))));
    const top = Math.max(...peaks) || 1, color = state.quantity === "attention" ? "attention" : "more";
    for (const button of buttons) {
      if (button.classList.contains("whole")) continue;
      const share = Math.round((100 * peaks[button.dataset.word]) / top);
      button.style.setProperty("--strength", `color-mix(in srgb, var(--${color}) ${share}%, var(--faint))`);
    }
  }

  const back = () => show(state.pinned);
  function pin(word) {
    state.pinned = word;
    for (const button of buttons) button.setAttribute("aria-pressed", String(Number(button.dataset.word) === word));
    show(word);
  }
  for (const button of buttons) {
    const word = Number(button.dataset.word);
    button.addEventListener("pointerenter", () => show(word));
    button.addEventListener("pointerleave", back);
    button.addEventListener("focus", () => show(word));
    button.addEventListener("blur", back);
    button.addEventListener("click", () => pin(word === state.pinned ? WHOLE : word));
  }
  root.addEventListener("keydown", (event) => event.key === "Escape" && pin(WHOLE));

  // A row of a table paints its own atoms while it is pointed at.
  function preview(row, button, paintRow) {
    const begin = () => { row.classList.add("shown"); paintRow(); };
    const end = () => { row.classList.remove("shown"); back(); };
    row.addEventListener("pointerenter", begin);
    row.addEventListener("pointerleave", end);
    button.addEventListener("focus", begin);
    button.addEventListener("blur", end);
    button.addEventListener("click", begin);
  }
  const own = { unit: "share", signed: false };
  sections.forEach((section, place) => {
    const molecule = data.molecules[place];
    section.querySelectorAll("tr[data-motif]").forEach((row) => {
      const motif = molecule.motifs[row.dataset.motif];
      const values = molecule.atoms.map((_, atom) => (motif.own.includes(atom) ? 1 : motif.atoms.includes(atom) ? 0.35 : 0));
      preview(row, row.querySelector("button"), () => paint(figures[place], molecule, values, { ...own, unit: "own atom", title: `group ${motif.smiles}` }));
    });
    section.querySelectorAll("tr[data-token]").forEach((row) => {
      const token = molecule.attention.tokens[row.dataset.token];
      preview(row, row.querySelector("button"), () => {
        const values = byHead(section, token.atoms).slice();
        byHead(section, token.motifs).forEach((weight, group) => {
          const atoms = molecule.motifs[group].own;
          for (const atom of atoms) values[atom] += weight / atoms.length;
        });
        paint(figures[place], molecule, values, { ...own, title: `graph token ${Number(row.dataset.token) + 1} reads` });
      });
    });
    section.querySelector(".head")?.addEventListener("change", () => fillTokens(section, molecule));
  });

  const change = (changes) => { Object.assign(state, changes); underline(); back(); };
  views += 1;
  for (const name of names) {
    const label = document.createElement("label"), radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: `quantity-${views}`, value: name, checked: name === names[0] });
    radio.addEventListener("change", () => change({ quantity: name }));
    label.append(radio, ` ${name === "attention" || name.startsWith("groups") ? name : `atoms, ${name}`}`);
    fieldset.append(label);
  }
  const levels = levelsOf(data.molecules);
  if (levels.length > 1) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", "What attention went to");
    select.append(...[ALL, ...levels].map((level) => new Option(level === ALL ? "to all levels" : level === "groups" ? "to groups" : `to level ${level}`, level)));
    select.addEventListener("change", () => {
      fieldset.querySelector("[value=attention]").checked = true;
      change({ level: select.value, quantity: "attention" });
    });
    fieldset.append(select);
  }
  if (names.length) change({ quantity: names[0] });
  else fieldset.hidden = true;
}

// What graph tokens read apart from each other: levels, and "groups".
function levelsOf(molecules) {
  const tokens = molecules.flatMap((one) => one.attention?.tokens ?? []);
  const levels = [...new Set(tokens.flatMap(({ level }) => (level === null ? [] : [String(level)])))].sort((one, other) => one - other);
  return tokens.some(({ motifs }) => sum(motifs[0])) ? [...levels, "groups"] : levels;
}
