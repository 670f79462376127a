/* The document as nodes and edges. What did not change is the same object as before, so that it is not drawn again. */
import type { Node, NodeHandle, Position as Side } from "@xyflow/react";
import type { PipelineDocument, PipelinePort, Source, Task } from "../../../model/document.ts";
import { edges as edgesOf, type Interfaces, interfaceOf, type Edge as ModelEdge } from "../../../model/graph.ts";
import type { Size } from "../../../model/layout.ts";
import { type Family, family, isFile } from "../../../model/types.ts";
import type { Reference } from "../../../net/types.ts";
import { GUARD, inHandle, nodeId, ORDER_IN, ORDER_OUT, outHandle, PIPELINE_PORT } from "./ids.ts";
import { type Places, placesOf } from "./places.ts";
import { HEADER, rowCentre, type TaskFacts, type TaskView, taskView } from "./view.ts";

export interface PillView extends Record<string, unknown> {
  name: string;
  side: "input" | "output";
  type: string | null;
  family: Family;
  file: boolean;
  mark: "hollow" | "filled" | "missing";
  label: string;
}
export type TaskNode = Node<TaskView, "task">;
export type PillNode = Node<PillView, "pill">;
export type FlowNode = TaskNode | PillNode;

export interface EdgeView {
  id: string;
  kind: ModelEdge["kind"];
  source: string;
  target: string;
  sourceHandle: string;
  targetHandle: string;
  family: Family;
  label: string;
  model: ModelEdge;
}

export interface FlowInput {
  document: PipelineDocument;
  interfaces: Interfaces;
  references: ReadonlyMap<string, Reference>;
  problemsOf(task: string): readonly { severity: string }[];
  unfolded: ReadonlySet<string>;
}

export interface Flow {
  nodes: FlowNode[];
  edges: EdgeView[];
  byId: ReadonlyMap<string, FlowNode>;
  places: Places;
  size: Size;
  /** what each view was made of */
  made: ReadonlyMap<string, { facts: TaskFacts; used: string; view: TaskView }>;
}

/* What React Flow calls its sides; the package itself is not needed to derive nodes. */
const LEFT = "left" as Side.Left;
const RIGHT = "right" as Side.Right;

export const PILL = { width: 170, height: 42 };

export function deriveFlow(input: FlowInput, before: Flow | null): Flow {
  const { document } = input;
  const model = edgesOf(document);
  const used = usedOutputs(model);
  const typeOf = typeReader(input);
  const made = new Map<string, Flow["made"] extends ReadonlyMap<string, infer T> ? T : never>();
  for (const task of document.tasks.values()) {
    const facts = factsOf(input, task, used.get(task.id) ?? NOTHING, typeOf);
    made.set(task.id, madeView(facts, before?.made.get(task.id)));
  }
  const size: Size = (kind, id) => {
    const { width, height } = kind === "task" ? made.get(id)!.view : PILL;
    return { width, height };
  };
  const places = placesOf(
    document,
    input.interfaces,
    size,
    before && !hasGrown(before, made) ? before.places : NOWHERE,
  );
  const nodes: FlowNode[] = [];
  const add = (node: FlowNode) => {
    const old = before?.byId.get(node.id);
    nodes.push(old && sameNode(old, node) ? old : node);
  };
  const taken = new Set(model.flatMap(({ from }) => (from.kind === "input" ? [from.input] : [])));
  for (const port of document.inputs) add(pillNode(port, "input", taken.has(port.name), places));
  for (const task of document.tasks.values()) add(taskNode(made.get(task.id)!.view, places));
  for (const port of document.outputs) add(pillNode(port, "output", document.outputValues.has(port.name), places));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = edgeViews(model, byId, made, typeOf, before);
  return { nodes, edges, byId, places, size, made };
}

const NOTHING: ReadonlySet<string> = new Set();
const NOWHERE: Places = new Map();

/** Interfaces became known, and tasks with them larger: what stands in a place found for it needs another one. */
function hasGrown(before: Flow, made: Flow["made"]): boolean {
  for (const [id, { facts }] of made) if (facts.interface && before.made.get(id)?.facts.interface === null) return true;
  return false;
}

function usedOutputs(model: readonly ModelEdge[]): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const { kind, from } of model) {
    if (from.kind !== "task" || kind === "order") continue;
    const ports = used.get(from.task);
    if (ports) ports.add(from.port);
    else used.set(from.task, new Set([from.port]));
  }
  return used;
}

function typeReader({ document, interfaces }: FlowInput): (source: Source) => string | null {
  const inputs = new Map(document.inputs.map((port) => [port.name, port.type]));
  return (source) => {
    if (source.kind === "input") return inputs.get(source.input) ?? null;
    if (source.kind !== "output") return null;
    const task = document.tasks.get(source.task);
    const known = task && interfaceOf(task, interfaces);
    return known?.outputs.find((port) => port.name === source.output)?.type ?? null;
  };
}

function factsOf(input: FlowInput, task: Task, used: ReadonlySet<string>, typeOf: TaskFacts["typeOf"]): TaskFacts {
  const { key } = task.reference;
  return {
    task,
    interface: interfaceOf(task, input.interfaces),
    reference:
      key === null ? undefined : (input.references.get(key) ?? input.references.get(task.reference.name ?? "")),
    used,
    problems: input.problemsOf(task.id),
    unfolded: input.unfolded.has(task.id),
    typeOf,
  };
}

function madeView(facts: TaskFacts, before: { facts: TaskFacts; used: string; view: TaskView } | undefined) {
  const used = [...facts.used].sort().join("\n");
  const old = before?.facts;
  const same =
    old &&
    before.used === used &&
    old.task === facts.task &&
    old.interface === facts.interface &&
    old.reference === facts.reference &&
    old.problems === facts.problems &&
    old.unfolded === facts.unfolded &&
    facts.task.condition.kind === "none";
  if (same) return before;
  const view = taskView(facts);
  return { facts, used, view: before && JSON.stringify(before.view) === JSON.stringify(view) ? before.view : view };
}

function sameNode(old: FlowNode, node: FlowNode): boolean {
  const same =
    old.data === node.data || (old.type === "pill" && JSON.stringify(old.data) === JSON.stringify(node.data));
  return same && old.position.x === node.position.x && old.position.y === node.position.y;
}

/* ---- nodes */

const MARK = 10;

const handle = (id: string, type: "source" | "target", x: number, y: number): NodeHandle => ({
  id,
  type,
  position: type === "source" ? RIGHT : LEFT,
  x: x - MARK / 2,
  y: y - MARK / 2,
  width: MARK,
  height: MARK,
});

/** An end of edges that is no port: nothing can be dragged from or to it. */
const point = (id: string, type: "source" | "target", x: number, y: number): NodeHandle => ({
  id,
  type,
  position: type === "source" ? RIGHT : LEFT,
  x,
  y,
  width: 0,
  height: 0,
});

/** Where the guard stands over its task. */
export const GUARD_Y = -16;

function taskNode(view: TaskView, places: Places): TaskNode {
  const id = nodeId("task", view.id);
  const { width, height } = view;
  const foldCentre = rowCentre(Math.max(view.inputs.length, view.outputs.length));
  const shown = new Set(view.inputs.map((port) => port.name));
  const handles = [
    ...view.inputs.map((port, row) => handle(inHandle(port.name), "target", 0, rowCentre(row))),
    ...view.outputs.map((port, row) => handle(outHandle(port.name), "source", width, rowCentre(row))),
    ...(view.folded?.names ?? [])
      .filter((name) => !shown.has(name))
      .map((name) => point(inHandle(name), "target", 0, foldCentre)),
    point(ORDER_IN, "target", 0, HEADER / 2),
    point(ORDER_OUT, "source", width, HEADER / 2),
    point(GUARD, "target", 0, GUARD_Y),
  ];
  return {
    id,
    type: "task",
    position: places.get(id)!,
    data: view,
    width,
    height,
    measured: { width, height },
    handles,
  };
}

function pillNode(port: PipelinePort, side: PillView["side"], connected: boolean, places: Places): PillNode {
  const id = nodeId(side, port.name);
  const view: PillView = {
    name: port.name,
    side,
    type: port.type,
    family: family(port.type),
    file: isFile(port.type),
    mark: connected ? "filled" : side === "output" ? "missing" : "hollow",
    label: `Pipeline ${side} ${port.name}, ${port.type ?? "any type"}${connected ? "" : ", not connected"}`,
  };
  const handles =
    side === "input"
      ? [handle(PIPELINE_PORT, "source", PILL.width, PILL.height / 2)]
      : [handle(PIPELINE_PORT, "target", 0, PILL.height / 2)];
  return { id, type: "pill", position: places.get(id)!, data: view, ...PILL, measured: PILL, handles };
}

/* ---- edges */

function edgeViews(
  model: readonly ModelEdge[],
  nodes: ReadonlyMap<string, FlowNode>,
  made: Flow["made"],
  typeOf: TaskFacts["typeOf"],
  before: Flow | null,
): EdgeView[] {
  const old = new Map(before?.edges.map((edge) => [edge.id, edge]));
  return model.flatMap((edge) => {
    const view = edgeView(edge, made, typeOf);
    if (!nodes.has(view.source) || !nodes.has(view.target)) return [];
    const known = old.get(view.id);
    return known && known.family === view.family ? known : view;
  });
}

function edgeView(edge: ModelEdge, made: Flow["made"], typeOf: TaskFacts["typeOf"]): EdgeView {
  const { kind, from, to, id } = edge;
  let source = "";
  let sourceHandle = ORDER_OUT;
  let type: string | null = null;
  if (from.kind === "task") {
    source = nodeId("task", from.task);
    if (kind !== "order") {
      sourceHandle = outHandle(from.port);
      const port = made.get(from.task)?.view.outputs.find(({ name }) => name === from.port);
      type = port?.type ?? null;
    }
  } else if (from.kind === "input") {
    source = nodeId("input", from.input);
    sourceHandle = PIPELINE_PORT;
    type = typeOf({ kind: "input", input: from.input });
  }
  const target = to.kind === "task" ? nodeId("task", to.task) : nodeId("output", to.kind === "output" ? to.output : "");
  const targetHandle =
    to.kind !== "task" ? PIPELINE_PORT : kind === "data" ? inHandle(to.port) : kind === "condition" ? GUARD : ORDER_IN;
  const label = edgeLabel(edge);
  return { id, kind, source, target, sourceHandle, targetHandle, family: family(type), label, model: edge };
}

function edgeLabel({ kind, from, to }: ModelEdge): string {
  const start = from.kind === "task" ? [from.task, from.port] : [from.kind === "input" ? from.input : from.output];
  const end = to.kind === "task" ? [to.task, to.port] : [to.kind === "output" ? to.output : to.input];
  const names = [start, end].map((parts) => parts.filter(Boolean).join(" › "));
  if (kind === "order") return `${names[1]} runs after ${names[0]}`;
  return kind === "condition" ? `${names[0]} decides whether ${names[1]} runs` : `${names[0]} to ${names[1]}`;
}

/* ---- extents */

export function boxOf(nodes: Iterable<FlowNode>): { x: number; y: number; width: number; height: number } | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { position, width = 0, height = 0 } of nodes) {
    left = Math.min(left, position.x);
    top = Math.min(top, position.y);
    right = Math.max(right, position.x + width);
    bottom = Math.max(bottom, position.y + height);
  }
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top };
}
