// Headings become buttons that sort their table. Missing values go last in either direction.
for (const table of document.querySelectorAll("table.callclf-sort:not([data-ready])")) {
  table.dataset.ready = "";
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const key = (cell) => !("sort" in cell.dataset) ? null
    : cell.classList.contains("text") ? cell.dataset.sort : Number(cell.dataset.sort);
  const compare = (a, b) => typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.dataset.first;
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const rows = [...body.rows].map((row) => [key(row.cells[column]), row]);
      rows.sort(([a], [b]) => a === null || b === null
        ? (a === null) - (b === null)
        : order === "ascending" ? compare(a, b) : compare(b, a));
      body.append(...rows.map(([, row]) => row));
    });
  });
}
