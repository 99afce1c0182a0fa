// The tree of a flame graph as text: what a screen reader reads, and what can be walked with keys.

const SHOWN_CHILDREN = 40;

class Outline {
  /** @param {string} name @param {{ label: (node: number) => string, amount: (node: number) => string }} owner */
  constructor(name, owner) {
    this.owner = owner;
    this.element = el("ul", {
      class: "outline",
      role: "tree",
      "aria-label": name,
      keydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      click: (/** @type {MouseEvent} */ event) => {
        const item = event.target instanceof Element ? event.target.closest("li") : null;
        if (item instanceof HTMLElement) this.flip(item);
      },
    });
    /** @type {Tree | null} */
    this.tree = null;
    /** @type {WeakMap<HTMLElement, number>} */
    this.nodes = new WeakMap();
  }

  /** @param {Tree} tree @param {number} top */
  show(tree, top) {
    this.tree = tree;
    const item = this.item(top);
    item.tabIndex = 0;
    this.element.replaceChildren(item);
    this.open(item);
  }

  /** @param {number} node */
  item(node) {
    const leaf = (this.tree?.children[node] ?? []).length === 0;
    const item = el(
      "li",
      { role: "treeitem", tabindex: -1, "aria-expanded": leaf ? null : "false" },
      el(
        "span",
        { class: "line" },
        el("code", {}, this.owner.label(node)),
        el("span", { class: "amount" }, this.owner.amount(node)),
      ),
    );
    this.nodes.set(item, node);
    return item;
  }

  /** Opens an item, and what is below it as long as there is only one way on. @param {HTMLElement} item */
  open(item) {
    for (let next = item; next.getAttribute("aria-expanded") === "false";) {
      const children = this.tree?.children[this.nodes.get(next) ?? 0] ?? [];
      const items = children.slice(0, SHOWN_CHILDREN).map((child) => this.item(child));
      const list = el("ul", { role: "group" }, ...items);
      if (children.length > SHOWN_CHILDREN) {
        list.append(
          el(
            "li",
            { role: "none", class: "more" },
            `and ${thingsText(children.length - SHOWN_CHILDREN, "smaller one")}`,
          ),
        );
      }
      next.append(list);
      next.setAttribute("aria-expanded", "true");
      if (items.length !== 1 || !items[0]) break;
      next = items[0];
    }
  }

  /** @param {HTMLElement} item */
  close(item) {
    item.querySelector("ul")?.remove();
    item.setAttribute("aria-expanded", "false");
  }

  /** @param {HTMLElement} item */
  flip(item) {
    const open = item.getAttribute("aria-expanded");
    if (open === "false") this.open(item);
    else if (open === "true") this.close(item);
    this.focus(item);
  }

  /** @param {HTMLElement} item */
  focus(item) {
    for (const other of this.element.querySelectorAll("[tabindex='0']")) other.setAttribute("tabindex", "-1");
    item.tabIndex = 0;
    item.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const item = document.activeElement;
    if (!(item instanceof HTMLElement) || !this.nodes.has(item)) return;
    const all = /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll("[role=treeitem]")]);
    const open = item.getAttribute("aria-expanded");
    const above = item.parentElement?.closest("li");
    const place = all.indexOf(item);
    if (event.key === "ArrowDown") this.focus(all[place + 1] ?? item);
    else if (event.key === "ArrowUp") this.focus(all[place - 1] ?? item);
    else if (event.key === "Home") this.focus(all[0] ?? item);
    else if (event.key === "End") this.focus(all.at(-1) ?? item);
    else if (event.key === "ArrowRight" && open === "false") this.open(item);
    else if (event.key === "ArrowRight" && open === "true") this.focus(all[place + 1] ?? item);
    else if (event.key === "ArrowLeft" && open === "true") this.close(item);
    else if (event.key === "ArrowLeft" && above) this.focus(above);
    else if (event.key === "Enter" || event.key === " ") this.flip(item);
    else return;
    event.preventDefault();
  }
}
