/*
 * Layered layout, left to right, after Sugiyama: layers by longest path, edges over several layers through waypoints
 * that the edges of one source share, fewer crossings by barycentres, heights by relaxation. Deterministic.
 */
import type { PipelineDocument, Position } from "./document.ts";
import { type Edge, type End, edges as edgesOf, type Interfaces, interfaceOf } from "./graph.ts";

export interface LayoutNode {
  id: string;
  width: number;
  height: number;
  /** stands in the first layer, however far what it leads to is */
  first?: boolean;
}
export interface LayoutEdge {
  from: string;
  to: string;
}
export interface LayoutOptions {
  /** between layers */
  gapX?: number;
  /** between nodes of a layer; more than `grid`, so that snapping makes none overlap */
  gapY?: number;
  grid?: number;
}

const DEFAULTS = { gapX: 90, gapY: 36, grid: 18 };
const SWEEPS = 8;
const RELAXATIONS = 8;
/** Longer edges have no waypoints: they would be more than all the rest. */
const MAX_SPAN = 40;

type Lists = number[][];

/* One connected part: its nodes, and waypoints behind them. */
interface Part {
  nodes: readonly LayoutNode[];
  layers: Lists;
  layerOf: number[];
  up: Lists;
  down: Lists;
}

export function layout(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  options: LayoutOptions = {},
): Map<string, Position> {
  const { gapX, gapY, grid } = { ...DEFAULTS, ...options };
  const snap = (value: number) => Math.round(value / grid) * grid;
  const positions = new Map<string, Position>();
  const out = withoutBackEdges(adjacency(nodes, edges));
  let top = 0;
  for (const members of connectedParts(out)) {
    const part = layered(
      members.map((i) => nodes[i]!),
      inPart(out, members),
    );
    orderLayers(part);
    const centres = heights(part, gapY);
    const xs = columns(part, gapX, grid);
    const lowest = Math.min(...part.nodes.map((node, i) => centres[i]! - node.height / 2));
    let bottom = top;
    part.nodes.forEach((node, i) => {
      const y = snap(top + centres[i]! - node.height / 2 - lowest);
      positions.set(node.id, { x: xs[part.layerOf[i]!]!, y });
      bottom = Math.max(bottom, y + node.height);
    });
    top = Math.ceil((bottom + gapY) / grid) * grid;
  }
  return positions;
}

/* ---- the graph */

function lists(count: number): Lists {
  return Array.from({ length: count }, () => []);
}

/** Successors by number; edges once, without loops and without ends that are no nodes. */
function adjacency(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Lists {
  const numbers = new Map(nodes.map((node, i) => [node.id, i]));
  const sets = nodes.map(() => new Set<number>());
  for (const { from, to } of edges) {
    const [a, b] = [numbers.get(from), numbers.get(to)];
    if (a !== undefined && b !== undefined && a !== b) sets[a]!.add(b);
  }
  return sets.map((set) => [...set]);
}

/** Leaves out the edges that close a circle, going through the nodes in their order. */
function withoutBackEdges(out: Lists): Lists {
  const state = new Uint8Array(out.length); // 0 not seen, 1 on the path, 2 done
  const kept = lists(out.length);
  for (let first = 0; first < out.length; first++) {
    if (state[first]) continue;
    const path: { node: number; next: number }[] = [{ node: first, next: 0 }];
    state[first] = 1;
    while (path.length) {
      const at = path[path.length - 1]!;
      const to = out[at.node]![at.next++];
      if (to === undefined) {
        state[at.node] = 2;
        path.pop();
        continue;
      }
      if (state[to] !== 1) kept[at.node]!.push(to);
      if (state[to] === 0) {
        state[to] = 1;
        path.push({ node: to, next: 0 });
      }
    }
  }
  return kept;
}

function reversed(out: Lists): Lists {
  const into = lists(out.length);
  out.forEach((targets, from) => {
    for (const to of targets) into[to]!.push(from);
  });
  return into;
}

/** Numbers of the nodes of each part, parts by their first node. */
function connectedParts(out: Lists): Lists {
  const into = reversed(out);
  const seen = new Uint8Array(out.length);
  const parts: Lists = [];
  for (let first = 0; first < out.length; first++) {
    if (seen[first]) continue;
    seen[first] = 1;
    const members = [first];
    for (const at of members) {
      for (const next of [...out[at]!, ...into[at]!]) {
        if (seen[next]) continue;
        seen[next] = 1;
        members.push(next);
      }
    }
    parts.push(members.sort((a, b) => a - b));
  }
  return parts;
}

function inPart(out: Lists, members: number[]): Lists {
  const numbers = new Map(members.map((node, i) => [node, i]));
  return members.map((node) => out[node]!.map((to) => numbers.get(to)!));
}

/* ---- layers */

function longestPaths(out: Lists): { layerOf: number[]; order: number[] } {
  const waiting = new Int32Array(out.length);
  for (const targets of out) for (const to of targets) waiting[to]!++;
  const order = out.map((_, i) => i).filter((i) => waiting[i] === 0);
  const layerOf = out.map(() => 0);
  for (const at of order) {
    for (const to of out[at]!) {
      layerOf[to] = Math.max(layerOf[to]!, layerOf[at]! + 1);
      if (--waiting[to]! === 0) order.push(to);
    }
  }
  return { layerOf, order };
}

/** What nothing leads to stands right before what it leads to. */
function pullSources(nodes: readonly LayoutNode[], out: Lists, layerOf: number[]): void {
  const into = reversed(out);
  out.forEach((targets, i) => {
    if (into[i]!.length || !targets.length || nodes[i]!.first) return;
    layerOf[i] = Math.min(...targets.map((to) => layerOf[to]!)) - 1;
  });
}

function layered(nodes: readonly LayoutNode[], out: Lists): Part {
  const { layerOf, order } = longestPaths(out);
  pullSources(nodes, out, layerOf);
  const part: Part = {
    nodes,
    layers: lists(Math.max(0, ...layerOf) + 1),
    layerOf,
    up: lists(nodes.length),
    down: lists(nodes.length),
  };
  for (const i of order) part.layers[layerOf[i]!]!.push(i);
  out.forEach((targets, from) => {
    const chain = [from]; // the source's waypoints, one for each layer
    for (const to of targets) {
      const span = layerOf[to]! - layerOf[from]!;
      if (span > MAX_SPAN) continue;
      while (chain.length < span) chain.push(addWaypoint(part, chain[chain.length - 1]!));
      link(part, chain[span - 1]!, to);
    }
  });
  return part;
}

function addWaypoint(part: Part, before: number): number {
  const waypoint = part.layerOf.length;
  const layer = part.layerOf[before]! + 1;
  part.layerOf.push(layer);
  part.layers[layer]!.push(waypoint);
  part.up.push([]);
  part.down.push([]);
  link(part, before, waypoint);
  return waypoint;
}

function link(part: Part, from: number, to: number): void {
  part.down[from]!.push(to);
  part.up[to]!.push(from);
}

/* ---- order within layers */

function orderLayers(part: Part): void {
  const place = new Float64Array(part.layerOf.length);
  const number = (layer: number[]) =>
    layer.forEach((node, i) => {
      place[node] = i;
    });
  part.layers.forEach(number);
  let best = part.layers.map((layer) => [...layer]);
  let fewest = crossings(part, place);
  const keys = new Float64Array(part.layerOf.length);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const forward = sweep % 2 === 0;
    const layers = forward ? part.layers : [...part.layers].reverse();
    for (const layer of layers) {
      for (const node of layer) keys[node] = barycentre(node, forward ? part.up : part.down, place);
      layer.sort((a, b) => keys[a]! - keys[b]!);
      number(layer);
    }
    const count = crossings(part, place);
    if (count >= fewest) continue;
    fewest = count;
    best = part.layers.map((layer) => [...layer]);
  }
  part.layers = best;
}

function barycentre(node: number, neighbours: Lists, place: Float64Array): number {
  const list = neighbours[node]!;
  if (!list.length) return place[node]!;
  let sum = 0;
  for (const other of list) sum += place[other]!;
  return sum / list.length;
}

/** Inversions among the ends of the edges between each two layers, by a binary indexed tree. */
function crossings(part: Part, place: Float64Array): number {
  let count = 0;
  for (let l = 0; l + 1 < part.layers.length; l++) {
    const size = part.layers[l + 1]!.length;
    const tree = new Int32Array(size + 1);
    let seen = 0;
    for (const node of part.layers[l]!) {
      const ends = part.down[node]!.map((to) => place[to]!).sort((a, b) => a - b);
      for (const end of ends) {
        let before = 0;
        for (let k = end + 1; k > 0; k -= k & -k) before += tree[k]!;
        count += seen - before;
      }
      for (const end of ends) for (let k = end + 1; k <= size; k += k & -k) tree[k]!++;
      seen += ends.length;
    }
  }
  return count;
}

/* ---- coordinates */

/** The vertical centre of each node and waypoint. */
function heights(part: Part, gap: number): Float64Array {
  const { layers, nodes } = part;
  const centre = new Float64Array(part.layerOf.length);
  const half = (node: number) => (nodes[node]?.height ?? 0) / 2;
  const apart = (a: number, b: number) => half(a) + half(b) + (a < nodes.length || b < nodes.length ? gap : gap / 2);
  for (const layer of layers) {
    layer.forEach((node, i) => {
      centre[node] = i ? centre[layer[i - 1]!]! + apart(layer[i - 1]!, node) : half(node);
    });
  }
  for (let round = 0; round < RELAXATIONS; round++) {
    for (const layer of round % 2 ? [...layers].reverse() : layers) relax(part, layer, centre, apart);
  }
  return centre;
}

/** Each node to the middle of its neighbours, as far as the others of its layer leave room; errors even out. */
function relax(part: Part, layer: number[], centre: Float64Array, apart: (a: number, b: number) => number): void {
  const wanted = layer.map((node) => {
    const count = part.up[node]!.length + part.down[node]!.length;
    let sum = 0;
    for (const other of part.up[node]!) sum += centre[other]!;
    for (const other of part.down[node]!) sum += centre[other]!;
    return count ? sum / count : centre[node]!;
  });
  let shift = 0;
  layer.forEach((node, i) => {
    const previous = layer[i - 1];
    const least = previous === undefined ? Number.NEGATIVE_INFINITY : centre[previous]! + apart(previous, node);
    centre[node] = Math.max(wanted[i]!, least);
    shift += wanted[i]! - centre[node]!;
  });
  for (const node of layer) centre[node]! += shift / layer.length;
}

/** The left side of each layer. */
function columns(part: Part, gap: number, grid: number): number[] {
  let x = 0;
  return part.layers.map((layer) => {
    const left = x;
    const width = Math.max(0, ...layer.map((node) => part.nodes[node]?.width ?? 0));
    x += Math.ceil((width + gap) / grid) * grid;
    return left;
  });
}

/* ---- documents */

export interface DocumentLayout {
  tasks: Map<string, Position>;
  inputs: Map<string, Position>;
  outputs: Map<string, Position>;
}
export type Size = (kind: "task" | "input" | "output", id: string) => { width: number; height: number };

const HEADER = 42;
const ROW = 22;
const WIDTH = 234;

/** As a node is drawn that shows what is required or set. */
function usualSize(doc: PipelineDocument, interfaces: Interfaces): Size {
  return (kind, id) => {
    const task = kind === "task" ? doc.tasks.get(id) : undefined;
    if (!task) return { width: 170, height: HEADER };
    const known = interfaceOf(task, interfaces);
    const inputs = known?.inputs.filter(
      (p) => task.arguments.has(p.name) || (!p.optional && p.default === null),
    ).length;
    const rows = Math.max(inputs ?? task.arguments.size, known?.outputs.length ?? 1);
    return { width: WIDTH, height: HEADER + ROW * rows };
  };
}

/** Exit handlers stand in a lane below everything else. `size` measures a node as it is drawn. */
export function layoutDocument(
  doc: PipelineDocument,
  interfaces: Interfaces,
  size: Size = usualSize(doc, interfaces),
): DocumentLayout {
  const tasks = [...doc.tasks.values()];
  const handlers = new Set(tasks.filter((task) => task.exitHandler).map((task) => task.id));
  const nodes: LayoutNode[] = [
    ...doc.inputs.map(({ name }) => ({ id: `input/${name}`, ...size("input", name), first: true })),
    ...tasks.filter(({ id }) => !handlers.has(id)).map(({ id }) => ({ id: `task/${id}`, ...size("task", id) })),
    ...doc.outputs.map(({ name }) => ({ id: `output/${name}`, ...size("output", name) })),
  ];
  const links = edgesOf(doc).map(({ from, to }: Edge) => ({ from: nodeId(from), to: nodeId(to) }));
  const positions = layout(nodes, links);
  const bottom = Math.max(0, ...nodes.map((node) => positions.get(node.id)!.y + node.height));
  const lane = placeLane([...handlers], bottom, size);
  const placed = (kind: string, ids: string[]) =>
    new Map(ids.map((id) => [id, positions.get(`${kind}/${id}`) ?? lane.get(id)!]));
  return {
    tasks: placed(
      "task",
      tasks.map(({ id }) => id),
    ),
    inputs: placed(
      "input",
      doc.inputs.map(({ name }) => name),
    ),
    outputs: placed(
      "output",
      doc.outputs.map(({ name }) => name),
    ),
  };
}

function nodeId(end: End): string {
  if (end.kind === "task") return `task/${end.task}`;
  return end.kind === "input" ? `input/${end.input}` : `output/${end.output}`;
}

function placeLane(ids: string[], bottom: number, size: Size): Map<string, Position> {
  const { gapX, grid } = DEFAULTS;
  const y = bottom ? Math.ceil((bottom + 4 * grid) / grid) * grid : 0;
  let x = 0;
  return new Map(
    ids.map((id) => {
      const position = { x, y };
      x += Math.ceil((size("task", id).width + gapX) / grid) * grid;
      return [id, position];
    }),
  );
}
