/* Edits as text changes against doc.text. A document that is not editable gives none. */
import type { Condition, PipelineDocument, PipelinePort, Position, Source, Task, TextChange } from "./document.ts";
import { Patch, type Path } from "./patch.ts";
import { operands, readJson } from "./read.ts";
import { allMentions, type Mention, mentions, nodeAt, OUTPUT_VALUES, taskPath, values } from "./refer.ts";
import { type Collection, type TreeNode, textOf } from "./tree.ts";
import { Inline, mapOf, type Value } from "./write.ts";

export interface NewTask {
  id: string;
  /** reference key: "sha256:…" or "[namespace/]name[@version]" */
  key: string;
  position: Position | null;
  arguments?: ReadonlyMap<string, Source>;
}

/** Fields that are left out stay as they are; null removes one. */
export interface PortChange {
  name?: string;
  type?: string | null;
  description?: string | null;
  /** inputs only */
  default?: string | null;
  /** inputs only */
  optional?: boolean;
  position?: Position;
}
export type NewPort = PortChange & { name: string };

function patched(doc: PipelineDocument, edit: (patch: Patch) => void): TextChange[] {
  const patch = new Patch(doc);
  edit(patch);
  return patch.finish();
}

/* ---- values */

/** Undefined for what is only shown. */
function sourceValue(source: Source): Value | undefined {
  if (source.kind === "constant") return source.text;
  if (source.kind === "input") return new Inline(mapOf({ graphInput: mapOf({ inputName: source.input }) }));
  if (source.kind === "other") return undefined;
  return new Inline(mapOf({ taskOutput: mapOf({ taskId: source.task, outputName: source.output }) }));
}

function sameSource(x: Source | undefined, y: Source): boolean {
  return JSON.stringify(x) === JSON.stringify(y);
}

function referenceFields(key: string): Record<string, string> {
  return key.startsWith("sha256:") ? { digest: key } : { name: key };
}

function positionText(position: Position, before: TreeNode | undefined): string {
  return JSON.stringify({ ...readJson(before), x: Math.round(position.x), y: Math.round(position.y) });
}

function setPosition(patch: Patch, doc: PipelineDocument, path: Path, position: Position): void {
  const at = [...path, "annotations", "editor.position"];
  patch.set(at, positionText(position, nodeAt(doc, at)));
}

/* ---- tasks */

export function addTask(doc: PipelineDocument, task: NewTask): TextChange[] {
  if (doc.tasks.has(task.id)) return [];
  const given = new Map<string, Value>();
  for (const [input, source] of task.arguments ?? []) {
    const value = sourceValue(source);
    if (value !== undefined) given.set(input, value);
  }
  const position = task.position && new Map([["editor.position", positionText(task.position, undefined)]]);
  const value = mapOf({
    componentRef: new Inline(mapOf(referenceFields(task.key))),
    arguments: given.size ? given : null,
    annotations: position,
  });
  return patched(doc, (patch) => patch.set(taskPath(task.id), value));
}

/** Also what refers to them: arguments, conditions, depends-on, values of outputs. */
export function removeTasks(doc: PipelineDocument, ids: Iterable<string>): TextChange[] {
  const gone = new Set(ids);
  return patched(doc, (patch) => {
    dropMentions(patch, doc, ({ kind, name }) => kind === "task" && gone.has(name));
    for (const id of gone) patch.remove(taskPath(id));
  });
}

type IsGone = (mention: Pick<Mention, "kind" | "name">) => boolean;

/** Takes out what mentions a task or an input that is gone. */
export function dropMentions(patch: Patch, doc: PipelineDocument, isGone: IsGone): void {
  for (const { path, node } of values(doc)) if (mentions(node, path).some(isGone)) patch.remove(path);
  for (const task of doc.tasks.values()) {
    const after = task.dependsOn.filter((name) => !isGone({ kind: "task", name }));
    if (after.length < task.dependsOn.length) putDependsOn(patch, doc, task, after);
    const path = taskPath(task.id, "isEnabled");
    if (!mentions(nodeAt(doc, path), path).some(isGone)) continue;
    const all = task.condition.kind === "simple" ? task.condition.all : [];
    putCondition(
      patch,
      doc,
      task,
      all.filter((one) => ![one.left, one.right].some((side) => isGoneSource(side, isGone))),
    );
  }
}

function isGoneSource(source: Source, isGone: IsGone): boolean {
  if (source.kind === "output") return isGone({ kind: "task", name: source.task });
  return source.kind === "input" && isGone({ kind: "input", name: source.input });
}

export function renameTask(doc: PipelineDocument, id: string, newId: string): TextChange[] {
  if (!doc.tasks.has(id) || doc.tasks.has(newId) || newId.trim() === "") return [];
  return patched(doc, (patch) => putNames(patch, doc, new Map([[id, newId]])));
}

/** New names for several tasks at once: the names may be those of each other. */
export function putNames(patch: Patch, doc: PipelineDocument, names: ReadonlyMap<string, string>): void {
  for (const [id, name] of names) patch.rename(taskPath(id), name);
  for (const { kind, name, path } of allMentions(doc)) {
    const renamed = kind === "task" ? names.get(name) : undefined;
    if (renamed !== undefined) patch.set(path, renamed);
  }
  for (const task of doc.tasks.values()) {
    if (!task.dependsOn.some((id) => names.has(id))) continue;
    const path = taskPath(task.id, "annotations", DEPENDS_ON);
    const renamed = task.dependsOn.map((id) => names.get(id) ?? id);
    const node = nodeAt(doc, path);
    if (node?.kind !== "list" || node.alias) patch.set(path, new Inline(renamed));
    else
      node.entries.forEach((entry, i) => {
        const name = names.get(textOf(entry.value) ?? "");
        if (name !== undefined) patch.set([...path, i], name);
      });
  }
}

export function moveTasks(
  doc: PipelineDocument,
  tasks: ReadonlyMap<string, Position>,
  ports: { inputs?: ReadonlyMap<string, Position>; outputs?: ReadonlyMap<string, Position> } = {},
): TextChange[] {
  return patched(doc, (patch) => {
    for (const [id, position] of tasks) if (doc.tasks.has(id)) setPosition(patch, doc, taskPath(id), position);
    for (const side of ["inputs", "outputs"] as const) {
      for (const [name, position] of ports[side] ?? []) {
        const path = portPath(doc, side, name);
        if (path) setPosition(patch, doc, path, position);
      }
    }
  });
}

/** null removes the argument */
export function setArgument(doc: PipelineDocument, task: string, input: string, source: Source | null): TextChange[] {
  const before = doc.tasks.get(task);
  if (!before || (source && sameSource(before.arguments.get(input), source))) return [];
  return patched(doc, (patch) => {
    put(patch, taskPath(task, "arguments", input), source && sourceValue(source));
    // an input has one source: a template for it, or the loop that feeds it, makes room
    patch.remove(taskPath(task, "annotations", "component-hub.dev/template", input));
    if (before.iterate === input) patch.remove(taskPath(task, "annotations", "component-hub.dev/iterate"));
  });
}

/** null removes; undefined leaves as it is */
function put(patch: Patch, path: Path, value: Value | null | undefined): void {
  if (value === null) patch.remove(path);
  else if (value !== undefined) patch.set(path, value);
}

export function setRetries(doc: PipelineDocument, task: string, retries: number | null): TextChange[] {
  const path = taskPath(task, "executionOptions", "retryStrategy", "maxRetries");
  return patchedTask(doc, task, (patch) => put(patch, path, retries));
}

const DEPENDS_ON = "component-hub.dev/depends-on";

function setting(doc: PipelineDocument, task: string, key: string, value: Value | null): TextChange[] {
  const path = taskPath(task, "annotations", `component-hub.dev/${key}`);
  return patchedTask(doc, task, (patch) => put(patch, path, value));
}

function patchedTask(doc: PipelineDocument, id: string, edit: (patch: Patch, task: Task) => void): TextChange[] {
  const task = doc.tasks.get(id);
  return task ? patched(doc, (patch) => edit(patch, task)) : [];
}

export function setTimeout(doc: PipelineDocument, task: string, timeout: string | null): TextChange[] {
  return setting(doc, task, "timeout", timeout || null);
}

export function setContinueOnError(doc: PipelineDocument, task: string, on: boolean): TextChange[] {
  return setting(doc, task, "on-error", on ? "continue" : null);
}

export function setExitHandler(doc: PipelineDocument, task: string, on: boolean): TextChange[] {
  return setting(doc, task, "exit-handler", on || null);
}

export function setDependsOn(doc: PipelineDocument, task: string, ids: readonly string[]): TextChange[] {
  return patchedTask(doc, task, (patch, before) => putDependsOn(patch, doc, before, [...new Set(ids)]));
}

function putDependsOn(patch: Patch, doc: PipelineDocument, task: Task, ids: readonly string[]): void {
  const path = taskPath(task.id, "annotations", DEPENDS_ON);
  const node = nodeAt(doc, path);
  if (ids.length === 0) patch.remove(path);
  else if (node?.kind !== "list" || node.alias) patch.set(path, new Inline([...ids]));
  else changeDependsOn(patch, node, path, task, ids);
}

function changeDependsOn(patch: Patch, node: Collection, path: Path, task: Task, ids: readonly string[]): void {
  node.entries.forEach((entry, i) => {
    if (!ids.includes(textOf(entry.value) ?? "")) patch.remove([...path, i]);
  });
  const added = ids.filter((id) => !task.dependsOn.includes(id));
  added.forEach((id, i) => {
    patch.set([...path, node.entries.length + i], id);
  });
}

/** Another component or another version of it; what the document holds of the old one goes. */
export function setReference(doc: PipelineDocument, task: string, key: string): TextChange[] {
  const path = taskPath(task, "componentRef");
  const [field, value] = Object.entries(referenceFields(key))[0]!;
  return patchedTask(doc, task, (patch) => {
    const node = nodeAt(doc, path);
    if (node?.kind !== "map" || node.alias) {
      patch.set(path, new Inline(new Map([[field, value]])));
      return;
    }
    for (const other of ["name", "digest", "tag", "url", "text", "spec"])
      if (other !== field) patch.remove([...path, other]);
    patch.set([...path, field], value);
  });
}

/* ---- conditions */

/** null or none: the task always runs */
export function setCondition(doc: PipelineDocument, task: string, all: readonly Condition[] | null): TextChange[] {
  return patchedTask(doc, task, (patch, before) => putCondition(patch, doc, before, all ?? []));
}

function putCondition(patch: Patch, doc: PipelineDocument, task: Task, all: readonly Condition[]): void {
  const path = taskPath(task.id, "isEnabled");
  const [first, ...rest] = all;
  const before = task.condition.kind === "simple" ? task.condition.all : [];
  if (!first) patch.remove(path);
  else if (before.length === all.length) changeConditions(patch, doc, path, before, all);
  else patch.set(path, conditionValue(first, rest));
}

/** (a and (b and c)), as KFP nests them */
function conditionValue(first: Condition, rest: readonly Condition[]): Value {
  const [second, ...more] = rest;
  if (second) return mapOf({ and: mapOf({ op1: conditionValue(first, []), op2: conditionValue(second, more) }) });
  const sides = mapOf({ op1: sourceValue(first.left), op2: sourceValue(first.right) });
  return new Map([[first.operator, sides]]);
}

/** Only the sides and operators that differ. */
function changeConditions(
  patch: Patch,
  doc: PipelineDocument,
  path: Path,
  before: readonly Condition[],
  all: readonly Condition[],
): void {
  comparisons(nodeAt(doc, path), path).forEach((place, i) => {
    const [old, now] = [before[i]!, all[i]!];
    if (old.operator !== now.operator) patch.rename(place.path, now.operator);
    if (!sameSource(old.left, now.left)) put(patch, place.left, sourceValue(now.left));
    if (!sameSource(old.right, now.right)) put(patch, place.right, sourceValue(now.right));
  });
}

/** The places of == and != in a condition that is simple, in the order in which it is read. */
function comparisons(node: TreeNode | undefined, path: Path): { path: Path; left: Path; right: Path }[] {
  const entry = node?.kind === "map" ? node.entries[0] : undefined;
  const sides = operands(entry?.value);
  if (!entry || !sides) return [];
  const at = [...path, entry.key];
  const list = entry.value.kind === "list";
  const left = [...at, list ? 0 : "op1"];
  const right = [...at, list ? 1 : "op2"];
  if (entry.key !== "and") return [{ path: at, left, right }];
  return [...comparisons(sides[0], left), ...comparisons(sides[1], right)];
}

/* ---- inputs and outputs of the pipeline */

type Side = "inputs" | "outputs";

function portPath(doc: PipelineDocument, side: Side, name: string): Path | null {
  const list = nodeAt(doc, [side]);
  const at = list?.kind === "list" ? list.entries.findIndex((entry) => nameOf(entry.value) === name) : -1;
  return at < 0 ? null : [side, at];
}

function nameOf(node: TreeNode): string | null {
  const entry = node.kind === "map" ? node.entries.find(({ key }) => key === "name") : undefined;
  return textOf(entry?.value);
}

function addPort(patch: Patch, doc: PipelineDocument, side: Side, port: NewPort): void {
  const list = nodeAt(doc, [side]);
  const count = list?.kind === "list" ? list.entries.length : 0;
  const position = port.position && new Map([["editor.position", positionText(port.position, undefined)]]);
  const inputOnly = side === "inputs" ? { default: port.default, optional: port.optional || null } : {};
  const { name, type, description } = port;
  patch.set([side, count], mapOf({ name, type, ...inputOnly, description, annotations: position }));
}

function changePort(patch: Patch, doc: PipelineDocument, path: Path, before: PipelinePort, change: PortChange): void {
  for (const field of ["name", "type", "description", "default"] as const) {
    const value = change[field];
    if (value !== undefined && value !== before[field]) put(patch, [...path, field], value);
  }
  if (change.optional !== undefined && change.optional !== before.optional)
    put(patch, [...path, "optional"], change.optional || null);
  if (change.position) setPosition(patch, doc, path, change.position);
}

function has(ports: readonly PipelinePort[], name: string): boolean {
  return ports.some((port) => port.name === name);
}

export function addInput(doc: PipelineDocument, port: NewPort): TextChange[] {
  return has(doc.inputs, port.name) ? [] : patched(doc, (patch) => addPort(patch, doc, "inputs", port));
}

/** A new name goes into all arguments and conditions that use it. */
export function changeInput(doc: PipelineDocument, name: string, change: PortChange): TextChange[] {
  const path = portPath(doc, "inputs", name);
  const before = doc.inputs.find((port) => port.name === name);
  const renamed = change.name !== undefined && change.name !== name ? change.name : null;
  if (!path || !before || (renamed !== null && has(doc.inputs, renamed))) return [];
  return patched(doc, (patch) => {
    changePort(patch, doc, path, before, change);
    if (renamed === null) return;
    for (const mention of allMentions(doc)) {
      if (mention.kind === "input" && mention.name === name) patch.set(mention.path, renamed);
    }
  });
}

/** Also the arguments, conditions and outputs that take it. */
export function removeInput(doc: PipelineDocument, name: string): TextChange[] {
  const path = portPath(doc, "inputs", name);
  if (!path) return [];
  return patched(doc, (patch) => {
    dropMentions(patch, doc, (mention) => mention.kind === "input" && mention.name === name);
    patch.remove(path);
  });
}

export function addOutput(doc: PipelineDocument, port: NewPort, source: Source | null): TextChange[] {
  if (has(doc.outputs, port.name)) return [];
  return patched(doc, (patch) => {
    addPort(patch, doc, "outputs", port);
    if (source) put(patch, [...OUTPUT_VALUES, port.name], sourceValue(source));
  });
}

/** `source`: undefined leaves its value, null removes it */
export function changeOutput(
  doc: PipelineDocument,
  name: string,
  change: PortChange,
  source?: Source | null,
): TextChange[] {
  const path = portPath(doc, "outputs", name);
  const before = doc.outputs.find((port) => port.name === name);
  const renamed = change.name ?? name;
  if (!path || !before || (renamed !== name && has(doc.outputs, renamed))) return [];
  return patched(doc, (patch) => {
    changePort(patch, doc, path, before, change);
    const value = [...OUTPUT_VALUES, name];
    const old = doc.outputValues.get(name);
    if (source === null) {
      patch.remove(value);
      return;
    }
    if (old && renamed !== name) patch.rename(value, renamed);
    if (source && !(old && sameSource(old, source)))
      put(patch, old ? value : [...OUTPUT_VALUES, renamed], sourceValue(source));
  });
}

export function removeOutput(doc: PipelineDocument, name: string): TextChange[] {
  const path = portPath(doc, "outputs", name);
  if (!path) return [];
  return patched(doc, (patch) => {
    patch.remove(path);
    patch.remove([...OUTPUT_VALUES, name]);
  });
}

/* ---- the pipeline itself */

export function setName(doc: PipelineDocument, name: string): TextChange[] {
  return doc.name === name || !name ? [] : patched(doc, (patch) => patch.set(["name"], name));
}

export function setDescription(doc: PipelineDocument, description: string | null): TextChange[] {
  if (description === doc.description) return [];
  return patched(doc, (patch) => put(patch, ["description"], description || null));
}
