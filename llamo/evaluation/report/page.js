// Sorts and filters the table of examples; without it the table is just as it is.
(() => {
  const table = document.getElementById("examples");
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const filter = document.createElement("input");
  filter.id = "filter";
  filter.type = "search";
  filter.placeholder = "Filter these rows";
  filter.setAttribute("aria-label", "Filter these rows");
  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
  table.parentElement.before(filter);
  const compare = (column, isNumber, sign) => (one, other) => {
    const [left, right] = [one, other].map((row) => row.cells[column].textContent);
    if (!isNumber) return sign * left.localeCompare(right);
    if (left === "" || right === "") return (left === "") - (right === "");
    return sign * (parseFloat(left) - parseFloat(right));
  };
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = compare(column, heading.classList.contains("number"), up ? 1 : -1);
      body.append(...[...body.rows].sort(order));
    });
  });
})();
