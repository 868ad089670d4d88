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

// One key alone never decides: it moves to the tick, the field or the button, and the officer presses that.
function goToConfirm() {
  const [confirm, unticked] = [byId("confirm"), document.querySelector("#decision-form input[type=checkbox]:not(:checked)")];
  if (!confirm) return;
  if (confirm.disabled) byId("reason").focus();
  else (unticked ?? confirm).focus();
}

const tick = (what) => () => byId(`tick-${what}`)?.click();

const KEYS = {
  j: () => moveInQueue(1),
  k: () => moveInQueue(-1),
  1: tick("plate"),
  2: tick("vehicle"),
  3: tick("measurement"),
  c: goToConfirm,
  r: () => byId("reason")?.focus(),
  u: () => byId("undo")?.focus(),
  n: () => byId("next")?.click(),
  q: () => (byId("back") ?? document.querySelector(".brand")).click(),
  "?": () => byId("help").togglePopover(),
};

// Whoever speaks to the computer, or whose keys are pressed by a device, can do without single keys.
const SINGLE_KEYS = "roadwitness-single-keys";
const singleKeys = byId("single-keys");
if (singleKeys) {
  singleKeys.checked = localStorage.getItem(SINGLE_KEYS) !== "off";
  singleKeys.addEventListener("change", () => localStorage.setItem(SINGLE_KEYS, singleKeys.checked ? "on" : "off"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
  if (isTyping(event.target) || !Object.hasOwn(KEYS, event.key) || singleKeys?.checked === false) return;
  event.preventDefault();
  KEYS[event.key]();
});

// Filters apply as they are chosen with the pointer. By key, each arrow changes a list: there Enter applies them.
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  let byKey = false;
  form.addEventListener("pointerdown", () => (byKey = false));
  form.addEventListener("keydown", (event) => {
    byKey = true;
    if (event.key === "Enter" && event.target.matches("select, input")) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("change", () => byKey || form.requestSubmit());
}
document.documentElement.classList.add("scripted");
