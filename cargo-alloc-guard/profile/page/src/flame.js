// Draws a tree on a canvas, and answers pointer and keys. What a node is called and coloured is told by its owner.

/**
 * @typedef {object} FlameOwner
 * @property {(node: number) => string} label
 * @property {(node: number) => string} colour - name of a colour of the theme
 * @property {(node: number) => Child[]} tooltip
 * @property {(node: number) => string} spoken
 * @property {(node: number) => void} zoom
 */

const ROW = 20;
const PAD = 5;
/** What is narrower, in pixels, is not drawn. */
const LEAST = 0.4;

class FlameGraph {
  /** @param {string} name @param {FlameOwner} owner */
  constructor(name, owner) {
    this.owner = owner;
    /** @type {Tree | null} */
    this.tree = null;
    this.zoomed = 0;
    this.selected = 0;
    this.hovered = -1;
    this.upwards = false;
    this.rows = 1;
    /** @type {Uint8Array | null} */
    this.found = null;
    this.canvas = el("canvas", {
      tabindex: 0,
      role: "application",
      "aria-roledescription": "flame graph",
      "aria-label": `${name}. Arrow keys move between frames, Enter zooms, Escape zooms out. The outline shows the same as text.`,
      mousemove: (/** @type {MouseEvent} */ event) => this.hover(event),
      mouseleave: () => this.setHovered(-1),
      click: (/** @type {MouseEvent} */ event) => this.click(event),
      keydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      focus: () => this.draw(),
      blur: () => this.draw(),
    });
    this.spacer = el("div", { class: "spacer" });
    this.element = el("div", { class: "flame", scroll: () => this.draw() }, this.canvas, this.spacer);
    this.tip = byId("tooltip");
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /**
   * @param {Tree} tree
   * @param {{ zoom: number, upwards: boolean, found: Uint8Array | null }} look
   */
  show(tree, { zoom, upwards, found }) {
    const moved = tree !== this.tree || zoom !== this.zoomed || upwards !== this.upwards;
    if (moved) this.selected = zoom;
    Object.assign(this, { tree, zoomed: zoom, upwards, found });
    this.setHovered(-1);
    this.rows = this.rowsInSight();
    this.spacer.style.height = `${this.rows * ROW}px`;
    this.element.style.height = `${this.rows * ROW + 2}px`;
    if (moved) this.element.scrollTop = upwards ? this.element.scrollHeight : 0;
    this.draw();
  }

  /** How deep it goes where it is wide enough to be drawn. */
  rowsInSight() {
    const tree = /** @type {Tree} */ (this.tree);
    let deepest = 0;
    this.walk(this.zoomed, (node) => {
      deepest = Math.max(deepest, at(tree.depth, node));
      return true;
    });
    return deepest + 1;
  }

  /**
   * Goes through what is wide enough to be drawn, as long as the visitor wants what is below.
   *
   * @param {number} top
   * @param {(node: number) => boolean} visit
   */
  walk(top, visit) {
    const width = this.element.clientWidth || 1000;
    const open = [top];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (!visit(node)) continue;
      for (const child of this.tree?.children[node] ?? []) {
        // Children are in order of size: the rest is smaller still.
        if (this.extent(child).width * width < LEAST) break;
        open.push(child);
      }
    }
  }

  /** Left edge and width of a node, in parts of the whole, as zoomed. @param {number} node */
  extent(node) {
    const tree = /** @type {Tree} */ (this.tree);
    const scale = at(tree.value, 0) / (at(tree.value, this.zoomed) || 1);
    const left = (at(tree.left, node) - at(tree.left, this.zoomed)) * scale;
    const width = at(tree.value, node) / (at(tree.value, this.zoomed) || 1);
    return { left: Math.max(0, left), width: Math.min(1, left + width) - Math.max(0, left) };
  }

  /** Top edge of a row on the canvas. @param {number} depth */
  top(depth) {
    const height = Math.max(this.rows * ROW, this.element.clientHeight);
    return (this.upwards ? height - (depth + 1) * ROW : depth * ROW) - this.element.scrollTop;
  }

  draw() {
    const { tree, canvas, element } = this;
    const width = element.clientWidth;
    const height = element.clientHeight;
    if (!tree || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = `12px ${getComputedStyle(element).getPropertyValue("--mono")}`;
    pen.textBaseline = "middle";
    const brush = { pen, width, height, colours: new Map(), letter: pen.measureText("x").width };
    /** @type {number[]} */
    const path = [];
    for (let node = this.zoomed; node > 0; node = at(tree.parent, node)) path.unshift(at(tree.parent, node));
    for (const above of path) this.drawNode(brush, above, true);
    this.walk(this.zoomed, (node) => this.drawNode(brush, node, false));
    if (document.activeElement === canvas) this.outline(brush, this.selected, "focus", 2);
    if (this.hovered >= 0) this.outline(brush, this.hovered, "ink", 1);
  }

  /**
   * @param {{ pen: CanvasRenderingContext2D, width: number, height: number, colours: Map<string, string>, letter: number }} brush
   * @param {number} node
   * @param {boolean} above - it leads to what is zoomed
   */
  drawNode({ pen, width, height, colours, letter }, node, above) {
    const top = this.top(at(/** @type {Tree} */ (this.tree).depth, node));
    const extent = this.extent(node);
    const left = extent.left * width;
    const wide = extent.width * width;
    // What is out of sight may have children in sight, but never the other way round horizontally.
    if (wide < LEAST) return false;
    if (top < -ROW || top > height) return true;
    /** @param {string} name */
    const colour = (name) => {
      const value = colours.get(name) ?? themeColour(name);
      colours.set(name, value);
      return value;
    };
    const dim = above || (this.found && !this.found[node]);
    pen.fillStyle = colour(this.found?.[node] ? "found" : node === 0 ? "flame-root" : this.owner.colour(node));
    pen.globalAlpha = dim ? 0.45 : 1;
    pen.fillRect(left, top, Math.max(wide - 1, 0.5), ROW - 1);
    if (wide > 30) {
      pen.globalAlpha = dim ? 0.75 : 1;
      pen.fillStyle = colour(this.found?.[node] ? "found-ink" : "flame-ink");
      const room = Math.floor((wide - 2 * PAD) / letter);
      const label = this.owner.label(node);
      if (room > 1) {
        pen.fillText(label.length > room ? `${label.slice(0, room - 1)}…` : label, left + PAD, top + ROW / 2);
      }
    }
    pen.globalAlpha = 1;
    return true;
  }

  /**
   * @param {{ pen: CanvasRenderingContext2D, width: number }} brush
   * @param {number} node
   * @param {string} colour
   * @param {number} thick
   */
  outline({ pen, width }, node, colour, thick) {
    const { left, width: wide } = this.extent(node);
    const top = this.top(at(/** @type {Tree} */ (this.tree).depth, node));
    pen.strokeStyle = themeColour(colour);
    pen.lineWidth = thick;
    pen.strokeRect(left * width + 0.5, top + 0.5, Math.max(wide * width - 2, 2), ROW - 2);
  }

  /** The node under the pointer, or -1. @param {MouseEvent} event */
  under(event) {
    const { tree } = this;
    if (!tree) return -1;
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = event.clientY - box.top;
    /** @param {number} node */
    const isRow = (node) => y >= this.top(at(tree.depth, node)) && y < this.top(at(tree.depth, node)) + ROW;
    for (let node = this.zoomed; node > 0; node = at(tree.parent, node)) {
      if (isRow(at(tree.parent, node))) return at(tree.parent, node);
    }
    let node = this.zoomed;
    while (!isRow(node)) {
      const next = (tree.children[node] ?? []).find((child) => {
        const { left, width } = this.extent(child);
        return x >= left && x < left + width;
      });
      if (next === undefined) return -1;
      node = next;
    }
    return node;
  }

  /** @param {MouseEvent} event */
  hover(event) {
    this.setHovered(this.under(event), event.clientX, event.clientY);
  }

  /** @param {number} node @param {number} [x] @param {number} [y] */
  setHovered(node, x = 0, y = 0) {
    const changed = node !== this.hovered;
    this.hovered = node;
    this.tip.hidden = node < 0;
    this.canvas.style.cursor = node < 0 ? "default" : "pointer";
    if (node >= 0) {
      if (changed)
        this.tip.replaceChildren(...this.owner.tooltip(node).filter((child) => child !== null && child !== undefined));
      const { offsetWidth, offsetHeight } = this.tip;
      this.tip.style.left = `${Math.max(4, Math.min(x + 14, window.innerWidth - offsetWidth - 8))}px`;
      this.tip.style.top = `${y + 18 + offsetHeight > window.innerHeight ? y - offsetHeight - 10 : y + 18}px`;
    }
    if (changed) this.draw();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const node = this.under(event);
    if (node >= 0) this.owner.zoom(node);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { tree, selected } = this;
    if (!tree) return;
    if (event.key === "Enter" || event.key === " ") this.owner.zoom(selected);
    else if (event.key === "Escape") this.owner.zoom(this.zoomed > 0 ? at(tree.parent, this.zoomed) : 0);
    else {
      const next = this.neighbour(tree, selected, event.key);
      if (next === null) return;
      this.selected = next;
      this.reveal(next);
      announce(this.owner.spoken(next));
      this.draw();
    }
    event.preventDefault();
  }

  /** @param {Tree} tree @param {number} node @param {string} key */
  neighbour(tree, node, key) {
    const [deeper, back] = this.upwards ? ["ArrowUp", "ArrowDown"] : ["ArrowDown", "ArrowUp"];
    if (key === deeper) return tree.children[node]?.[0] ?? node;
    if (key === back) return Math.max(0, at(tree.parent, node));
    if (key === "Home") return this.zoomed;
    if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
    const row = tree.children[at(tree.parent, node)] ?? [];
    return row[row.indexOf(node) + (key === "ArrowLeft" ? -1 : 1)] ?? node;
  }

  /** Scrolls so that a node can be seen. @param {number} node */
  reveal(node) {
    const top = this.top(at(/** @type {Tree} */ (this.tree).depth, node));
    const room = this.element.clientHeight - ROW;
    if (top < 0) this.element.scrollTop += top;
    else if (top > room) this.element.scrollTop += top - room;
  }
}
