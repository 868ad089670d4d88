// Keys of the queue beyond those of every page. No key here changes a case: assigning waits for its button.
"use strict";

const ticks = () => [...document.querySelectorAll("input[name=case]")];
const tickAll = byId("tick-all");

function markAll() {
  if (!tickAll) return;
  const ticked = ticks().filter((tick) => tick.checked).length;
  tickAll.checked = ticked > 0 && ticked === ticks().length;
  tickAll.indeterminate = ticked > 0 && !tickAll.checked;
}

function tickAllOrNone(wanted) {
  for (const tick of ticks()) tick.checked = wanted;
  markAll();
}

function tickHere() {
  document.activeElement?.closest("tr")?.querySelector("input[name=case]")?.click();
}

function openDetails(id, field) {
  const details = byId(id);
  if (!details) return;
  details.open = !details.open;
  if (details.open) details.querySelector(field)?.focus();
  else details.querySelector("summary").focus();
}

Object.assign(KEYS, {
  x: tickHere,
  X: () => tickAllOrNone(!ticks().every((tick) => tick.checked)),
  a: () => byId("assign-to")?.focus(),
  f: () => byId("filters")?.querySelector("select").focus(),
  m: () => {
    document.querySelector(".more-filters").open = true;
    document.querySelector(".more-filters select").focus();
  },
  v: () => openDetails("views", "a, input[name=name]"),
  "[": () => document.querySelector("a[rel=prev]")?.click(),
  "]": () => document.querySelector("a[rel=next]")?.click(),
});
for (const [place, tab] of [...document.querySelectorAll(".tabs a")].entries()) {
  KEYS[place + 1] = () => tab.click();
}

if (tickAll) {
  tickAll.hidden = false;
  tickAll.addEventListener("change", () => tickAllOrNone(tickAll.checked));
  document.addEventListener("change", (event) => event.target.name === "case" && markAll());
}
