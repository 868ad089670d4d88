// The road page: lines and zones are drawn on the picture or on the plan, both showing the same metres.
import { ask, download } from "./server.js";
import { Plane } from "./plane.js";
import { Properties } from "./properties.js";
import { KINDS, collectionOf, freshId, isLine, leastPoints, likelyHeading, shapesIn } from "./shapes.js";
import { Surface, draw } from "./surface.js";
import { drawRoad, planView } from "./road_drawing.js";

const byId = (id) => document.getElementById(id);
const page = byId("page").dataset;
const state = JSON.parse(page.state);
const plane = state.homography.length ? new Plane(state.homography, state.lens) : null;
const SAME_PX = 6; // a second click this near the last corner ends a line or zone
const MOST_UNDONE = 200;

let shapes = shapesIn(state.road);
let chosen = null;
let drawing = null;
let pointer = null;
let moving = null; // the corner that is dragged, as [shape, corner]
const past = [];

const picture = new Surface(byId("picture"), handlers((at) => plane?.toRoad(at) ?? null));
const plan = new Surface(byId("plan"), handlers(([x, y]) => [x, -y]));
picture.toSurface = (place) => plane?.toPicture(place) ?? null;
plan.toSurface = ([x, y]) => [x, -y];
for (const surface of [picture, plan]) surface.layer = draw(surface.svg, "g", { class: "road" });
plan.lookAt(planView(state.grid, shapes));

const properties = new Properties({
  change: (edit) => {
    remember();
    edit(shapes[chosen]);
    show();
  },
  remove: () => {
    remember();
    shapes.splice(chosen, 1);
    choose(null);
  },
});

function handlers(toRoad) {
  return {
    pick: (at) => pick(toRoad(at)),
    hover: (at) => hover(at && toRoad(at)),
    choose: (handle) => (drawing ? pick(pointer) : choose(Number(handle.split(":")[1]))),
    drag: (handle, at) => drag(handle, toRoad(at)),
    drop: () => (moving = null),
    redraw: () => render(),
  };
}

function remember() {
  past.push(JSON.stringify(shapes));
  if (past.length > MOST_UNDONE) past.shift();
  byId("undo").disabled = false;
}

function undo() {
  if (!past.length) return;
  shapes = JSON.parse(past.pop());
  byId("undo").disabled = !past.length;
  choose(null);
}

function pick(place) {
  if (!place) return;
  if (!drawing) {
    choose(null);
    return;
  }
  const last = drawing.points.at(-1);
  if (last && isSame(last, place)) finish();
  else drawing.points.push(place.map((value) => Math.round(value * 1000) / 1000));
  show();
}

// On either surface: a place that the eye cannot tell from the other.
function isSame(one, other) {
  return [picture, plan].some((surface) => {
    const [a, b] = [surface.toSurface(one), surface.toSurface(other)];
    const isFocused = document.activeElement === surface.svg;
    return isFocused && a && b && Math.hypot(a[0] - b[0], a[1] - b[1]) < SAME_PX * surface.unit;
  });
}

function start(kind) {
  drawing = { kind, points: [] };
  chosen = null;
  byId("said").hidden = true;
  const surface = document.activeElement === plan.svg ? plan : picture;
  surface.svg.focus({ preventScroll: true });
  show();
}

function finish() {
  const { kind, points } = drawing;
  if (points.length < leastPoints(kind)) {
    say(`A ${KINDS[kind].toLowerCase()} needs ${leastPoints(kind)} corners or more.`, "refused");
    return;
  }
  remember();
  shapes.push({ id: freshId(kind, shapes), kind, signal: "", heading_deg: likelyHeading(kind, points), points });
  drawing = null;
  choose(shapes.length - 1);
}

function cancel() {
  drawing = null;
  show();
}

function choose(index) {
  chosen = index;
  show();
}

// `c:shape:corner` is a corner, `m:shape:corner` the middle of the side after it, `s:shape` the rest.
function drag(handle, place) {
  const [what, shape, corner] = handle.split(":");
  if (!place || drawing || what === "s") return;
  if (!moving) {
    remember();
    moving = [Number(shape), Number(corner) + (what === "m" ? 1 : 0)];
    if (what === "m") shapes[moving[0]].points.splice(moving[1], 0, place);
    chosen = moving[0];
  }
  shapes[moving[0]].points[moving[1]] = place.map((value) => Math.round(value * 1000) / 1000);
  hover(place);
  show();
}

function hover(place) {
  pointer = place;
  byId("where").textContent = place ? `${place[0].toFixed(2)} m across, ${place[1].toFixed(2)} m along` : "";
  if (drawing) render();
}

function render() {
  for (const surface of [picture, plan]) {
    if (!surface.layer) continue;
    const grid = surface === plan || byId("show-grid").checked ? state.grid : [];
    drawRoad(surface, { grid, shapes, chosen, drawing, pointer, isPlan: surface === plan });
  }
}

function show() {
  render();
  byId("drawing-now").hidden = !drawing;
  byId("nothing").hidden = shapes.length > 0;
  byId("hint").textContent = !drawing
    ? "Choose what to draw, or click something drawn."
    : `${KINDS[drawing.kind]}: set corners; the same place again ends it. ${drawing.points.length} set.`;
  byId("drawn").replaceChildren(...shapes.map(listed));
  properties.show(chosen === null ? null : shapes[chosen]);
  for (const button of byId("new-kinds").children) {
    button.setAttribute("aria-pressed", String(drawing?.kind === button.dataset.kind));
  }
}

function listed(shape, index) {
  const [line, button] = [document.createElement("li"), document.createElement("button")];
  button.type = "button";
  button.className = "quiet";
  button.textContent = `${KINDS[shape.kind]}: ${shape.id}`;
  if (index === chosen) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => {
    drawing = null;
    choose(index === chosen ? null : index);
    byId("drawn").children[index].firstChild.focus();
  });
  line.append(button);
  return line;
}

function say(text, tone) {
  const line = byId("said");
  line.textContent = text;
  line.className = `flash ${tone}`;
  line.hidden = false;
}

const collection = () => collectionOf(state.plane_id, shapes);

byId("save").addEventListener("click", async () => {
  const answer = await ask(`/sites/${encodeURIComponent(page.camera)}/road`, collection());
  if (!answer.problem) {
    say(`Saved as ${answer.place}. ${answer.still}`.trim(), "done");
    return;
  }
  say(answer.problem, "refused");
  const named = shapes.findIndex(({ id }) => answer.problem.includes(`'${id}'`));
  if (named >= 0) choose(named);
});
byId("download").addEventListener("click", () =>
  download("road.geojson", "application/geo+json", `${JSON.stringify(collection(), null, 1)}\n`));
byId("undo").addEventListener("click", undo);
byId("finish").addEventListener("click", () => {
  finish();
  show();
});
byId("cancel").addEventListener("click", cancel);
byId("show-grid").addEventListener("change", render);
for (const button of document.querySelectorAll("[data-zoom]")) {
  const surface = button.dataset.zoom === "plan" ? plan : picture;
  button.addEventListener("click", () => surface.zoom(Number(button.dataset.by)));
}
for (const [kind, name] of Object.entries(KINDS)) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.kind = kind;
  button.textContent = name;
  button.className = isLine(kind) ? "line-kind" : "zone-kind";
  button.disabled = plane === null;
  button.addEventListener("click", () => start(kind));
  byId("new-kinds").append(button);
}
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input, select, textarea");
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !isTyping) {
    event.preventDefault();
    undo();
  } else if (event.key === "Escape" && drawing) cancel();
  else if (event.key === "Backspace" && drawing && !isTyping) {
    drawing.points.pop();
    show();
  }
});
show();
