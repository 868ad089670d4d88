// The calibration page: points are clicked and typed, and the server says at once what they amount to.
import { ask, download, latest } from "./server.js";
import { Plane } from "./plane.js";
import { PointTable } from "./points.js";
import { Surface, draw, pathOf } from "./surface.js";

const byId = (id) => document.getElementById(id);
const page = byId("page").dataset;
const survey = JSON.parse(page.state).survey;
const address = `/sites/${encodeURIComponent(page.camera)}`;
const DAY_NS = 86_400e9;
const LONGEST_M = 4;
const LABEL_GAP_PX = 34;
const ARROWS = [1, 2, 5, 10, 20, 50];

let report = null;
let sent = []; // indices of the points that the report is about
let plane = null;
let doubt = null;

const layers = {};
const picture = new Surface(byId("picture"), {
  pick: (at) => addPoint(at),
  hover: (at) => at && askDoubt(at),
  drag: (handle, at) => table.move(Number(handle), at),
  choose: (handle) => choose(Number(handle)),
  redraw: () => render(),
});
for (const name of ["area", "grid", "speeds", "doubt", "arrows", "marks"]) {
  layers[name] = draw(picture.svg, "g", { class: name });
}

const table = new PointTable(byId("points"), survey.points, () => changed());

let chosen = null;
const placeFields = [byId("place-0"), byId("place-1")];

function addPoint([x, y]) {
  if (x < 0 || y < 0 || x > page.width || y > page.height) return;
  choose(table.add([Math.round(x * 10) / 10, Math.round(y * 10) / 10]));
}

// Beside the picture it is asked where the point is on the road, so that the picture stays in view.
function choose(index) {
  chosen = index;
  showPlace();
  placeFields[0].focus({ preventScroll: true });
  placeFields[0].select();
  render();
}

function showPlace() {
  if (chosen !== null && chosen >= table.points.length) chosen = null;
  byId("place").hidden = chosen === null;
  if (chosen === null) return;
  byId("place-of").textContent = `Point ${chosen + 1}`;
  placeFields.forEach((field, axis) => {
    byId(`place-${axis}-name`).textContent = table.heads[axis];
    if (document.activeElement !== field) field.value = table.typed(chosen, axis);
  });
}

placeFields.forEach((field, axis) => {
  field.addEventListener("input", () => table.put(chosen, axis, field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    (axis ? picture.svg : placeFields[1]).focus({ preventScroll: true });
  });
});

// The survey as the server takes it; points whose road place is not typed yet are left out.
function request(places = []) {
  const units = byId("units").value;
  const value = (id) => number(byId(id).value);
  const earth = [value("origin-lat"), value("origin-lon")];
  const complete = table.complete(units);
  return {
    indices: complete.map(({ index }) => index),
    body: {
      ...survey,
      calibration_id: byId("calibration-id").value.trim(),
      points: complete.map(({ point }) => ({ ...point, sigma_px: point.sigma_px ?? value("sigma-px"), sigma_m: point.sigma_m ?? value("sigma-m") })),
      valid_from_ns: nanoseconds("valid-from", survey.valid_from_ns),
      valid_until_ns: nanoseconds("valid-until", survey.valid_until_ns),
      frame: units === "wgs84" && !earth.includes(null) ? { ...(survey.frame ?? {}), origin: earth, ...heading() } : null,
      places_px: places,
    },
  };
}

function heading() {
  const value = number(byId("heading").value);
  return value === null ? {} : { heading_deg: value, towards: null };
}

function number(text) {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
}

const dayOf = (at_ns) => new Date(at_ns / 1e6).toISOString().slice(0, 10);

// A day that was not changed keeps its time to the second.
function nanoseconds(id, saved) {
  const day = byId(id).value;
  if (!day) return null;
  return saved && dayOf(saved) === day ? saved : (Date.parse(`${day}T00:00:00Z`) / 86_400_000) * DAY_NS;
}

const fit = latest(async () => {
  const { indices, body } = request();
  report = await ask(`${address}/survey`, body);
  sent = indices;
  plane = report.homography?.length ? new Plane(report.homography, survey.lens) : null;
  if (!plane) doubt = null;
  render();
  tell();
  tellDoubt();
}, 120);

const askDoubt = latest(async (at) => {
  if (!plane) return;
  const answer = await ask(`${address}/survey`, request([at]).body);
  doubt = answer.speeds?.[0] ?? null;
  render();
  tellDoubt();
}, 60);

function changed() {
  byId("no-points").hidden = table.points.length > 0;
  byId("save").disabled = true;
  showPlace();
  render();
  fit();
}

function render() {
  if (!layers.marks) return;
  for (const layer of Object.values(layers)) layer.replaceChildren();
  const unit = picture.unit;
  if (report?.area_px?.length) draw(layers.area, "polygon", { points: pathOf(report.area_px) });
  const named = [];
  if (byId("show-grid").checked) for (const line of report?.grid ?? []) drawLine(line, unit, named);
  if (byId("show-speeds").checked) for (const one of report?.speeds ?? []) drawSpeed(one, unit);
  if (doubt && plane) drawDoubt(doubt, unit);
  drawArrows(unit);
  table.points.forEach((point, index) => drawMark(point, index, unit));
}

// Far lines lie close together: a label that would cover another one is left out.
function drawLine(line, unit, named) {
  draw(layers.grid, "polyline", { points: pathOf(line.line_px), class: line.along ? "along" : "across" });
  const [x, y] = line.line_px[line.along ? line.line_px.length - 1 : 0];
  if (named.some(([a, b]) => Math.abs(a - x) < LABEL_GAP_PX * unit && Math.abs(b - y) < 14 * unit)) return;
  named.push([x, y]);
  draw(layers.grid, "text", { x: x + 4 * unit, y: y - 4 * unit, "font-size": 11 * unit }, line.label);
}

function drawSpeed(one, unit) {
  const [x, y] = one.image_px;
  const text = `${one.speed_percent.toFixed(1)} %`;
  draw(layers.speeds, "text", { x, y, "font-size": 11 * unit, "text-anchor": "middle", class: one.covered ? "" : "outside" }, text);
}

// The ellipse lies on the road: one metre there is one km/h of the velocity of 100 km/h, unless it is huge.
function drawDoubt(one, unit) {
  const turn = (one.ellipse_deg * Math.PI) / 180;
  const scale = Math.min(1, LONGEST_M / one.ellipse_kmh[0]);
  const ring = [];
  for (let step = 0; step <= 48; step += 1) {
    const angle = (step / 24) * Math.PI;
    const [far, side] = [scale * one.ellipse_kmh[0] * Math.cos(angle), scale * one.ellipse_kmh[1] * Math.sin(angle)];
    ring.push([
      one.road_m[0] + far * Math.sin(turn) + side * Math.cos(turn),
      one.road_m[1] + far * Math.cos(turn) - side * Math.sin(turn),
    ]);
  }
  const seen = ring.map((place) => plane.toPicture(place)).filter(Boolean);
  if (seen.length === ring.length) draw(layers.doubt, "polygon", { points: pathOf(seen) });
  draw(layers.doubt, "circle", { cx: one.image_px[0], cy: one.image_px[1], r: 2.5 * unit });
}

function drawArrows(unit) {
  const verdicts = report?.points ?? [];
  const longest = Math.max(0, ...verdicts.filter((one) => !one.outlier).map((one) => one.residual_px));
  const times = ARROWS.findLast((factor) => longest * factor <= 60 * unit) ?? 1;
  for (const one of verdicts) {
    const [x, y] = one.image_px;
    const by = one.outlier ? 1 : times;
    if (one.fitted_px === null) continue;
    const to = [x + (one.fitted_px[0] - x) * by, y + (one.fitted_px[1] - y) * by];
    draw(layers.arrows, "path", { d: `M${x} ${y}L${to[0]} ${to[1]}`, class: one.outlier ? "outlier" : "" });
    draw(layers.arrows, "circle", { cx: to[0], cy: to[1], r: 2 * unit });
  }
  const shown = verdicts.length ? `Arrows show residuals ${times} times as long, those of outliers as they are.` : "";
  byId("arrow-note").textContent = shown;
}

function drawMark(point, index, unit) {
  const [x, y] = point.image_px;
  const at = sent.indexOf(index);
  const state = at < 0 || report?.problem ? "open" : report.points[at]?.outlier ? "outlier" : "kept";
  const group = draw(layers.marks, "g", { class: `point ${state}${index === chosen ? " chosen" : ""}`, "data-handle": index });
  draw(group, "circle", { cx: x, cy: y, r: 9 * unit, class: "grip" });
  draw(group, "path", { d: `M${x - 6 * unit} ${y}h${12 * unit}M${x} ${y - 6 * unit}v${12 * unit}` });
  draw(group, "text", { x: x + 9 * unit, y: y - 7 * unit, "font-size": 12 * unit }, String(index + 1));
}

function facts(id, entries) {
  const list = byId(id);
  list.replaceChildren();
  for (const [name, value] of entries) {
    const [term, told] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    told.textContent = value;
    list.append(term, told);
  }
}

function tell() {
  const good = !report.problem;
  byId("problem").textContent = report.problem ?? "";
  byId("save").disabled = !good;
  byId("download").disabled = !report.toml;
  table.judge(report.points ?? [], sent);
  const outliers = (report.points ?? []).flatMap((one, at) => (one.outlier ? [one.name || String(sent[at] + 1)] : []));
  facts("fit", !good ? [] : [
    ["Residuals", `${report.rms_px.toFixed(2)} px, ${report.rms_m.toFixed(3)} m (root mean square)`],
    ["Checks", report.checks ? `${report.checks} points more than needed` : "none: no point checks another"],
    ["Outliers", outliers.length ? outliers.join(", ") : "none"],
    ["Noise", report.noise_scale > 1.005 ? `${report.noise_scale.toFixed(2)} times what was stated` : "as stated"],
    ["Camera", report.camera_m ? `${report.camera_m[2].toFixed(1)} m above the road` : "not known from these points"],
  ]);
  byId("warnings").replaceChildren(...(report.warnings ?? []).map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }));
}

function tellDoubt() {
  facts("speed", !doubt ? [] : [
    ["Place", `${doubt.road_m[0].toFixed(1)} m across, ${doubt.road_m[1].toFixed(1)} m along, ± ${doubt.position_m.toFixed(2)} m`],
    ["Speed", `± ${doubt.speed_percent.toFixed(2)} %`],
    ["At 100 km/h", `± ${doubt.ellipse_kmh[0].toFixed(2)} by ± ${doubt.ellipse_kmh[1].toFixed(2)} km/h, ${doubt.ellipse_deg.toFixed(0)}° from along`],
    ["Ellipse", `in the picture, 1 m of road is ${Math.max(1, doubt.ellipse_kmh[0] / LONGEST_M).toFixed(1)} km/h`],
    ["Counts here", doubt.covered ? "yes" : "no: outside the calibrated area"],
  ]);
}

function say(text, tone) {
  const line = byId("said");
  line.textContent = text;
  line.className = `flash ${tone}`;
  line.hidden = false;
}

byId("survey").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask(`${address}/calibration`, request().body);
  if (answer.problem) say(answer.problem, "refused");
  else say(`Saved as ${answer.place}. ${answer.still}`.trim(), "done");
});
byId("download").addEventListener("click", () => download("calibration.toml", "application/toml", report.toml));
byId("survey").addEventListener("input", () => {
  const isEarth = byId("units").value === "wgs84";
  byId("earth").hidden = !isEarth;
  table.show(byId("units").value);
  changed();
});
for (const id of ["show-grid", "show-speeds"]) byId(id).addEventListener("change", () => render());
for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => picture.zoom(Number(button.dataset.by)));
}

byId("calibration-id").value = survey.calibration_id;
if (survey.valid_from_ns) byId("valid-from").value = dayOf(survey.valid_from_ns);
if (survey.valid_until_ns) byId("valid-until").value = dayOf(survey.valid_until_ns);
if (survey.frame) {
  byId("units").value = "wgs84";
  [byId("origin-lat").value, byId("origin-lon").value] = survey.frame.origin;
  byId("heading").value = survey.frame.heading_deg ?? "";
  byId("earth").hidden = false;
}
byId("lens-note").textContent = survey.lens ? "With the lens of the saved calibration." : "Without a lens: straight lines stay straight.";
table.show(byId("units").value);
changed();
