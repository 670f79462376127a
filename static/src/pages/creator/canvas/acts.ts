/* What the canvas does to the document, each one step that can be undone and spoken. */

import { copyTasks, duplicateTasks, pasteText } from "../../../model/clipboard.ts";
import type { Position, TextChange } from "../../../model/document.ts";
import {
  changeOutput,
  moveTasks,
  removeInput,
  removeOutput,
  removeTasks,
  setArgument,
  setCondition,
  setDependsOn,
} from "../../../model/edit.ts";
import { canConnect, type From, fittingSources, fittingTargets, type To, type Verdict } from "../../../model/graph.ts";
import { counted } from "../../../ui/format.ts";
import { toast } from "../../../ui/toast.tsx";
import { actions, type Creator } from "../store.ts";
import type { EdgeView, Flow } from "./flow.ts";
import { nameOfNode, nodeId, nodeOfEnd, type PortEnd, portKey, portName, spokenPort } from "./ids.ts";
import { type Places, tidyPlaces } from "./places.ts";
import { sourceOf, typeOfPort } from "./ports.ts";
import { type Connecting, canvas } from "./state.ts";

/* ---- connecting */

export function startConnecting(port: PortEnd, byKeyboard: boolean): void {
  const creator = actions.current();
  const { document, interfaces } = creator;
  const candidates: PortEnd[] =
    port.side === "from"
      ? fittingTargets(document, interfaces, port.end).map((end) => ({ side: "to", end }))
      : fittingSources(document, interfaces, port.end).map((end) => ({ side: "from", end }));
  canvas.set({
    connecting: {
      port,
      type: typeOfPort(creator, port),
      fitting: new Set(candidates.map(portKey)),
      nodes: new Set(candidates.map(nodeOfEnd)),
      candidates,
      at: byKeyboard ? 0 : null,
    },
    listing: null,
    edge: null,
  });
}

export const stopConnecting = (): void => canvas.set({ connecting: null });

const pair = (one: PortEnd, other: PortEnd): { from: From; to: To } | null => {
  if (one.side === "from" && other.side === "to") return { from: one.end, to: other.end };
  return one.side === "to" && other.side === "from" ? { from: other.end, to: one.end } : null;
};

/** What speaks against a connection between two ports; they may come in any order. */
export function verdictOf(one: PortEnd, other: PortEnd): Verdict {
  const { document, interfaces } = actions.current();
  const ends = pair(one, other);
  if (ends) return canConnect(document, interfaces, ends.from, ends.to);
  const what = one.side === "from" ? "Both give a value" : "Both take a value";
  return { ok: false, reason: `${what}: connect an output with an input.` };
}

export function connect(one: PortEnd, other: PortEnd): boolean {
  const verdict = verdictOf(one, other);
  if (!verdict.ok) {
    refuse(verdict.reason);
    return false;
  }
  const { from, to } = pair(one, other)!;
  const [source, target] = [{ side: "from", end: from } as const, { side: "to", end: to } as const];
  const names = `${portName(source)} to ${portName(target)}`;
  actions.change(`Connect ${names}`, (doc) =>
    "task" in to
      ? setArgument(doc, to.task, to.port, sourceOf(from))
      : changeOutput(doc, to.output, {}, sourceOf(from)),
  );
  actions.say(`Connected ${spokenPort(source)} to ${spokenPort(target)}`);
  return true;
}

/** Dropped beside the ports of a node: where only one of them fits, that is the one meant. */
export function connectToNode({ port, candidates }: Connecting, node: string): void {
  const { name } = nameOfNode(node);
  const fitting = candidates.filter((candidate) => nodeOfEnd(candidate) === node);
  const [first] = fitting;
  if (!first) refuse(`Nothing of ${name} fits ${spokenPort(port)}.`);
  else if (fitting.length === 1) connect(port, first);
  else refuse(`Several ports of ${name} fit: ${fitting.map(portName).join(", ")}. Drop on one of them.`);
}

export function refuse(reason: string): void {
  toast(reason, { tone: "bad" });
  actions.say(`Not connected. ${reason}`);
}

export function disconnect({ kind, model, label }: EdgeView): void {
  const { from, to } = model;
  actions.change(`Disconnect ${label}`, (doc): TextChange[] => {
    if (to.kind === "output") return changeOutput(doc, to.output, {}, null);
    const task = to.kind === "task" ? doc.tasks.get(to.task) : undefined;
    if (!task) return [];
    if (kind === "data" && to.kind === "task") return setArgument(doc, task.id, to.port, null);
    if (kind === "condition") return setCondition(doc, task.id, null);
    return setDependsOn(
      doc,
      task.id,
      task.dependsOn.filter((id) => from.kind !== "task" || id !== from.task),
    );
  });
  canvas.set({ edge: null });
  const what =
    kind === "condition" ? `The condition of ${to.kind === "task" ? to.task : ""} is removed` : `Disconnected ${label}`;
  done(what);
}

/** Says it, and offers to take it back. */
function done(text: string): void {
  actions.say(text);
  toast(text, { action: { label: "Undo", run: actions.undo } });
}

/* ---- tasks */

export function selectedTasks(): string[] {
  const { selection } = actions.current();
  return selection.kind === "tasks" ? [...selection.ids] : [];
}

export function removeSelected(flow: Flow): void {
  const edge = flow.edges.find(({ id }) => id === canvas.get().edge);
  const { selection } = actions.current();
  if (edge) disconnect(edge);
  else if (selection.kind === "tasks") {
    const ids = [...selection.ids];
    const what = ids.length === 1 ? ids[0]! : counted(ids.length, "task");
    actions.change(`Delete ${what}`, (doc) => removeTasks(doc, ids));
    done(`Deleted ${what}`);
  } else if (selection.kind !== "none") {
    const { kind, name } = selection;
    actions.change(`Delete the ${kind} ${name}`, (doc) =>
      kind === "input" ? removeInput(doc, name) : removeOutput(doc, name),
    );
    done(`Deleted the ${kind} ${name}`);
  }
}

/** All that stands where no place is written down keeps its place from now on. */
export function move(flow: Flow, moved: Places, label: string, merge?: string): void {
  const groups = {
    task: new Map<string, Position>(),
    input: new Map<string, Position>(),
    output: new Map<string, Position>(),
  };
  const { document } = actions.current();
  const put = (id: string, position: Position) => {
    const { kind, name } = nameOfNode(id);
    groups[kind].set(name, position);
  };
  for (const { id, position } of document.tasks.values())
    if (!position) put(nodeId("task", id), flow.places.get(nodeId("task", id))!);
  for (const port of document.inputs)
    if (!port.position) put(nodeId("input", port.name), flow.places.get(nodeId("input", port.name))!);
  for (const port of document.outputs)
    if (!port.position) put(nodeId("output", port.name), flow.places.get(nodeId("output", port.name))!);
  for (const [id, position] of moved) put(id, position);
  actions.change(label, (doc) => moveTasks(doc, groups.task, { inputs: groups.input, outputs: groups.output }), merge);
}

export function movedLabel(ids: Iterable<string>): string {
  const names = [...ids].map(nameOfNode);
  if (names.length === 1) return `Move ${names[0]!.name}`;
  return `Move ${counted(names.length, names.every(({ kind }) => kind === "task") ? "task" : "part")}`;
}

export function tidy(flow: Flow): void {
  const { document, interfaces } = actions.current();
  move(flow, tidyPlaces(document, interfaces, flow.size), "Tidy layout");
  actions.say("Tidied the layout");
}

export function duplicate(): void {
  const ids = selectedTasks();
  if (ids.length === 0) return;
  added(`Duplicate ${counted(ids.length, "task")}`, "Duplicated", (doc) => duplicateTasks(doc, ids, { x: 36, y: 36 }));
}

/** The selected tasks as a text of their own; null where none is selected. */
export function copySelected(): string | null {
  const ids = selectedTasks();
  if (ids.length === 0) return null;
  actions.say(`Copied ${counted(ids.length, "task")}`);
  return copyTasks(actions.current().document, ids);
}

/** False where the text holds no tasks. */
export function paste(text: string, offset: Position): boolean {
  return added("Paste tasks", "Pasted", (doc) => pasteText(doc, text, offset));
}

function added(label: string, verb: string, make: (doc: Creator["document"]) => ReturnType<typeof pasteText>): boolean {
  let ids: string[] = [];
  actions.change(label, (doc) => {
    const pasted = make(doc);
    ids = pasted?.added ?? [];
    return pasted?.changes ?? [];
  });
  if (ids.length === 0) return false;
  actions.select({ kind: "tasks", ids: new Set(ids) });
  actions.say(`${verb} ${counted(ids.length, "task")}`);
  return true;
}

/* ---- walking */

/** The tasks before and behind a task. */
export function neighbours(flow: Flow, id: string, way: "before" | "behind"): string[] {
  const here = nodeId("task", id);
  const found = new Set<string>();
  for (const { source, target } of flow.edges) {
    if (way === "behind" ? source === here : target === here) found.add(way === "behind" ? target : source);
  }
  return [...found]
    .map(nameOfNode)
    .filter(({ kind }) => kind === "task")
    .map(({ name }) => name);
}

export function nearest(flow: Flow, id: string, way: "up" | "down"): string | null {
  const here = flow.byId.get(nodeId("task", id));
  if (!here) return null;
  let best: { id: string; distance: number } | null = null;
  for (const node of flow.nodes) {
    const dy = node.position.y - here.position.y;
    if (node.type !== "task" || (way === "up" ? dy >= 0 : dy <= 0)) continue;
    const distance = Math.abs(dy) + 2 * Math.abs(node.position.x - here.position.x);
    if (!best || distance < best.distance) best = { id: node.data.id, distance };
  }
  return best?.id ?? null;
}
