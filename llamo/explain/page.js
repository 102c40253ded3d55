// Colours atoms by the word, graph token or functional group that is pointed at; the numbers come with the page.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const whole = -1;
  const state = { pinned: whole, word: whole, quantity: null };
  const RADIUS = 21; // as in drawing.py
  const sections = [...document.querySelectorAll(".molecule-section")];
  const buttons = [...document.querySelectorAll(".word")];
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const short = (number) => (number === 0 ? "0" : Math.abs(number) < 0.0005 ? number.toExponential(0) : number.toFixed(3));
  // One number of a list by words: the chosen word's, or all together.
  const ofWord = (numbers, together) => (state.word === whole ? together(numbers) : numbers[state.word]);
  const mean = (numbers) => sum(numbers) / numbers.length;
  const column = (rows, place) => rows.map((row) => row[place]);

  function atomValues(molecule, quantity) {
    if (quantity === "attention") {
      return molecule.atoms.map((_, atom) => ofWord(column(molecule.attention.words.atoms, atom), mean));
    }
    const name = quantity.replace("groups, ", ""), effects = molecule.effects[name];
    if (name === quantity) return effects.atoms.map((words) => ofWord(words, sum));
    const values = molecule.atoms.map(() => 0);
    molecule.motifs.forEach((motif, place) => {
      const effect = ofWord(effects.motifs[place], sum);
      for (const atom of motif.own) if (Math.abs(effect) > Math.abs(values[atom])) values[atom] = effect;
    });
    return values;
  }

  function paint(section, molecule, values, { title, unit, signed }) {
    const top = Math.max(...values.map(Math.abs)) || 1;
    section.querySelectorAll(".atom").forEach((circle) => {
      const share = values[circle.dataset.atom] / top, opacity = 0.75 * Math.abs(share);
      const color = `var(--${signed ? (share < 0 ? "less" : "more") : "attention"})`;
      circle.style.fill = circle.style.stroke = color;
      circle.setAttribute("r", RADIUS * (0.4 + 0.6 * Math.sqrt(Math.abs(share))));
      circle.setAttribute("fill-opacity", opacity);
      circle.setAttribute("stroke-opacity", Math.min(1, 1.3 * opacity));
      circle.setAttribute("stroke-dasharray", share < 0 ? "3 3" : "none");
      circle.querySelector("title").textContent = `${molecule.atoms[circle.dataset.atom]}: ${short(values[circle.dataset.atom])}`;
    });
    section.querySelector(".caption").textContent = title;
    section.querySelector(".low").textContent = signed ? short(-top) : "0";
    section.querySelector(".high").textContent = `${short(top)} ${unit}`;
    section.querySelector(".bar").className = signed ? "bar two" : "bar one";
    section.querySelector(".most").textContent = ranking(values, molecule.atoms).join(", ");
  }

  const ranking = (values, names) =>
    values.map((value, place) => [value, names[place]]).sort((one, other) => Math.abs(other[0]) - Math.abs(one[0]))
      .slice(0, 4).map(([value, name]) => `${name} ${short(value)}`);

  function fillMotifs(section, molecule) {
    section.querySelectorAll("tr[data-motif]").forEach((row) => {
      const place = row.dataset.motif;
      row.querySelectorAll("[data-cell]").forEach((cell) => {
        const { cell: kind, effect } = cell.dataset;
        const number = kind === "attention"
          ? ofWord(column(molecule.attention.words.motifs, place), mean) : ofWord(molecule.effects[effect][kind][place], sum);
        cell.textContent = short(number);
      });
    });
  }

  // (tokens, rows) by the chosen head, or the mean of heads.
  const byHead = (section, heads) => {
    const head = Number(section.querySelector(".head").value);
    return head < 0 ? heads[0].map((_, place) => mean(column(heads, place))) : heads[head];
  };

  function fillTokens(section, molecule) {
    section.querySelectorAll("tr[data-token]").forEach((row) => {
      const place = row.dataset.token, token = molecule.attention.tokens[place];
      row.querySelector("[data-cell=share]").textContent = short(ofWord(column(molecule.attention.words.tokens, place), mean));
      const values = [...byHead(section, token.atoms), ...byHead(section, token.motifs)];
      const names = [...molecule.atoms, ...molecule.motifs.map((motif) => motif.smiles)];
      row.querySelector("[data-cell=top]").textContent = ranking(values, names).filter((text) => !text.endsWith(" 0")).slice(0, 3).join(", ");
    });
  }

  function show(word) {
    state.word = word;
    for (const button of buttons) button.classList.toggle("shown", Number(button.dataset.word) === word);
    const what = word === whole ? "whole answer" : `“${data.words[word].text}”`;
    sections.forEach((section, place) => {
      const molecule = data.molecules[place], quantity = molecule.quantities[state.quantity];
      if (quantity) paint(section, molecule, atomValues(molecule, state.quantity), { ...quantity, title: `${what}: ${quantity.title}` });
      else paint(section, molecule, molecule.atoms.map(() => 0), { title: "nothing to show here", unit: "", signed: false });
      fillMotifs(section, molecule);
      if (molecule.attention) fillTokens(section, molecule);
    });
  }

  // A word's line is as strong as the largest number among its atoms.
  function underline() {
    const peaks = data.words.map((_, word) => {
      state.word = word;
      const known = data.molecules.filter((one) => one.quantities[state.quantity]);
      return Math.max(0, ...known.flatMap((one) => atomValues(one, state.quantity).map(Math.abs)));
    });
    const top = Math.max(...peaks) || 1, color = state.quantity === "attention" ? "attention" : "more";
    for (const button of buttons) {
      if (!button.classList.contains("whole")) {
        const share = Math.round((100 * peaks[button.dataset.word]) / top);
        button.style.setProperty("--line", `color-mix(in srgb, var(--${color}) ${share}%, var(--faint))`);
      }
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
    button.addEventListener("click", () => pin(word === state.pinned ? whole : word));
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && pin(whole));

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
      preview(row, row.querySelector("button"), () => paint(section, molecule, values, { ...own, unit: "own atom", title: `group ${motif.smiles}` }));
    });
    section.querySelectorAll("tr[data-token]").forEach((row) => {
      const token = molecule.attention.tokens[row.dataset.token];
      preview(row, row.querySelector("button"), () => {
        const values = byHead(section, token.atoms).slice();
        byHead(section, token.motifs).forEach((weight, group) => {
          const atoms = molecule.motifs[group].own;
          for (const atom of atoms) values[atom] += weight / atoms.length;
        });
        paint(section, molecule, values, { ...own, title: `graph token ${Number(row.dataset.token) + 1} reads` });
      });
    });
    section.querySelector(".head")?.addEventListener("change", () => fillTokens(section, molecule));
  });

  const choices = document.getElementById("quantities"), names = [...new Set(data.molecules.flatMap((one) => Object.keys(one.quantities)))];
  const choose = (name) => { state.quantity = name; underline(); back(); };
  for (const name of names) {
    const label = document.createElement("label"), radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "quantity", value: name, checked: name === names[0] });
    radio.addEventListener("change", () => choose(name));
    label.append(radio, ` ${name === "attention" || name.startsWith("groups") ? name : `atoms, ${name}`}`);
    choices.append(label);
  }
  if (names.length) choose(names[0]);
  else choices.hidden = true;
})();
