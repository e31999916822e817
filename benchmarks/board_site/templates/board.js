// Sorting, filtering and copying. Without this file every page can be read all the same.
"use strict";

function key(cell) {
  return cell.dataset.by === undefined ? cell.textContent.trim() : Number(cell.dataset.by);
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const first = new Map([...body.rows].map((row, i) => [row, i]));
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      // numbers: the most first; a third click brings back the order of the page
      const now = head.getAttribute("aria-sort");
      const numbers = [...body.rows].some((row) => row.cells[column].dataset.by !== undefined);
      const order = numbers ? ["descending", "ascending", null] : ["ascending", "descending", null];
      const next = order[(order.indexOf(now) + 1) % 3];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      const sign = next === "descending" ? -1 : 1;
      const rows = [...body.rows].sort((a, b) => {
        const found = next ? sign * compare(key(a.cells[column]), key(b.cells[column])) : 0;
        return found || first.get(a) - first.get(b);
      });
      body.append(...rows);
    });
  });
}

function filtering(form) {
  const rows = [...form.parentElement.querySelectorAll("tbody tr")];
  const input = form.querySelector("input");
  const facets = [...form.querySelectorAll("select")];
  const count = form.querySelector("output");
  for (const facet of facets) {
    const values = rows
      .filter((row) => !row.classList.contains("reference"))
      .map((row) => row.cells[Number(facet.dataset.column)].textContent.trim());
    const different = [...new Set(values)].sort();
    for (const value of different) facet.append(new Option(value, value));
    facet.parentElement.hidden = different.length < 2; // nothing to choose
  }
  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits =
        words.every((word) => text.includes(word)) &&
        facets.every((f) => !f.value || row.cells[Number(f.dataset.column)].textContent.trim() === f.value);
      row.hidden = !fits;
      left += fits ? 1 : 0;
    }
    count.textContent = left === rows.length ? "" : `${left} of ${rows.length} rows`;
  }
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
}

function copying(button) {
  const source = document.getElementById(button.dataset.copy);
  const status = document.getElementById("copied");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      status.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(source); // the reader copies it by hand
      status.textContent = document.execCommand("copy") ? "copied" : "selected: copy it now";
    }
  });
}

document.querySelectorAll("table.sortable").forEach(sortable);
document.querySelectorAll("form.filter").forEach(filtering);
document.querySelectorAll("button[data-copy]").forEach(copying);
