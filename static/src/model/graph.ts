/* What is connected with what, and what may be. */
import type { Condition, Interface, PipelineDocument, Port, Source, Task } from "./document.ts";
import { mentions, nodeAt, taskPath } from "./refer.ts";
import { fits, whyNot } from "./types.ts";

/** By reference key. */
export type Interfaces = ReadonlyMap<string, Interface>;

/** null: not known (yet) */
export function interfaceOf(task: Task, interfaces: Interfaces): Interface | null {
  const { key, name, inline } = task.reference;
  if (key === null) return inline;
  return interfaces.get(key) ?? inline ?? (name === null ? null : (interfaces.get(name) ?? null));
}

/* ---- edges */

export type End =
  | { kind: "task"; task: string; port: string }
  | { kind: "input"; input: string }
  | { kind: "output"; output: string };

/** `data`: a value goes from a port to a port. `condition`: whether `to` runs depends on it (to.port is ""). `order`:
    depends-on (both ports are ""). */
export interface Edge {
  kind: "data" | "condition" | "order";
  /** unique in a document and the same from one reading to the next */
  id: string;
  from: End;
  to: End;
}

export function edges(doc: PipelineDocument): Edge[] {
  const found = new Map<string, Edge>();
  const add = (kind: Edge["kind"], from: End | null, to: End) => {
    if (!from) return;
    const id = `${kind} ${endId(from)} ${endId(to)}`;
    if (!found.has(id)) found.set(id, { kind, id, from, to });
  };
  for (const task of doc.tasks.values()) {
    for (const [port, source] of task.arguments) add("data", fromEnd(source), { kind: "task", task: task.id, port });
    const whole: End = { kind: "task", task: task.id, port: "" };
    for (const source of conditionSources(doc, task)) add("condition", fromEnd(source), whole);
    for (const id of task.dependsOn) add("order", { kind: "task", task: id, port: "" }, whole);
  }
  for (const [output, source] of doc.outputValues) add("data", fromEnd(source), { kind: "output", output });
  return [...found.values()];
}

function endId(end: End): string {
  const names = end.kind === "task" ? [end.task, end.port] : [end.kind === "input" ? end.input : end.output];
  return `${end.kind}/${names.map((name) => name.replace(/[%/ ]/g, encodeURIComponent)).join("/")}`;
}

function fromEnd(source: Source): End | null {
  if (source.kind === "input") return { kind: "input", input: source.input };
  return source.kind === "output" ? { kind: "task", task: source.task, port: source.output } : null;
}

function conditionSources(doc: PipelineDocument, task: Task): Source[] {
  if (task.condition.kind === "none") return [];
  if (task.condition.kind === "simple")
    return task.condition.all.flatMap(({ left, right }: Condition) => [left, right]);
  const path = taskPath(task.id, "isEnabled");
  return mentions(nodeAt(doc, path), path).map(({ kind, name, port }) =>
    kind === "task" ? { kind: "output", task: name, output: port } : { kind: "input", input: name },
  );
}

/* ---- order */

/** The tasks that each task needs; only those that are there. */
function needs(doc: PipelineDocument): Map<string, Set<string>> {
  const needed = new Map([...doc.tasks.keys()].map((id) => [id, new Set<string>()]));
  for (const { from, to } of edges(doc)) {
    if (from.kind === "task" && to.kind === "task" && doc.tasks.has(from.task)) needed.get(to.task)?.add(from.task);
  }
  return needed;
}

/** The path that an edge between two tasks would close, its first task repeated at the end: ["train", "evaluate",
    "train"]; null = no cycle. */
export function wouldCycle(doc: PipelineDocument, fromTask: string, toTask: string): string[] | null {
  if (fromTask === toTask) return [fromTask, fromTask];
  const needed = needs(doc);
  const next = new Map<string, string>();
  const queue = [fromTask];
  for (const id of queue) {
    for (const before of needed.get(id) ?? []) {
      if (next.has(before) || before === fromTask) continue;
      next.set(before, id);
      queue.push(before);
    }
    if (next.has(toTask)) break;
  }
  if (!next.has(toTask)) return null;
  const path = [fromTask];
  for (let id: string | undefined = toTask; id !== undefined; id = next.get(id)) path.push(id);
  return path;
}

/** Each task after those it needs, else in the order of the document; exit handlers last. */
export function runOrder(doc: PipelineDocument): string[] {
  const needed = needs(doc);
  const order = new Set<string>();
  const open = new Set<string>();
  // A stack rather than recursion: a chain may be thousands of tasks long.
  const visit = (first: string) => {
    const stack = [first];
    while (stack.length) {
      const id = stack[stack.length - 1]!;
      const waiting = open.has(id)
        ? []
        : [...(needed.get(id) ?? [])].filter((one) => !order.has(one) && !open.has(one));
      open.add(id);
      if (waiting.length) stack.push(...waiting.reverse());
      else order.add(stack.pop()!);
    }
  };
  const tasks = [...doc.tasks.values()];
  for (const { id } of [...tasks.filter((t) => !t.exitHandler), ...tasks.filter((t) => t.exitHandler)]) {
    if (!order.has(id)) visit(id);
  }
  return [...order];
}

/* ---- connecting */

export type From = { task: string; port: string } | { input: string };
export type To = { task: string; port: string } | { output: string };
export type Verdict = { ok: true } | { ok: false; reason: string };

const OK: Verdict = { ok: true };

function no(reason: string): Verdict {
  return { ok: false, reason };
}

/** undefined: no such port; null: the component is not known */
function portAt(
  doc: PipelineDocument,
  interfaces: Interfaces,
  end: From | To,
  side: keyof Interface,
): Port | null | undefined {
  if ("input" in end) return doc.inputs.find((port) => port.name === end.input);
  if ("output" in end) return doc.outputs.find((port) => port.name === end.output);
  const task = doc.tasks.get(end.task);
  const known = task && interfaceOf(task, interfaces);
  return task && !known ? null : known?.[side].find((port) => port.name === end.port);
}

function nameOf(end: From | To): string {
  if ("input" in end) return `input ${end.input}`;
  return "output" in end ? `output ${end.output}` : `port ${end.port} of ${end.task}`;
}

export function canConnect(doc: PipelineDocument, interfaces: Interfaces, from: From, to: To): Verdict {
  return verdict(doc, interfaces, from, to, (one, other) => wouldCycle(doc, one, other));
}

/** The path of the circle that an edge between two tasks would close. */
type Circle = (from: string, to: string) => string[] | null;

function verdict(doc: PipelineDocument, interfaces: Interfaces, from: From, to: To, circle: Circle): Verdict {
  const source = portAt(doc, interfaces, from, "outputs");
  const target = portAt(doc, interfaces, to, "inputs");
  if (source === undefined) return no(`There is no ${nameOf(from)}.`);
  if (target === undefined) return no(`There is no ${nameOf(to)}.`);
  // An output of the pipeline may come from an exit handler too, and is never part of a circle.
  const order = "task" in from && "task" in to ? orderVerdict(doc, from.task, to.task, circle) : OK;
  if (!order.ok) return order;
  const types = [source?.type ?? null, target?.type ?? null] as const;
  return fits(...types) ? OK : no(whyNot(...types));
}

function orderVerdict(doc: PipelineDocument, from: string, to: string, circle: Circle): Verdict {
  if (from === to) return no(`${from} cannot take from itself.`);
  if (doc.tasks.get(from)?.exitHandler)
    return no(`${from} is an exit handler: it runs after all other tasks, which cannot use its outputs.`);
  const path = circle(from, to);
  return path ? no(`That would be a circle: ${path.join(" → ")}.`) : OK;
}

/** Whether `to` may be made to run after `from`. */
export function canOrder(doc: PipelineDocument, from: string, to: string): Verdict {
  if (doc.tasks.get(to)?.exitHandler)
    return no(`${to} is an exit handler: it runs after all other tasks and cannot wait for a single one.`);
  if (from === to) return no(`${from} cannot wait for itself.`);
  if (doc.tasks.get(from)?.exitHandler) return no(`${from} is an exit handler: it runs after all other tasks.`);
  return orderVerdict(doc, from, to, (one, other) => wouldCycle(doc, one, other));
}

/** All ports that a connection which starts at a port may go to, in run order, the pipeline's outputs last. */
export function fittingTargets(doc: PipelineDocument, interfaces: Interfaces, from: From): To[] {
  const before = "task" in from ? reached(needs(doc), from.task) : new Set<string>();
  const circle: Circle = (_, to) => (before.has(to) ? [] : null);
  const targets = [...taskPorts(doc, interfaces, "inputs"), ...doc.outputs.map((port) => ({ output: port.name }))];
  return targets.filter((to) => verdict(doc, interfaces, from, to, circle).ok);
}

/** All ports that a connection which ends at a port may start from, the pipeline's inputs first. */
export function fittingSources(doc: PipelineDocument, interfaces: Interfaces, to: To): From[] {
  const behind = "task" in to ? reached(turned(needs(doc)), to.task) : new Set<string>();
  const circle: Circle = (from) => (behind.has(from) ? [] : null);
  const sources = [...doc.inputs.map((port) => ({ input: port.name })), ...taskPorts(doc, interfaces, "outputs")];
  return sources.filter((from) => verdict(doc, interfaces, from, to, circle).ok);
}

function reached(next: Map<string, Set<string>>, start: string): Set<string> {
  const seen = new Set([start]);
  for (const id of seen) for (const other of next.get(id) ?? []) seen.add(other);
  return seen;
}

function turned(next: Map<string, Set<string>>): Map<string, Set<string>> {
  const result = new Map([...next.keys()].map((id) => [id, new Set<string>()]));
  for (const [id, others] of next) for (const other of others) result.get(other)?.add(id);
  return result;
}

function taskPorts(doc: PipelineDocument, interfaces: Interfaces, side: keyof Interface) {
  return runOrder(doc).flatMap((task) => {
    const known = interfaceOf(doc.tasks.get(task)!, interfaces);
    return (known?.[side] ?? []).map((port) => ({ task, port: port.name }));
  });
}

/** The ports of a component, say one in the palette, that a value of the type may go to (inputs) or come from
    (outputs); those of exactly this type first. */
export function fittingPorts(component: Interface, type: string | null, side: keyof Interface): Port[] {
  const fitting = component[side].filter((port) => (side === "inputs" ? fits(type, port.type) : fits(port.type, type)));
  return [...fitting.filter((port) => port.type === type), ...fitting.filter((port) => port.type !== type)];
}

/** A task id that is free: slug of the name, "-2" and so on where it is taken. */
export function suggestId(doc: PipelineDocument, name: string, taken: ReadonlySet<string> = new Set()): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "task";
  const isFree = (id: string) => !doc.tasks.has(id) && !taken.has(id);
  let id = slug;
  for (let n = 2; !isFree(id); n++) id = `${slug.replace(/-\d+$/, "")}-${n}`;
  return id;
}
