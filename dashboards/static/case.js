// The evidence picture of a case: closer and further, brighter and darker; and the clip. The page works without it.
"use strict";

const picture = byId("picture");
const CLOSEST = 16; // times the whole picture
const STEP = 1.4;
const SLIP_PX = 4; // a pointer that moves less has clicked

function viewLinks() {
  return [...document.querySelectorAll("a[data-view-box]")];
}

const whole = () => ({ width: Number(picture.dataset.width), height: Number(picture.dataset.height) });
const shown = () => picture.viewBox.baseVal;
const within = (value, low, high) => Math.min(Math.max(value, low), high);

/** Show the part of the picture that begins at (left, top) and is so wide; never beyond its edges. */
function show(left, top, width, link = null) {
  const full = whole();
  const wide = within(width, full.width / CLOSEST, full.width);
  const high = (wide * full.height) / full.width;
  const x = within(left, 0, full.width - wide);
  const y = within(top, 0, full.height - high);
  picture.setAttribute("viewBox", `${x} ${y} ${wide} ${high}`);
  picture.classList.toggle("closer", wide < full.width);
  document.querySelector(".speed-label")?.setAttribute("font-size", wide / 52);
  byId("closer-by").value = `${Math.round((full.width / wide) * 100)} %`;
  const chosen = link ?? (wide === full.width ? viewLinks()[0] : null);
  for (const other of viewLinks()) other.toggleAttribute("aria-current", false);
  chosen?.setAttribute("aria-current", "true");
}

function showView(link) {
  const [left, top, width] = link.dataset.viewBox.split(" ").map(Number);
  show(left, top, width, link);
}

const showWhole = () => show(0, 0, whole().width);

function nextView() {
  const links = viewLinks();
  if (!links.length) return;
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  showView(links[(at + 1) % links.length]);
}

/** The place of the picture (its px) under a place of the screen. */
function placeUnder(x, y) {
  return new DOMPoint(x, y).matrixTransform(picture.getScreenCTM().inverse());
}

/** Closer (factor above 1) or further, so that ``place`` stays where it is on the screen. */
function zoom(factor, place) {
  const now = shown();
  const fixed = place ?? { x: now.x + now.width / 2, y: now.y + now.height / 2 };
  const full = whole();
  const wide = within(now.width / factor, full.width / CLOSEST, full.width);
  const part = wide / now.width;
  show(fixed.x - (fixed.x - now.x) * part, fixed.y - (fixed.y - now.y) * part, wide);
}

/** Move by parts of what is shown. */
function move(across, down) {
  const now = shown();
  show(now.x + across * now.width, now.y + down * now.height, now.width);
}

/** A click brings the place closer; once closer, it moves the place into the middle, so nobody has to drag. */
function clicked(event) {
  const place = placeUnder(event.clientX, event.clientY);
  const wide = shown().width < whole().width ? shown().width : whole().width / 3;
  const high = (wide * whole().height) / whole().width;
  show(place.x - wide / 2, place.y - high / 2, wide);
}

const pointers = new Map();
let slipped = 0;

function spread() {
  const [one, other] = [...pointers.values()];
  return {
    apart: Math.hypot(one.x - other.x, one.y - other.y),
    x: (one.x + other.x) / 2,
    y: (one.y + other.y) / 2,
  };
}

function pressed(event) {
  if (event.button > 0) return;
  if (pointers.size === 0) slipped = 0;
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (event.pointerType !== "touch" || picture.classList.contains("closer") || pointers.size > 1)
    picture.setPointerCapture(event.pointerId);
}

function moved(event) {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const was = pointers.size === 2 ? spread() : null;
  const from = placeUnder(was?.x ?? before.x, was?.y ?? before.y);
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  slipped += Math.hypot(event.clientX - before.x, event.clientY - before.y);
  const now = pointers.size === 2 ? spread() : { x: event.clientX, y: event.clientY };
  if (was && was.apart > 0) zoom(now.apart / was.apart, from);
  if (slipped < SLIP_PX) return;
  const to = placeUnder(now.x, now.y);
  show(shown().x + from.x - to.x, shown().y + from.y - to.y, shown().width);
}

function released(event) {
  if (!pointers.delete(event.pointerId)) return;
  if (event.type === "pointerup" && pointers.size === 0 && slipped < SLIP_PX) clicked(event);
}

function turned(event) {
  // Without focus or Ctrl the wheel goes on scrolling the page, as everybody expects.
  if (document.activeElement !== picture && !event.ctrlKey) return;
  event.preventDefault();
  zoom(event.deltaY < 0 ? STEP : 1 / STEP, placeUnder(event.clientX, event.clientY));
}

const ON_PICTURE = {
  ArrowLeft: () => move(-0.15, 0),
  ArrowRight: () => move(0.15, 0),
  ArrowUp: () => move(0, -0.15),
  ArrowDown: () => move(0, 0.15),
  Home: showWhole,
};

/** Brightness and contrast of the view; the picture's bytes are what they were. */
function adjust() {
  const [brightness, contrast] = [byId("brightness"), byId("contrast")];
  for (const one of [brightness, contrast]) {
    byId(`${one.id}-value`).value = `${one.value} %`;
    one.setAttribute("aria-valuetext", `${one.value} percent`);
  }
  const changed = brightness.value !== "100" || contrast.value !== "100";
  picture.querySelector("image").style.filter = changed
    ? `brightness(${brightness.value}%) contrast(${contrast.value}%)`
    : "";
  byId("as-taken").disabled = !changed;
}

function asTaken() {
  for (const name of ["brightness", "contrast"]) byId(name).value = "100";
  adjust();
}

function step(name, by) {
  byId(name).value = Number(byId(name).value) + by;
  adjust();
}

if (picture) {
  for (const tool of document.querySelectorAll("[data-scripted]")) tool.hidden = false;
  picture.setAttribute("tabindex", "0");
  picture.addEventListener("pointerdown", pressed);
  picture.addEventListener("pointermove", moved);
  picture.addEventListener("pointerup", released);
  picture.addEventListener("pointercancel", released);
  picture.addEventListener("wheel", turned, { passive: false });
  picture.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(ON_PICTURE, event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    ON_PICTURE[event.key]();
  });
  for (const link of viewLinks()) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      showView(link);
    });
  }
  byId("closer").addEventListener("click", () => zoom(STEP));
  byId("further").addEventListener("click", () => zoom(1 / STEP));
  for (const name of ["brightness", "contrast"]) byId(name).addEventListener("input", adjust);
  byId("as-taken").addEventListener("click", asTaken);
  adjust(); // a browser that comes back may have kept the sliders where they were
  const started = document.querySelector("a[data-view-box][aria-current]");
  if (started) showView(started);
  Object.assign(KEYS, {
    o: () => byId("show-overlay").click(),
    z: nextView,
    "+": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    0: showWhole,
    "]": () => step("brightness", 10),
    "[": () => step("brightness", -10),
    "}": () => step("contrast", 10),
    "{": () => step("contrast", -10),
    "=": asTaken,
  });
}

const clip = byId("clip");
if (clip) {
  const toMoment = byId("to-moment");
  const still = (to) => {
    clip.pause();
    clip.currentTime = within(to, 0, clip.duration || 0);
  };
  toMoment?.addEventListener("click", () => still(Number(toMoment.dataset.atS)));
  const frameS = 1 / Number(clip.dataset.framesPerS);
  Object.assign(KEYS, {
    p: () => (clip.paused ? clip.play() : clip.pause()),
    m: () => toMoment?.click(),
    ",": () => still(clip.currentTime - frameS),
    ".": () => still(clip.currentTime + frameS),
  });
}
