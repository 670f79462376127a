/* The keys of the canvas. */
import { runOrder } from "../../../model/graph.ts";
import { actions } from "../store.ts";
import * as acts from "./acts.ts";
import type { Flow } from "./flow.ts";
import { nodeId, nodeOfEnd, type PortEnd, spokenPort } from "./ids.ts";
import { GRID } from "./places.ts";
import { canvas } from "./state.ts";

/** What keys need of the view. */
export interface View {
  flow(): Flow;
  /** brings a node into view and puts the focus on it */
  goTo(node: string): void;
  zoomBy(factor: number): void;
  fit(): void;
  /** the canvas itself takes the focus */
  focus(): void;
}

const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Keys on the canvas and what is on it. True: the key is used up. */
export function canvasKey(event: KeyboardEvent, view: View): boolean {
  const { connecting } = canvas.get();
  if (connecting?.at != null) return connectionKey(event, view);
  const modified = event.ctrlKey || event.metaKey;
  if (event.key === "Tab" && !modified && !event.altKey) return walk(event.shiftKey ? -1 : 1, event.target, view);
  if (event.key in ARROWS && !modified)
    return event.altKey ? nudge(event.key, view) : !event.shiftKey && step(event.key, view);
  if (modified) return modifiedKey(event.key.toLowerCase(), view);
  if (event.altKey) return false;
  switch (event.key) {
    case "Enter":
      return openForm();
    case "Delete":
    case "Backspace":
      return remove(view);
    case "c":
    case "C":
      return startByKey();
    case "+":
    case "=":
      view.zoomBy(1.2);
      return true;
    case "-":
      view.zoomBy(1 / 1.2);
      return true;
    case "Escape":
      return leave();
  }
  return false;
}

function modifiedKey(key: string, view: View): boolean {
  if (key === "a") {
    const { tasks } = actions.current().document;
    actions.select({ kind: "tasks", ids: new Set(tasks.keys()) });
    actions.say(`${tasks.size} tasks selected`);
    return true;
  }
  if (key === "d" && !actions.current().readOnly) {
    acts.duplicate();
    const first = acts.selectedTasks()[0];
    if (first) view.goTo(nodeId("task", first));
    return true;
  }
  return false;
}

/** Keys of the whole page, unless something is typed or a dialog is open. */
export function pageKey(event: KeyboardEvent, view: View): boolean {
  if (!event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
  if (event.code === "Digit1") view.fit();
  else if (event.code === "KeyL" && !actions.current().readOnly) {
    acts.tidy(view.flow());
    view.fit();
  } else return false;
  return true;
}

/* ---- walking */

function current(): string | null {
  const tasks = acts.selectedTasks();
  return tasks[tasks.length - 1] ?? null;
}

/** Pipeline inputs, tasks in run order, outputs. */
function walkOrder(): string[] {
  const { document } = actions.current();
  return [
    ...document.inputs.map(({ name }) => nodeId("input", name)),
    ...runOrder(document).map((id) => nodeId("task", id)),
    ...document.outputs.map(({ name }) => nodeId("output", name)),
  ];
}

function selectedNode(): string | null {
  const { selection } = actions.current();
  if (selection.kind === "none") return null;
  if (selection.kind !== "tasks") return nodeId(selection.kind, selection.name);
  const task = current();
  return task === null ? null : nodeId("task", task);
}

/** The first and the last one let the focus go on to what is around the canvas. */
function walk(by: 1 | -1, target: EventTarget | null, view: View): boolean {
  const inside = target instanceof Element && target.closest(".react-flow__node") !== null;
  const own = target instanceof Element && target.classList.contains("canvas");
  if (!inside && !(own && by === 1)) return false;
  const order = walkOrder();
  const selected = selectedNode();
  const at = selected === null ? -1 : order.indexOf(selected);
  const next = inside ? order[at + by] : order[Math.max(0, at)];
  if (next === undefined || (inside && at + by < 0)) return false;
  view.goTo(next);
  return true;
}

function step(key: string, view: View): boolean {
  const id = current();
  if (id === null) return false;
  const flow = view.flow();
  const [x, y] = ARROWS[key]!;
  const next =
    x === 0 ? acts.nearest(flow, id, y < 0 ? "up" : "down") : acts.neighbours(flow, id, x < 0 ? "before" : "behind")[0];
  if (next) view.goTo(nodeId("task", next));
  else if (x !== 0) actions.say(x < 0 ? `${id} takes from no task` : `No task takes from ${id}`);
  return true;
}

function nudge(key: string, view: View): boolean {
  const selected = selectedNode();
  if (selected === null || actions.current().readOnly) return false;
  const tasks = acts.selectedTasks().map((id) => nodeId("task", id));
  const ids = tasks.length ? tasks : [selected];
  const flow = view.flow();
  const [dx, dy] = ARROWS[key]!;
  const moved = new Map(
    ids.flatMap((id) => {
      const place = flow.places.get(id);
      return place ? [[id, { x: place.x + dx * GRID, y: place.y + dy * GRID }] as const] : [];
    }),
  );
  const label = acts.movedLabel(ids);
  acts.move(flow, moved, label, `nudge ${ids.join(" ")}`);
  const at = moved.get(ids[0]!);
  if (at) actions.say(`${label.replace("Move", "Moved")} to ${at.x}, ${at.y}`);
  return true;
}

/* ---- acts */

function remove(view: View): boolean {
  if (actions.current().readOnly || (selectedNode() === null && canvas.get().edge === null)) return false;
  acts.removeSelected(view.flow());
  view.focus();
  return true;
}

export function openForm(): boolean {
  if (selectedNode() === null) return false;
  const field = "#inspector :is(input, select, textarea, [contenteditable=true]):not([disabled]):not([type=hidden])";
  const first = document.querySelector<HTMLElement>(field) ?? document.querySelector<HTMLElement>("#inspector button");
  first?.focus();
  return first !== null;
}

function leave(): boolean {
  if (canvas.get().chosen || canvas.get().edge) {
    canvas.set({ chosen: null, edge: null });
    return true;
  }
  if (selectedNode() === null) return false;
  actions.select({ kind: "none" });
  return true;
}

/* ---- connecting */

function startByKey(): boolean {
  const { selection, readOnly } = actions.current();
  if (readOnly || selection.kind === "none") return false;
  if (selection.kind === "input") begin({ side: "from", end: { input: selection.name } });
  else if (selection.kind === "output") begin({ side: "to", end: { output: selection.name } });
  else canvas.set({ listing: current() });
  return true;
}

function begin(port: PortEnd): void {
  acts.startConnecting(port, true);
}

/** Says where the connection is at, and shows it. */
export function showCandidate(view: View): void {
  const { connecting } = canvas.get();
  if (!connecting || connecting.at === null) return;
  const { candidates, at, port } = connecting;
  const candidate = candidates[at];
  if (!candidate) {
    actions.say(`Nothing fits ${spokenPort(port)}. Escape cancels.`);
    return;
  }
  if ("task" in candidate.end) canvas.unfold(candidate.end.task);
  actions.say(`${spokenPort(candidate)}, ${at + 1} of ${candidates.length}`);
  view.goTo(nodeOfEnd(candidate));
}

function connectionKey(event: KeyboardEvent, view: View): boolean {
  const { connecting } = canvas.get();
  if (!connecting || connecting.at === null) return false;
  const { candidates, at, port } = connecting;
  const back = event.key === "ArrowUp" || event.key === "ArrowLeft" || (event.key === "Tab" && event.shiftKey);
  if (event.key === "Tab" || event.key in ARROWS) {
    if (candidates.length === 0) return true;
    canvas.set({ connecting: { ...connecting, at: (at + (back ? -1 : 1) + candidates.length) % candidates.length } });
    showCandidate(view);
  } else if (event.key === "Enter" || event.key === " ") {
    const candidate = candidates[at];
    acts.stopConnecting();
    if (candidate) acts.connect(port, candidate);
    view.goTo(nodeOfEnd(port));
  } else if (event.key === "Escape") {
    acts.stopConnecting();
    actions.say("Connection cancelled");
    view.goTo(nodeOfEnd(port));
  } else return false;
  return true;
}

/** Whether it belongs to a field or a dialog; also inside the code view, whose text is in a shadow root. */
export function isElsewhere(event: Event): boolean {
  const target = event.composedPath()[0];
  if (document.querySelector("dialog[open]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest("[role=dialog], [role=menu], [role=listbox]") !== null
  );
}
