// Keys and the picture's views. Everything here is a convenience: the pages work without it.
"use strict";

const byId = (id) => document.getElementById(id);
const isTyping = (target) =>
  target instanceof HTMLElement && (target.matches("input:not([type=checkbox]), select, textarea") || target.isContentEditable);

function moveInQueue(step) {
  const links = [...document.querySelectorAll("a.row-link")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[to].focus();
  links[to].closest("tr").scrollIntoView({ block: "nearest" });
}

function viewLinks() {
  return [...document.querySelectorAll("a[data-view-box]")];
}

function setViewBox(left, top, width, height) {
  byId("picture").setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
  document.querySelector(".speed-label")?.setAttribute("font-size", width / 52);
}

function showView(link) {
  setViewBox(...link.dataset.viewBox.split(" ").map(Number));
  for (const other of viewLinks()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
}

function nextView() {
  const links = viewLinks();
  if (!links.length) return;
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  showView(links[(at + 1) % links.length]);
}

// Three times closer around the point that was clicked; a second click shows the whole picture again.
function lookCloser(event) {
  const picture = byId("picture");
  const [whole] = viewLinks();
  const { width: shown } = picture.viewBox.baseVal;
  const full = { width: Number(picture.dataset.width), height: Number(picture.dataset.height) };
  if (shown < full.width) {
    showView(whole);
    return;
  }
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  const [width, height] = [full.width / 3, full.height / 3];
  const left = Math.min(Math.max(point.x - width / 2, 0), full.width - width);
  const top = Math.min(Math.max(point.y - height / 2, 0), full.height - height);
  setViewBox(left, top, width, height);
  for (const link of viewLinks()) link.removeAttribute("aria-current");
}

// One key alone never decides: it moves to the field or button, and the officer presses that.
function goToConfirm() {
  const [officer, confirm] = [byId("officer"), byId("confirm")];
  if (!confirm) return;
  if (confirm.disabled) byId("reason").focus();
  else if (officer.checkValidity()) confirm.focus();
  else officer.focus();
}

const KEYS = {
  j: () => moveInQueue(1),
  k: () => moveInQueue(-1),
  o: () => byId("show-overlay")?.click(),
  z: nextView,
  c: goToConfirm,
  r: () => byId("reason")?.focus(),
  n: () => byId("next")?.click(),
  q: () => byId("back")?.click(),
  "?": () => byId("help").togglePopover(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
  if (isTyping(event.target) || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

for (const link of viewLinks()) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showView(link);
  });
}
byId("picture")?.addEventListener("click", lookCloser);

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
document.documentElement.classList.add("scripted");
