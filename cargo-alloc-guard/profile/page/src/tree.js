// Stacks merged into the tree that a flame graph draws: of one profile, inverted or not, or of two.

/**
 * Columns of a laid-out tree. Node 0 is the root; a parent comes before its children.
 *
 * @typedef {object} Tree
 * @property {number[]} parent
 * @property {number[]} key - what its siblings are told apart by; of the root -1
 * @property {number[]} frame - an example of its frames; -1 for the root
 * @property {Float64Array} value - decides the width
 * @property {Float64Array[]} sides - what is said of it: of each of two profiles; of one the metric and its partner
 * @property {Int32Array} depth
 * @property {Float64Array} left - from 0 to 1
 * @property {number[][]} children - largest first
 * @property {number} deepest
 */

/**
 * @typedef {object} TreeOptions
 * @property {Metric} metric
 * @property {boolean} inverted
 * @property {boolean} fold
 * @property {"source" | "function"} labels
 */

/** Adds stacks to a tree that grows. */
class Grower {
  constructor() {
    /** @type {number[]} */
    this.parent = [-1];
    /** @type {number[]} */
    this.key = [-1];
    /** @type {number[]} */
    this.frame = [-1];
    /** @type {Map<number, number>} */
    this.known = new Map();
  }

  /** The child of a node with this key. @param {number} node @param {number} key @param {number} frame */
  child(node, key, frame) {
    const id = node * 2 ** 22 + key;
    let child = this.known.get(id);
    if (child === undefined) {
      child = this.parent.push(node) - 1;
      this.key.push(key);
      this.frame.push(frame);
      this.known.set(id, child);
    }
    return child;
  }

  /**
   * For each stack, the node that its own share goes to.
   *
   * @param {Profile} profile
   * @param {Float64Array} own
   * @param {TreeOptions} options
   * @param {(frame: number) => number} keyOf
   */
  place(profile, own, options, keyOf) {
    return options.inverted
      ? this.placeInverted(profile, own, options, keyOf)
      : this.placeDown(profile, own, options, keyOf);
  }

  /**
   * @param {Profile} profile
   * @param {Float64Array} own
   * @param {TreeOptions} options
   * @param {(frame: number) => number} keyOf
   */
  placeDown(profile, own, options, keyOf) {
    const used = new Uint8Array(profile.stacks);
    for (let stack = profile.stacks - 1; stack > 0; stack--) {
      if (own[stack] || used[stack]) {
        used[stack] = 1;
        used[at(profile.parent, stack)] = 1;
      }
    }
    const nodes = new Int32Array(profile.stacks);
    for (let stack = 1; stack < profile.stacks; stack++) {
      if (!used[stack]) continue;
      const frame = at(profile.frame, stack);
      const caller = at(nodes, at(profile.parent, stack));
      nodes[stack] = options.fold && isRuntime(profile, frame) ? caller : this.child(caller, keyOf(frame), frame);
    }
    return nodes;
  }

  /**
   * @param {Profile} profile
   * @param {Float64Array} own
   * @param {TreeOptions} options
   * @param {(frame: number) => number} keyOf
   */
  placeInverted(profile, own, options, keyOf) {
    const nodes = new Int32Array(profile.stacks);
    for (let stack = 1; stack < profile.stacks; stack++) {
      if (!own[stack]) continue;
      let node = 0;
      for (let caller = stack; caller > 0; caller = at(profile.parent, caller)) {
        const frame = at(profile.frame, caller);
        if (!options.fold || !isRuntime(profile, frame)) node = this.child(node, keyOf(frame), frame);
      }
      nodes[stack] = node;
    }
    return nodes;
  }
}

/** @param {Profile} profile @param {number} frame */
function isRuntime(profile, frame) {
  const kind = profile.class(frame);
  return kind > DEPENDENCY && kind < UNKNOWN;
}

/** One metric of each stack. @param {View} view @param {Metric} metric */
function ownValues(view, metric) {
  const index = metricIndex(metric);
  return Float64Array.from({ length: view.profile.stacks }, (_, stack) => at(view.byStack, stack * WIDTH + index));
}

/** @param {View} view @param {TreeOptions} options @returns {Tree} */
function growTree(view, options) {
  const { profile } = view;
  const own = ownValues(view, options.metric);
  const grower = new Grower();
  const functions = profile.data.frames.function;
  /** @param {number} frame */
  const keyOf = (frame) => (options.labels === "function" ? at(functions, frame) : at(profile.place, frame));
  const nodes = grower.place(profile, own, options, keyOf);
  const side = sumInto(grower, own, nodes);
  return layOut(grower, side, [side, sumInto(grower, ownValues(view, partnerOf(options.metric)), nodes)]);
}

/**
 * The tree of two profiles, of functions. The width is what the larger of the two has, so
 * that what is gone can still be seen.
 *
 * @param {View} base
 * @param {View} changed
 * @param {TreeOptions} options
 * @returns {Tree & { ofBase: number }} frames of nodes below `ofBase` are those of the base
 */
function growDiff(base, changed, options) {
  const grower = new Grower();
  /** @type {Map<string, number>} */
  const names = new Map();
  const placed = [base, changed].map((view) => {
    const own = ownValues(view, options.metric);
    const keys = Int32Array.from(view.profile.data.frames.same, (text) => {
      const name = view.profile.text(text);
      const key = names.get(name) ?? names.size;
      names.set(name, key);
      return key;
    });
    const nodes = grower.place(view.profile, own, options, (frame) => at(keys, frame));
    return { own, nodes, count: grower.parent.length };
  });
  const alone = placed.map(({ own, nodes }) => {
    const sums = new Float64Array(grower.parent.length);
    own.forEach((value, stack) => add(sums, at(nodes, stack), value));
    return sums;
  });
  const [one, two] = /** @type {[Float64Array, Float64Array]} */ (alone);
  const width = one.map((value, node) => Math.max(value, at(two, node)));
  [...alone, width].forEach((sums) => sumUp(grower, sums));
  return { ...layOut(grower, width, alone), ofBase: placed[0]?.count ?? 0 };
}

/** @param {Grower} grower @param {Float64Array} own @param {Int32Array} nodes */
function sumInto(grower, own, nodes) {
  const sums = new Float64Array(grower.parent.length);
  own.forEach((value, stack) => add(sums, at(nodes, stack), value));
  return sumUp(grower, sums);
}

/** Adds each node to its parent. @param {Grower} grower @param {Float64Array} sums */
function sumUp(grower, sums) {
  for (let node = sums.length - 1; node > 0; node--) add(sums, grower.parent[node] ?? 0, at(sums, node));
  return sums;
}

/** @param {Grower} grower @param {Float64Array} value @param {Float64Array[]} sides @returns {Tree} */
function layOut(grower, value, sides) {
  const { parent, key, frame } = grower;
  const count = parent.length;
  /** @type {number[][]} */
  const children = Array.from({ length: count }, () => []);
  const depth = new Int32Array(count);
  let deepest = 0;
  for (let node = 1; node < count; node++) {
    if (!value[node]) continue;
    const above = at(parent, node);
    children[above]?.push(node);
    depth[node] = at(depth, above) + 1;
    deepest = Math.max(deepest, at(depth, node));
  }
  const left = new Float64Array(count);
  const whole = at(value, 0) || 1;
  for (let node = 0; node < count; node++) {
    let start = at(left, node);
    children[node]?.sort((a, b) => at(value, b) - at(value, a) || a - b);
    for (const child of children[node] ?? []) {
      left[child] = start;
      start += at(value, child) / whole;
    }
  }
  return { parent, key, frame, value, sides, depth, left, children, deepest };
}

/** Where a node is, as text for the address. @param {Tree} tree @param {number} node */
function pathOf(tree, node) {
  const keys = [];
  for (; node > 0; node = at(tree.parent, node)) keys.unshift(at(tree.key, node).toString(36));
  return keys.join(".");
}

/** The node of such a text; the last one that is there. @param {Tree} tree @param {string} path */
function nodeAt(tree, path) {
  let node = 0;
  for (const part of path ? path.split(".") : []) {
    const next = tree.children[node]?.find((child) => at(tree.key, child).toString(36) === part);
    if (next === undefined) break;
    node = next;
  }
  return node;
}
