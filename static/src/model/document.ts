/* The pipeline document as the canvas sees it. Reading never throws: what cannot be read is among the errors. */
import { readOutputValues, readPipelinePorts, readTask } from "./read.ts";
import { oneLine } from "./scalar.ts";
import { type Chunk, countLines, readTree, type SourceTree, TASKS_PATH } from "./source.ts";
import { type Entry, entriesOf, get, isNull, lineStart, ownEntry, type TreeNode, textOf } from "./tree.ts";

export interface Position {
  x: number;
  y: number;
}

export interface Port {
  name: string;
  /** normalised, see types.ts; null = untyped */
  type: string | null;
  optional: boolean;
  /** the text that a program receives; null = none */
  default: string | null;
  description: string | null;
}

export interface Interface {
  inputs: Port[];
  outputs: Port[];
}

/** A port of the pipeline itself: the only ones with a place of their own. */
export interface PipelinePort extends Port {
  position: Position | null;
  line: number;
}

/** Where a value comes from. `other` (secrets, templates, items of a loop, …) is shown and not edited. */
export type Source =
  | { kind: "constant"; text: string }
  | { kind: "input"; input: string }
  | { kind: "output"; task: string; output: string }
  | { kind: "other"; label: string };

export interface Condition {
  operator: "==" | "!=";
  left: Source;
  right: Source;
}

/** `simple`: all of these must hold. `other`: everything else, as compact text. */
export type TaskCondition = { kind: "none" } | { kind: "simple"; all: Condition[] } | { kind: "other"; text: string };

/** `key` is what the hub resolves: "sha256:…" or "[namespace/]name[@version]"; null where the document holds it itself
    (`inline`) or refers to nothing. Both are there for a digest with an inline spec behind it. */
export interface Reference {
  key: string | null;
  /** what counts when a digest is not known: the same as `key` where there is no digest */
  name: string | null;
  inline: Interface | null;
}

export interface Task {
  id: string;
  reference: Reference;
  arguments: Map<string, Source>;
  condition: TaskCondition;
  retries: number | null;
  timeout: string | null;
  continueOnError: boolean;
  dependsOn: string[];
  exitHandler: boolean;
  /** the input that takes one item after the other; null = no loop */
  iterate: string | null;
  position: Position | null;
  line: number;
}

export interface DocumentError {
  message: string;
  /** both count from 1 */
  line: number;
  column: number;
}

export interface PipelineDocument {
  text: string;
  name: string | null;
  description: string | null;
  inputs: PipelinePort[];
  outputs: PipelinePort[];
  tasks: Map<string, Task>;
  outputValues: Map<string, Source>;
  errors: DocumentError[];
  /** false when the text is no YAML or no graph: then there is nothing that a patch could be made against */
  editable: boolean;
  /** for the files beside this one: what patches are made against */
  tree: SourceTree;
}

/** `from` and `to` are offsets into the text before all changes of a list; ascending, not overlapping. */
export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

/** What a document's tasks were read from, so that unchanged text gives the same objects. */
const tasksRead = new WeakMap<Chunk, Task>();

export function readDocument(text: string): PipelineDocument {
  return read(text, null);
}

/** The document after the changes: equal to readDocument of the new text, but only what changed is read. Task objects
    that did not change (nor moved to another line) are the same objects as before. */
export function applyChanges(doc: PipelineDocument, changes: readonly TextChange[]): PipelineDocument {
  return read(changeText(doc.text, changes), doc.tree);
}

/** The same for a new text as a whole, such as the YAML editor has. */
export function reread(doc: PipelineDocument, text: string): PipelineDocument {
  return text === doc.text ? doc : read(text, doc.tree);
}

export function changeText(text: string, changes: readonly TextChange[]): string {
  let result = "";
  let at = 0;
  for (const { from, to, insert } of changes) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}

export function emptyDocument(name: string): string {
  return `name: ${oneLine(name, false)}\nimplementation:\n  graph:\n    tasks: {}\n`;
}

function read(text: string, previous: SourceTree | null): PipelineDocument {
  const tree = readTree(text, previous);
  const { root } = tree;
  const graph = get(get(root, "implementation"), "graph");
  const at = (offset: number) => countLines(text, 0, offset) + 1;
  const errors: DocumentError[] = tree.errors.map(({ message, offset }) => placeOf(text, message, offset));
  const editable = errors.length === 0 && graph?.kind === "map" && !graph.alias;
  if (errors.length === 0 && !editable) errors.push(noGraph(root, text));
  return {
    text,
    name: textOf(get(root, "name")),
    description: textOf(get(root, "description")),
    inputs: readPipelinePorts(get(root, "inputs"), true, at),
    outputs: readPipelinePorts(get(root, "outputs"), false, at),
    tasks: readTasks(tree, get(graph, "tasks"), errors, text),
    outputValues: readOutputValues(get(graph, "outputValues")),
    errors,
    editable,
    tree,
  };
}

function placeOf(text: string, message: string, offset: number): DocumentError {
  return { message, line: countLines(text, 0, offset) + 1, column: offset - lineStart(text, offset) + 1 };
}

function noGraph(root: TreeNode | null, text: string): DocumentError {
  const implementation = get(root, "implementation");
  const message = isNull(root)
    ? "The document is empty"
    : get(implementation, "container")
      ? "This is a component with a container, not a pipeline"
      : "A pipeline needs implementation.graph";
  return placeOf(text, message, implementation?.start ?? 0);
}

function readTasks(
  tree: SourceTree,
  node: TreeNode | undefined,
  errors: DocumentError[],
  text: string,
): Map<string, Task> {
  const tasks = new Map<string, Task>();
  if (tree.placed.size) {
    for (const [id, { line, chunk }] of tree.placed)
      if (chunk.entry.value.kind === "map") tasks.set(id, taskOf(id, line, chunk));
  }
  for (const entry of entriesOf(node)) {
    if (entry.value.kind !== "map")
      errors.push(placeOf(text, `The task ${entry.key} must be a map`, (entry.base ?? 0) + entry.start));
    else if (!tree.placed.size)
      tasks.set(entry.key, readTask(entry.key, entry.value, countLines(text, 0, entry.start) + 1));
  }
  return tasks;
}

function taskOf(id: string, line: number, chunk: Chunk): Task {
  const known = tasksRead.get(chunk);
  if (known?.line === line) return known;
  const task = known ? { ...known, line } : readTask(id, chunk.entry.value, line);
  tasksRead.set(chunk, task);
  return task;
}

/* ---- places */

/** The parts of a JSON pointer. */
export function pointerPath(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
}

/** The line (from 1) of what a JSON pointer such as /implementation/graph/tasks/a/arguments/x names, or of the nearest
    thing around it that is there; null in a text that cannot be read. */
export function lineOf(doc: PipelineDocument, pointer: string): number | null {
  let node = doc.tree.root;
  if (!node) return null;
  let offset = node.start;
  let base = 0;
  for (const key of pointerPath(pointer)) {
    const entry: Entry | undefined = node && node.kind !== "scalar" ? ownEntry(node, key) : undefined;
    if (!entry) break;
    base += entry.base ?? 0;
    offset = base + entry.start;
    node = entry.value;
    if (node.alias) break;
  }
  return countLines(doc.text, 0, offset) + 1;
}

export function taskOfPointer(pointer: string): string | null {
  const path = pointerPath(pointer);
  return TASKS_PATH.every((key, i) => path[i] === key) ? (path[TASKS_PATH.length] ?? null) : null;
}
