// The table of surveyed points: what was clicked, what was typed, and what the fit makes of each.

const PRECISION = 1e8; // shows a millimetre of latitude, and no binary fractions
const HEADS = { road_m: ["Across x, m", "Along y, m"], wgs84: ["Latitude, °", "Longitude, °"] };

const cents = (value) => (value === null ? null : Math.round(value * 100) / 100);

export class PointTable {
  // `body` is the tbody; `changed` is called whenever a number is not what it was.
  constructor(body, points, changed) {
    this.body = body;
    this.changed = changed;
    this.units = "road_m";
    this.points = points.map((point) => ({ ...point, typed: { road_m: [...(point.road_m ?? [null, null])], wgs84: [...(point.wgs84 ?? [null, null])] } }));
    this.rows = [];
    this.#build();
  }

  show(units) {
    if (this.units === units) return;
    this.units = units;
    document.querySelectorAll("[data-head]").forEach((head) => (head.textContent = HEADS[units][Number(head.dataset.head)]));
    this.#build();
  }

  add(image_px) {
    this.points.push({ image_px, name: "", sigma_px: null, sigma_m: null, typed: { road_m: [null, null], wgs84: [null, null] } });
    this.#build();
    this.changed();
    return this.points.length - 1;
  }

  get heads() {
    return HEADS[this.units];
  }

  typed(index, axis) {
    return this.rows[index].fields[3 + axis].value;
  }

  // Types a number for a point, as if into its row.
  put(index, axis, text) {
    const field = this.rows[index].fields[3 + axis];
    field.value = text;
    field.dispatchEvent(new Event("input"));
  }

  move(index, [x, y]) {
    this.points[index].image_px = [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
    const [, px, py] = this.rows[index].fields;
    [px.value, py.value] = this.points[index].image_px;
    this.changed();
  }

  // The points whose place is typed in these units, as a survey has them, with their index here.
  complete(units) {
    return this.points.flatMap(({ typed, ...point }, index) => {
      if (typed[units].includes(null) || point.image_px.includes(null)) return [];
      return [{ index, point: { ...point, road_m: null, wgs84: null, [units]: typed[units] } }];
    });
  }

  // `verdicts` are about the points with these `indices`.
  judge(verdicts, indices) {
    this.rows.forEach(({ row, told }, index) => {
      const one = verdicts[indices.indexOf(index)];
      row.classList.toggle("outlier", Boolean(one?.outlier));
      // An outlier beyond the fit's horizon has no residual.
      const said = (value, places) => value?.toFixed(places) ?? "–";
      told[0].textContent = one ? `${said(one.residual_px, 2)} px\n${said(one.residual_m, 3)} m${one.outlier ? "\nleft out" : ""}` : "–";
      told[1].textContent = one && one.left_out_m !== null ? `${one.left_out_px.toFixed(2)} px\n${one.left_out_m.toFixed(3)} m` : "–";
    });
  }

  #build() {
    this.rows = this.points.map((point, index) => this.#row(point, index));
    this.body.replaceChildren(...this.rows.map(({ row }) => row));
  }

  #row(point, index) {
    const row = document.createElement("tr");
    const cell = (content, name = "td") => {
      const made = document.createElement(name);
      made.append(content);
      row.append(made);
      return made;
    };
    cell(String(index + 1), "th").scope = "row";
    const places = point.typed[this.units];
    const fields = [
      this.#field(`Name of point ${index + 1}`, point.name, (text) => (point.name = text.trim())),
      this.#number(`Picture x of point ${index + 1}`, cents(point.image_px[0]), (value) => (point.image_px = [value, point.image_px[1]])),
      this.#number(`Picture y of point ${index + 1}`, cents(point.image_px[1]), (value) => (point.image_px = [point.image_px[0], value])),
      this.#number(`${HEADS[this.units][0]} of point ${index + 1}`, places[0], (value) => (places[0] = value)),
      this.#number(`${HEADS[this.units][1]} of point ${index + 1}`, places[1], (value) => (places[1] = value)),
    ];
    fields.forEach((field) => cell(field));
    const told = [cell("–"), cell("–")];
    told.forEach((one) => (one.className = "num"));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove point ${index + 1}`);
    remove.addEventListener("click", () => {
      this.points.splice(index, 1);
      this.#build();
      this.changed();
    });
    cell(remove);
    return { row, fields, told };
  }

  #field(label, value, take) {
    const field = document.createElement("input");
    field.setAttribute("aria-label", label);
    field.autocomplete = "off";
    field.value = value ?? "";
    field.addEventListener("input", () => {
      take(field.value);
      this.changed();
    });
    return field;
  }

  // An empty or unfinished number is null, and marked where something stands there.
  #number(label, value, take) {
    const shown = value === null ? "" : String(Math.round(value * PRECISION) / PRECISION);
    const field = this.#field(label, shown, (text) => {
      const given = Number(text.trim().replace(",", "."));
      const good = text.trim() !== "" && Number.isFinite(given);
      field.toggleAttribute("aria-invalid", text.trim() !== "" && !good);
      take(good ? given : null);
    });
    field.inputMode = "decimal";
    field.className = "short";
    return field;
  }
}
