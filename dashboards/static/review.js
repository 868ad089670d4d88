// Keys of every page; a page's own script adds its own to KEYS. Everything here is a convenience: the pages work without it.
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

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
document.documentElement.classList.add("scripted");
