/* Where a pipeline names its own tasks and inputs: arguments, conditions, annotations, values of outputs. */
import type { PipelineDocument } from "./document.ts";
import type { Path } from "./patch.ts";
import { TASKS_PATH } from "./source.ts";
import { entriesOf, get, type TreeNode, textOf } from "./tree.ts";

export const OUTPUT_VALUES = ["implementation", "graph", "outputValues"] as const;

export interface Mention {
  kind: "task" | "input";
  name: string;
  /** the output of a task; "" for an input */
  port: string;
  /** of the text with the name */
  path: Path;
}

/** Below a node; what stands behind an alias is left out. */
export function mentions(node: TreeNode | undefined, path: Path, found: Mention[] = []): Mention[] {
  if (!node || node.kind === "scalar" || node.alias) return found;
  for (const { key, value } of node.entries) {
    const at = [...path, key];
    const task = key === "taskOutput" ? textOf(get(value, "taskId")) : null;
    const input = key === "graphInput" ? textOf(get(value, "inputName")) : null;
    if (task !== null)
      found.push({ kind: "task", name: task, port: textOf(get(value, "outputName")) ?? "", path: [...at, "taskId"] });
    else if (input !== null) found.push({ kind: "input", name: input, port: "", path: [...at, "inputName"] });
    else mentions(value, at, found);
  }
  return found;
}

export function taskPath(id: string, ...rest: (string | number)[]): Path {
  return [...TASKS_PATH, id, ...rest];
}

export function nodeAt(doc: PipelineDocument, path: Path): TreeNode | undefined {
  let node = doc.tree.root ?? undefined;
  for (const key of path) {
    if (node?.kind === "list") node = node.entries[Number(key)]?.value;
    else node = get(node, String(key));
  }
  return node;
}

/** Values of arguments and outputs, each with the path by which it is removed. */
export function* values(doc: PipelineDocument): Generator<{ path: Path; node: TreeNode }> {
  for (const id of doc.tasks.keys()) {
    const path = taskPath(id, "arguments");
    for (const { key, value } of entriesOf(nodeAt(doc, path))) yield { path: [...path, key], node: value };
  }
  for (const { key, value } of entriesOf(nodeAt(doc, OUTPUT_VALUES))) {
    yield { path: [...OUTPUT_VALUES, key], node: value };
  }
}

export function allMentions(doc: PipelineDocument): Mention[] {
  const found: Mention[] = [];
  for (const { path, node } of values(doc)) mentions(node, path, found);
  for (const id of doc.tasks.keys()) {
    for (const field of ["isEnabled", "annotations"]) {
      const path = taskPath(id, field);
      mentions(nodeAt(doc, path), path, found);
    }
  }
  return found;
}
