// The form of the chosen line or zone: its name and kind, and its corners in metres.
import { KINDS, isLine, leastPoints, takesHeading } from "./shapes.js";

const byId = (id) => document.getElementById(id);
const numberIn = (text) => {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(value) ? value : null;
};

export class Properties {
  // `on.change(edit)` applies an edit to the chosen shape, `on.remove()` deletes it.
  constructor(on) {
    this.on = on;
    byId("properties").addEventListener("submit", (event) => event.preventDefault());
    byId("delete").addEventListener("click", () => on.remove());
    byId("shape-id").addEventListener("change", ({ target }) => on.change((shape) => (shape.id = target.value.trim())));
    byId("shape-signal").addEventListener("change", ({ target }) => on.change((shape) => (shape.signal = target.value.trim())));
    byId("shape-heading").addEventListener("change", ({ target }) => on.change((shape) => (shape.heading_deg = numberIn(target.value))));
    byId("shape-kind").addEventListener("change", ({ target }) => on.change((shape) => {
      shape.kind = target.value;
      if (shape.kind !== "stop") shape.signal = "";
      if (!takesHeading(shape.kind)) shape.heading_deg = null;
    }));
  }

  show(shape) {
    byId("properties").hidden = shape === null;
    if (shape === null) return;
    byId("shape-id").value = shape.id;
    byId("shape-signal").value = shape.signal;
    byId("shape-heading").value = shape.heading_deg ?? "";
    byId("signal-of").hidden = shape.kind !== "stop";
    byId("heading-of").hidden = !takesHeading(shape.kind);
    const options = Object.entries(KINDS).filter(([kind]) => isLine(kind) === isLine(shape.kind));
    byId("shape-kind").replaceChildren(...options.map(([kind, name]) => new Option(name, kind, false, kind === shape.kind)));
    this.#corners(shape);
  }

  // While a corner's number is being typed, the table around it stays as it is.
  #corners(shape) {
    const body = byId("corners");
    const isSame = body.children.length === shape.points.length && body.dataset.shape === shape.id;
    body.dataset.shape = shape.id;
    if (!isSame) body.replaceChildren(...shape.points.map((_, corner) => this.#row(corner, shape)));
    [...body.children].forEach((row, corner) => {
      row.querySelectorAll("input").forEach((field, axis) => {
        if (document.activeElement !== field) field.value = shape.points[corner][axis].toFixed(2);
      });
      row.querySelector("button").disabled = shape.points.length <= leastPoints(shape.kind);
    });
  }

  #row(corner, shape) {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = String(corner + 1);
    row.append(head);
    for (const [axis, name] of [[0, "Across"], [1, "Along"]]) {
      const field = document.createElement("input");
      field.inputMode = "decimal";
      field.setAttribute("aria-label", `${name} of corner ${corner + 1}, m`);
      field.addEventListener("change", () => {
        const value = numberIn(field.value);
        if (value !== null) this.on.change((chosen) => (chosen.points[corner][axis] = value));
      });
      row.insertCell().append(field);
    }
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove corner ${corner + 1}`);
    remove.addEventListener("click", () => this.on.change((chosen) => chosen.points.splice(corner, 1)));
    row.insertCell().append(remove);
    return row;
  }
}
