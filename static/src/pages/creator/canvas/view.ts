/* A task as its node shows it: which ports stand in rows, what is folded, how large it gets. */
import type { Condition, Interface, Port, Source, Task } from "../../../model/document.ts";
import { type Family, family, isFile } from "../../../model/types.ts";
import type { Reference } from "../../../net/types.ts";
import { counted, shortDigest } from "../../../ui/format.ts";

export interface PortView {
  name: string;
  /** null: no type given */
  type: string | null;
  family: Family;
  file: boolean;
  mark: "hollow" | "filled" | "missing";
  /** a value that comes by no edge */
  value: { text: string; icon: "loop" | "key" | null } | null;
}

export interface TaskView extends Record<string, unknown> {
  id: string;
  kind: "component" | "pipeline";
  component: string;
  version: string;
  inputs: PortView[];
  outputs: PortView[];
  /** inputs without a row of their own */
  folded: { label: string; names: string[] } | null;
  unfolded: boolean;
  retries: number | null;
  timeout: string | null;
  goesOn: boolean;
  exitHandler: boolean;
  guard: { text: string; family: Family } | null;
  loop: string | null;
  errors: number;
  warnings: number;
  width: number;
  height: number;
  label: string;
}

export interface TaskFacts {
  task: Task;
  /** null: not known (yet) */
  interface: Interface | null;
  reference: Reference | undefined;
  /** outputs that something takes */
  used: ReadonlySet<string>;
  problems: readonly { severity: string }[];
  unfolded: boolean;
  /** the type of what a condition compares */
  typeOf(source: Source): string | null;
}

export const HEADER = 43;
export const ROW = 22;
const PADDING = 3;
const BORDER = 1;
const NARROWEST = 170;
const WIDEST = 240;
/** Fewer are not worth folding. */
const FOLD_FROM = 2;

/** The middle of a row, from the top of the node. */
export const rowCentre = (row: number): number => BORDER + HEADER + PADDING + ROW * row + ROW / 2;

export function taskView(facts: TaskFacts): TaskView {
  const { task, interface: known, reference, problems } = facts;
  const inputs = allInputs(task, known).map((port) => inputView(task, port));
  const outputs = allOutputs(known, facts.used).map((port) => portView(port, facts.used.has(port.name)));
  const required = new Set(known?.inputs.filter(isRequired).map((port) => port.name));
  const rest = inputs.filter(({ name }) => !required.has(name) && !task.arguments.has(name) && task.iterate !== name);
  const folds = rest.length >= FOLD_FROM;
  const shown = folds && !facts.unfolded ? inputs.filter((port) => !rest.includes(port)) : inputs;
  const defaults = new Set(known?.inputs.filter((port) => port.default !== null).map((port) => port.name));
  const guard = guardOf(task, facts.typeOf);
  const [component, version] = componentOf(task, reference);
  const view: TaskView = {
    id: task.id,
    kind: reference?.kind ?? "component",
    component,
    version,
    inputs: shown,
    outputs,
    folded: folds ? { label: foldLabel(rest, defaults), names: rest.map((port) => port.name) } : null,
    unfolded: folds && facts.unfolded,
    retries: task.retries || null,
    timeout: task.timeout,
    goesOn: task.continueOnError,
    exitHandler: task.exitHandler,
    guard,
    loop: task.iterate,
    errors: problems.filter((problem) => problem.severity === "error").length,
    warnings: problems.filter((problem) => problem.severity === "warning").length,
    width: 0,
    height: 0,
    label: "",
  };
  view.width = widthOf(view);
  view.height = heightOf(view);
  view.label = labelOf(view, inputs);
  return view;
}

/* ---- ports */

/** Arguments that the component does not know stand behind its inputs. */
function allInputs(task: Task, known: Interface | null): Port[] {
  const names = new Set(known?.inputs.map((port) => port.name));
  const others = [...task.arguments.keys()].filter((name) => !names.has(name));
  return [...(known?.inputs ?? []), ...others.map(unknownPort)];
}

function allOutputs(known: Interface | null, used: ReadonlySet<string>): Port[] {
  const names = new Set(known?.outputs.map((port) => port.name));
  return [...(known?.outputs ?? []), ...[...used].filter((name) => !names.has(name)).map(unknownPort)];
}

const unknownPort = (name: string): Port => ({ name, type: null, optional: true, default: null, description: null });

export const isRequired = (port: Port): boolean => !port.optional && port.default === null;

const isConnected = (source: Source | undefined): boolean => source?.kind === "output" || source?.kind === "input";

function portView(port: Port, filled: boolean): PortView {
  const mark = filled ? "filled" : "hollow";
  return { name: port.name, type: port.type, family: family(port.type), file: isFile(port.type), mark, value: null };
}

function inputView(task: Task, port: Port): PortView {
  const source = task.arguments.get(port.name);
  const view = portView(port, source !== undefined || task.iterate === port.name);
  if (!source && task.iterate !== port.name && isRequired(port)) view.mark = "missing";
  if (task.iterate === port.name) view.value = { text: "item", icon: "loop" };
  else if (source?.kind === "constant") view.value = { text: source.text.trim() || "empty", icon: null };
  else if (source?.kind === "other")
    view.value = { text: source.label, icon: source.label.startsWith("secret") ? "key" : null };
  return view;
}

function foldLabel(rest: PortView[], defaults: ReadonlySet<string>): string {
  const given = rest.filter(({ name }) => defaults.has(name)).length;
  if (given === rest.length) return `${counted(given, "input")} with ${given === 1 ? "a value" : "values"}`;
  return given === 0 ? `${counted(rest.length, "optional input")}` : `${counted(rest.length, "more input")}`;
}

/* ---- words */

function componentOf(task: Task, reference: Reference | undefined): [string, string] {
  if (reference) return [reference.name, reference.version];
  const { key, inline } = task.reference;
  if (key === null) return [inline ? "written in the pipeline" : "no component", ""];
  if (key.startsWith("sha256:")) return [`sha256:${shortDigest(key)}`, ""];
  const [name = key, version = ""] = key.split("@");
  return [name.slice(name.lastIndexOf("/") + 1), version];
}

function guardOf(task: Task, typeOf: TaskFacts["typeOf"]): TaskView["guard"] {
  const { condition } = task;
  if (condition.kind === "none") return null;
  if (condition.kind === "other") return { text: `if ${condition.text}`, family: "any" };
  const compared = condition.all.flatMap(({ left, right }) => [left, right]).find(isConnected);
  return {
    text: `if ${condition.all.map(conditionText).join(" and ")}`,
    family: family(compared ? typeOf(compared) : null),
  };
}

function conditionText({ left, operator, right }: Condition): string {
  return `${sideText(left)} ${operator === "==" ? "is" : "is not"} ${sideText(right)}`;
}

function sideText(source: Source): string {
  if (source.kind === "constant") return source.text === "" ? "empty" : source.text;
  if (source.kind === "input") return source.input;
  return source.kind === "output" ? source.output : source.label;
}

/** The state of the inputs comes first after the names: it is what one looks for. */
function labelOf(view: TaskView, inputs: PortView[]): string {
  const missing = inputs.filter((port) => port.mark === "missing").map((port) => port.name);
  const given = inputs.filter((port) => port.mark === "filled").length;
  const parts = [`Task ${view.id}`, `${view.component} ${view.version}`.trim()];
  if (inputs.length) parts.push(`${given} of ${counted(inputs.length, "input")} set`);
  if (missing.length) parts.push(`missing: ${missing.join(", ")}`);
  if (view.guard) parts.push(view.guard.text);
  if (view.exitHandler) parts.push("exit handler");
  if (view.errors) parts.push(counted(view.errors, "error"));
  if (view.warnings) parts.push(counted(view.warnings, "warning"));
  return parts.join(", ");
}

/* ---- size: known before anything is drawn, so that nothing has to be measured */

function widthOf(view: TaskView): number {
  const flags = (view.retries ? 26 : 0) + (view.timeout ? 18 + 6 * view.timeout.length : 0) + (view.goesOn ? 16 : 0);
  let widest = 44 + Math.max(6.8 * view.id.length, 5.6 * (view.component.length + view.version.length + 1)) + flags;
  for (let row = 0; row < Math.max(view.inputs.length, view.outputs.length); row++) {
    const [left, right] = [view.inputs[row], view.outputs[row]];
    const value = left?.value ? 12 + 5.6 * Math.min(left.value.text.length, 12) : 0;
    widest = Math.max(widest, 6.2 * ((left?.name.length ?? 0) + (right?.name.length ?? 0)) + value + 44);
  }
  return Math.min(WIDEST, Math.max(NARROWEST, Math.ceil(widest)));
}

function heightOf(view: TaskView): number {
  const rows = Math.max(view.inputs.length, view.outputs.length) + (view.folded ? 1 : 0);
  return HEADER + 2 * BORDER + (rows ? 2 * PADDING + ROW * rows : 0) - (rows ? 0 : 1);
}
