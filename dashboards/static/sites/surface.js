// An SVG that can be looked at closely, clicked, and worked by keyboard: pictures in px, plans in metres.

const NS = "http://www.w3.org/2000/svg";
const CLICK_PX = 4; // a pointer that moved less than this between down and up has clicked
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function draw(parent, name, attributes, text = null) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  parent.append(element);
  return element;
}

export const pathOf = (points) => points.map(([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`).join(" ");

export class Surface {
  // `on` may have pick(point), hover(point or null), drag(handle, point), drop(handle), redraw().
  constructor(svg, on) {
    this.svg = svg;
    this.on = on;
    const { x, y, width, height } = svg.viewBox.baseVal;
    this.whole = { x, y, w: width, h: height };
    this.view = { ...this.whole };
    this.cross = [x + width / 2, y + height / 2];
    this.crossLayer = draw(svg, "g", { class: "cross" });
    this.held = null;
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    svg.addEventListener("pointerup", (event) => this.#up(event));
    svg.addEventListener("pointercancel", () => (this.held = null));
    svg.addEventListener("pointerleave", () => this.on.hover?.(null));
    svg.addEventListener("keydown", (event) => this.#key(event));
    svg.addEventListener("focus", () => this.#showCross());
    svg.addEventListener("blur", () => this.crossLayer.replaceChildren());
    new ResizeObserver(() => this.on.redraw?.()).observe(svg);
  }

  // How many of the surface's own units one pixel of the screen is.
  get unit() {
    const scale = this.svg.getScreenCTM();
    return scale && scale.a ? 1 / scale.a : 1;
  }

  lookAt({ x, y, w, h }) {
    this.whole = { x, y, w, h };
    this.view = { ...this.whole };
    this.cross = [x + w / 2, y + h / 2];
    this.#apply();
  }

  zoom(factor, around = [this.view.x + this.view.w / 2, this.view.y + this.view.h / 2]) {
    const wide = Math.min(Math.max(this.view.w * factor, this.whole.w / 60), this.whole.w * 1.5);
    const ratio = wide / this.view.w;
    this.view = {
      x: around[0] - (around[0] - this.view.x) * ratio,
      y: around[1] - (around[1] - this.view.y) * ratio,
      w: wide,
      h: this.view.h * ratio,
    };
    if (wide >= this.whole.w) this.view = { ...this.whole };
    this.#apply();
  }

  #apply() {
    const { x, y, w, h } = this.view;
    this.svg.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
    this.on.redraw?.();
    if (document.activeElement === this.svg) this.#showCross();
  }

  #at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  #wheel(event) {
    event.preventDefault();
    this.zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, this.#at(event));
  }

  #down(event) {
    if (event.button !== 0) return;
    const handle = event.target.closest?.("[data-handle]")?.dataset.handle ?? null;
    this.held = { handle, at: [event.clientX, event.clientY], view: { ...this.view }, moved: false };
    this.svg.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const at = this.#at(event);
    this.on.hover?.(at);
    if (!this.held) return;
    const gone = [event.clientX - this.held.at[0], event.clientY - this.held.at[1]];
    if (!this.held.moved && Math.hypot(...gone) < CLICK_PX) return;
    this.held.moved = true;
    if (this.held.handle !== null) {
      this.on.drag?.(this.held.handle, at);
      return;
    }
    const unit = this.unit;
    this.view = { ...this.view, x: this.held.view.x - gone[0] * unit, y: this.held.view.y - gone[1] * unit };
    this.#apply();
  }

  #up(event) {
    const held = this.held;
    this.held = null;
    if (!held) return;
    if (held.moved) {
      if (held.handle !== null) this.on.drop?.(held.handle);
      return;
    }
    this.cross = this.#at(event);
    if (held.handle !== null) this.on.choose?.(held.handle);
    else this.on.pick?.(this.cross);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.svg) return;
    const step = STEPS[event.key];
    if (step) {
      const far = this.view.w * (event.shiftKey ? 0.002 : 0.02);
      this.cross = [this.cross[0] + step[0] * far, this.cross[1] + step[1] * far];
      this.#showCross();
      this.on.hover?.(this.cross);
    } else if (event.key === "Enter" || event.key === " ") this.on.pick?.(this.cross);
    else if (event.key === "+" || event.key === "=") this.zoom(1 / 1.5, this.cross);
    else if (event.key === "-") this.zoom(1.5, this.cross);
    else if (event.key === "0") this.zoom(1e6);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #showCross() {
    const [x, y] = this.cross;
    const arm = 14 * this.unit;
    this.crossLayer.replaceChildren();
    this.svg.append(this.crossLayer);
    draw(this.crossLayer, "path", { d: `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}` });
  }
}
