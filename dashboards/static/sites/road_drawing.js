// How a road is drawn on a surface: its grid, its lines and zones, and the one that is being drawn.
import { isLine, middleOf } from "./shapes.js";
import { draw, pathOf } from "./surface.js";

const PIECES = 16; // a straight side of the road is bent by a lens, so it is drawn in pieces
const MARGIN_M = 4;
const ROOM_PX = 52;

// The part of the road that the plan shows: what the calibration's grid spans, and all that is drawn.
export function planView(grid, shapes) {
  const corners = shapes.flatMap(({ points }) => points);
  const span = (values) => (values.length ? [Math.min(...values), Math.max(...values)] : [-10, 10]);
  const [left, right] = span([...grid.filter(({ along }) => along).map(({ at_m }) => at_m), ...corners.map(([x]) => x)]);
  const [near, far] = span([...grid.filter(({ along }) => !along).map(({ at_m }) => at_m), ...corners.map(([, y]) => y)]);
  return { x: left - MARGIN_M, y: -far - MARGIN_M, w: right - left + 2 * MARGIN_M, h: far - near + 2 * MARGIN_M };
}

export function drawRoad(surface, { grid, shapes, chosen, drawing, pointer, isPlan }) {
  const { layer, unit } = surface;
  layer.replaceChildren();
  drawGrid(surface, grid, isPlan);
  const order = shapes.map((_, index) => index).sort((a, b) => (a === chosen) - (b === chosen) || isLine(shapes[a].kind) - isLine(shapes[b].kind));
  for (const index of order) drawShape(surface, shapes[index], index, index === chosen && !drawing);
  if (!drawing) return;
  const points = pointer ? [...drawing.points, pointer] : drawing.points;
  if (points.length > 1) {
    const sides = seen(surface, points, !isLine(drawing.kind) && points.length > 2);
    draw(layer, "polyline", { points: pathOf(sides), class: "drawing" });
  }
  for (const point of drawing.points) {
    const at = surface.toSurface(point);
    if (at) draw(layer, "circle", { cx: at[0], cy: at[1], r: 4 * unit, class: "corner" });
  }
}

function drawGrid(surface, grid, isPlan) {
  const { layer, unit } = surface;
  const group = draw(layer, "g", { class: "grid" });
  if (!isPlan) {
    for (const line of grid) draw(group, "polyline", { points: pathOf(line.line_px) });
    return;
  }
  const { x, y, w, h } = surface.whole;
  let last = null; // where the last name of an along line stands; the next one needs its room
  for (const { along, at_m, label } of grid) {
    const ends = along ? [[at_m, y], [at_m, y + h]] : [[x, -at_m], [x + w, -at_m]];
    draw(group, "polyline", { points: pathOf(ends) });
    if (along && last !== null && at_m - last < ROOM_PX * unit) continue;
    if (along) last = at_m;
    const [tx, ty] = along ? [at_m + 3 * unit, y + h - 5 * unit] : [x + 4 * unit, -at_m - 3 * unit];
    draw(group, "text", { x: tx, y: ty, "font-size": 11 * unit }, label);
  }
}

function drawShape(surface, shape, index, isChosen) {
  const { layer, unit } = surface;
  const group = draw(layer, "g", { class: `shape ${shape.kind}${isChosen ? " chosen" : ""}`, "data-handle": `s:${index}` });
  const outline = pathOf(seen(surface, shape.points, !isLine(shape.kind)));
  if (isLine(shape.kind)) {
    draw(group, "polyline", { points: outline, class: "hit" });
    draw(group, "polyline", { points: outline, class: "shown" });
  } else draw(group, "polygon", { points: outline, class: "shown" });
  const named = surface.toSurface(isLine(shape.kind) ? shape.points[0] : middleOf(shape.points));
  if (named) draw(group, "text", { x: named[0], y: named[1] - 10 * unit, "font-size": 12 * unit, "text-anchor": "middle" }, shape.id);
  if (shape.heading_deg !== null) drawHeading(surface, shape, group);
  if (isChosen) drawCorners(surface, shape, index);
}

// Three metres of road in the direction of the traffic.
function drawHeading(surface, shape, group) {
  const [x, y] = middleOf(shape.points);
  const turn = (shape.heading_deg * Math.PI) / 180;
  const ahead = (far, side) => surface.toSurface([
    x + far * Math.sin(turn) + side * Math.cos(turn),
    y + far * Math.cos(turn) - side * Math.sin(turn),
  ]);
  const points = [ahead(0, 0), ahead(3, 0), ahead(2.2, 0.5), ahead(3, 0), ahead(2.2, -0.5)];
  if (!points.includes(null)) draw(group, "polyline", { points: pathOf(points), class: "heading" });
}

function drawCorners(surface, shape, index) {
  const { layer, unit } = surface;
  const count = shape.points.length;
  shape.points.forEach((point, corner) => {
    const at = surface.toSurface(point);
    if (at) draw(layer, "circle", { cx: at[0], cy: at[1], r: 6 * unit, class: "corner", "data-handle": `c:${index}:${corner}` });
    if (isLine(shape.kind) && corner === count - 1) return;
    const half = surface.toSurface(middleOf([point, shape.points[(corner + 1) % count]]));
    if (half) draw(layer, "circle", { cx: half[0], cy: half[1], r: 3.5 * unit, class: "corner half", "data-handle": `m:${index}:${corner}` });
  });
}

// The sides of a shape on a surface, in pieces; what lies behind the camera is left out.
function seen(surface, points, isClosed) {
  const ends = isClosed ? [...points, points[0]] : points;
  const shown = [];
  for (let at = 0; at + 1 < ends.length; at += 1) {
    for (let piece = at ? 1 : 0; piece <= PIECES; piece += 1) {
      const part = piece / PIECES;
      const place = [0, 1].map((axis) => ends[at][axis] + part * (ends[at + 1][axis] - ends[at][axis]));
      shown.push(surface.toSurface(place));
    }
  }
  return shown.filter(Boolean);
}
