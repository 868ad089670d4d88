// Lines and zones of a road: what kinds there are, and how they are written as GeoJSON in metres.

export const LINES = { stop: "Stop line", solid: "Solid line", gate: "Gate" };
export const ZONES = { lane: "Lane", reserved: "Reserved lane", no_stopping: "No stopping", box: "Box junction", ban: "Vehicle ban", junction: "Junction" };
export const KINDS = { ...LINES, ...ZONES };

const HEADED = ["stop", "gate", "lane", "reserved"];

export const isLine = (kind) => kind in LINES;
export const leastPoints = (kind) => (isLine(kind) ? 2 : 3);
export const takesHeading = (kind) => HEADED.includes(kind);

export function shapesIn(collection) {
  return collection.features.map(({ properties, geometry }) => ({
    id: properties.id,
    kind: properties.kind,
    signal: properties.signal ?? "",
    heading_deg: properties.heading_deg ?? null,
    points: isLine(properties.kind) ? geometry.coordinates : geometry.coordinates[0].slice(0, -1),
  }));
}

export function collectionOf(id, shapes) {
  return { type: "FeatureCollection", id, features: shapes.map(featureOf) };
}

function featureOf({ id, kind, signal, heading_deg, points }) {
  const properties = { id, kind };
  if (signal) properties.signal = signal;
  if (heading_deg !== null) properties.heading_deg = heading_deg;
  const rounded = points.map((point) => point.map((value) => Math.round(value * 1000) / 1000));
  const geometry = isLine(kind)
    ? { type: "LineString", coordinates: rounded }
    : { type: "Polygon", coordinates: [[...rounded, rounded[0]]] };
  return { type: "Feature", properties, geometry };
}

export function freshId(kind, shapes) {
  const taken = new Set(shapes.map(({ id }) => id));
  const stem = kind.replace("_", "-");
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

// A first guess of a heading: across a line, along a zone's longest side, away from where y is 0.
export function likelyHeading(kind, points) {
  if (!["stop", "lane"].includes(kind)) return null;
  const sides = points.map((from, at) => [from, points[(at + 1) % points.length]]);
  const [from, to] = kind === "stop" ? [points[0], points.at(-1)] : sides.reduce((a, b) => (length(a) >= length(b) ? a : b));
  const [x, y] = kind === "stop" ? [from[1] - to[1], to[0] - from[0]] : [to[0] - from[0], to[1] - from[1]];
  const degrees = (Math.atan2(x, y) * 180) / Math.PI;
  const along = Math.abs(degrees) > 90 ? degrees + 180 : degrees;
  return Math.round((along + 360) % 360);
}

const length = ([[ax, ay], [bx, by]]) => Math.hypot(bx - ax, by - ay);

export function middleOf(points) {
  return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
}
