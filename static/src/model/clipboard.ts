/* Copying tasks: the clipboard holds a pipeline document of its own, so that it can be pasted as text as well. */
import {
  applyChanges,
  changeText,
  emptyDocument,
  type PipelineDocument,
  type Position,
  readDocument,
  type TextChange,
} from "./document.ts";
import { dropMentions, moveTasks, putNames } from "./edit.ts";
import { suggestId } from "./graph.ts";
import { Patch, plainValue } from "./patch.ts";
import { nodeAt, taskPath } from "./refer.ts";
import { TASKS_PATH } from "./source.ts";
import { columnOf, lineStart, ownEntry, regionEnd } from "./tree.ts";
import { Inline, type Value, Verbatim } from "./write.ts";

export interface Pasted {
  changes: TextChange[];
  /** ids of the new tasks */
  added: string[];
}

export function copyTasks(doc: PipelineDocument, ids: Iterable<string>): string {
  const copy = readDocument(emptyDocument("Copied tasks"));
  const patch = new Patch(copy);
  for (const id of ids) {
    const value = taskValue(doc, id);
    if (value) patch.set(taskPath(id), value);
  }
  return changeText(copy.text, patch.finish());
}

/** A task as it is written, comments and all. */
function taskValue(doc: PipelineDocument, id: string): Value | null {
  const tasks = nodeAt(doc, TASKS_PATH);
  const entry = tasks?.kind === "map" ? ownEntry(tasks, id) : undefined;
  const value = entry && plainValue(entry.value);
  if (!entry || value === undefined) return null;
  if (entry.value.kind !== "map" || entry.value.flow || entry.value.alias) return new Inline(value);
  const base = entry.base ?? 0;
  const start = base + entry.value.start;
  const end = regionEnd(doc.text, base + entry.value.end, columnOf(doc.text, base + entry.start));
  const margin = new RegExp(`^ {0,${columnOf(doc.text, start)}}`);
  const lines = doc.text.slice(lineStart(doc.text, start), end).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return new Verbatim(
    lines.map((line) => line.replace(margin, "")),
    value,
  );
}

/** Tasks of a copied text, or of any pipeline document. References among them stay, those to what this document does
    not have are dropped. Null when the text holds no tasks. */
export function pasteText(doc: PipelineDocument, text: string, offset: Position): Pasted | null {
  const copied = readDocument(text);
  if (!copied.editable || copied.tasks.size === 0) return null;
  const names = new Map<string, string>();
  for (const id of copied.tasks.keys()) names.set(id, newId(doc, id, new Set(names.values())));
  const moved = applyChanges(copied, moveTasks(copied, movedBy(copied, offset)));
  const patch = new Patch(moved);
  const inputs = new Set(doc.inputs.map((port) => port.name));
  dropMentions(patch, moved, ({ kind, name }) =>
    kind === "input" ? !inputs.has(name) : !moved.tasks.has(name) && !doc.tasks.has(name),
  );
  const cleaned = applyChanges(moved, patch.finish());
  const naming = new Patch(cleaned);
  putNames(naming, cleaned, new Map([...names].filter(([id, name]) => id !== name)));
  return inserted(doc, applyChanges(cleaned, naming.finish()), [...names.values()]);
}

function newId(doc: PipelineDocument, id: string, taken: ReadonlySet<string>): string {
  return doc.tasks.has(id) || taken.has(id) ? suggestId(doc, id, taken) : id;
}

function movedBy(doc: PipelineDocument, offset: Position): Map<string, Position> {
  const positions = new Map<string, Position>();
  for (const { id, position } of doc.tasks.values()) {
    if (position) positions.set(id, { x: position.x + offset.x, y: position.y + offset.y });
  }
  return positions;
}

function inserted(doc: PipelineDocument, copied: PipelineDocument, added: string[]): Pasted {
  const patch = new Patch(doc);
  for (const id of added) {
    const value = taskValue(copied, id);
    if (value) patch.set(taskPath(id), value);
  }
  return { changes: patch.finish(), added };
}

/** Copies keep what they take from tasks that are not copied. */
export function duplicateTasks(doc: PipelineDocument, ids: Iterable<string>, offset: Position): Pasted {
  return pasteText(doc, copyTasks(doc, ids), offset) ?? { changes: [], added: [] };
}
