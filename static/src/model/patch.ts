/*
 * Text changes from edits of the tree. Edits are collected by path first, since several of them may meet in one map,
 * and written at the end: what is not edited is never written again.
 */
import type { TextChange } from "./document.ts";
import { oneLine, type Quotes } from "./scalar.ts";
import { TASKS_PATH } from "./source.ts";
import {
  type Collection,
  columnOf,
  type Entry,
  entriesOf,
  isNull,
  lineEnd,
  lineStart,
  ownEntry,
  regionEnd,
  type TreeNode,
} from "./tree.ts";
import { blockText, entryLines, flowText, itemLines, keyText, type Value } from "./write.ts";

export type Path = readonly (string | number)[];

/** What is to happen to one map or list. */
interface Edit {
  node: Collection;
  base: number;
  path: Path;
  parent: { edit: Edit; entry: Entry } | null;
  removed: Set<Entry>;
  replaced: Map<Entry, Value>;
  renamed: Map<Entry, string>;
  added: Map<string, Value>;
}

/** The order in which known fields are written; what is not here goes to the end. */
const FIELDS = [
  "name",
  "type",
  "default",
  "optional",
  "description",
  "metadata",
  "inputs",
  "outputs",
  "implementation",
  "componentRef",
  "arguments",
  "isEnabled",
  "executionOptions",
  "annotations",
  "tasks",
  "outputValues",
];

/** Whether the keys of a map are fields rather than names that people chose. */
function hasFields(path: Path): boolean {
  if (path.length <= 2) return path[0] !== "metadata";
  return path.length === TASKS_PATH.length + 1 && path[2] === "tasks";
}

/** What is changed: a pipeline document, or the text and tree of another. */
export interface Patched {
  text: string;
  editable: boolean;
  tree: { root: TreeNode | null };
}

export class Patch {
  private readonly text: string;
  private readonly root: TreeNode | null;
  private readonly json: boolean;
  private readonly eol: string;
  private readonly edits = new Map<Collection, Edit>();
  private changes: TextChange[] = [];

  constructor(doc: Patched) {
    this.text = doc.text;
    this.root = doc.editable ? doc.tree.root : null;
    this.json = /^\s*\{/.test(doc.text);
    this.eol = doc.text.includes("\r\n") ? "\r\n" : "\n";
  }

  /** Replaces or adds; maps on the way that are not there are made. */
  set(path: Path, value: Value): void {
    let edit = this.rootEdit();
    for (let i = 0; edit; i++) {
      const key = String(path[i]);
      const entry = ownEntry(edit.node, key);
      if (!entry || edit.removed.has(entry)) {
        edit.added.set(key, deepSet(edit.added.get(key), path.slice(i + 1), value));
        return;
      }
      const last = i === path.length - 1;
      if (last || entry.value.kind === "scalar" || entry.value.alias || edit.replaced.has(entry)) {
        const before = edit.replaced.get(entry) ?? (last ? undefined : plainValue(entry.value));
        edit.replaced.set(entry, deepSet(before, path.slice(i + 1), value));
        return;
      }
      edit = this.editBelow(edit, entry, key);
    }
  }

  /** Also the maps around it that are empty then, up to a task or a port. */
  remove(path: Path): void {
    this.withEntry(path, (edit, entry) => edit.removed.add(entry));
  }

  rename(path: Path, key: string): void {
    this.withEntry(path, (edit, entry) => edit.renamed.set(entry, key));
  }

  finish(): TextChange[] {
    const edits = [...this.edits.values()].sort((a, b) => b.path.length - a.path.length);
    for (const edit of edits)
      if (isEmptied(edit) && edit.parent && !isKept(edit.path)) edit.parent.edit.removed.add(edit.parent.entry);
    for (const edit of edits) if (!isGone(edit)) this.write(edit);
    return this.changes.filter((c) => c.from < c.to || c.insert).sort((a, b) => a.from - b.from || a.to - b.to);
  }

  /* ---- finding */

  private rootEdit(): Edit | null {
    return this.root?.kind === "map" ? this.editOf(this.root, 0, [], null) : null;
  }

  private editOf(node: Collection, base: number, path: Path, parent: Edit["parent"]): Edit {
    let edit = this.edits.get(node);
    if (!edit) {
      edit = {
        node,
        base,
        path,
        parent,
        removed: new Set(),
        replaced: new Map(),
        renamed: new Map(),
        added: new Map(),
      };
      this.edits.set(node, edit);
    }
    return edit;
  }

  private editBelow(edit: Edit, entry: Entry, key: string): Edit {
    return this.editOf(entry.value as Collection, edit.base + (entry.base ?? 0), [...edit.path, key], { edit, entry });
  }

  /** Does nothing where the path leads nowhere, or through an alias. */
  private withEntry(path: Path, use: (edit: Edit, entry: Entry) => void): void {
    let edit = this.rootEdit();
    for (let i = 0; edit; i++) {
      const key = String(path[i]);
      const entry = ownEntry(edit.node, key);
      if (!entry) return;
      if (i === path.length - 1) {
        use(edit, entry);
        return;
      }
      if (entry.value.kind === "scalar" || entry.value.alias) return;
      edit = this.editBelow(edit, entry, key);
    }
  }

  /* ---- writing */

  private change(from: number, to: number, insert: string): void {
    this.changes.push({ from, to, insert });
  }

  private write(edit: Edit): void {
    const { node, base } = edit;
    for (const [entry, key] of edit.renamed) {
      const at = base + (entry.base ?? 0);
      if (!edit.removed.has(entry))
        this.change(at + entry.start, at + entry.keyEnd, keyText(key, node.flow, this.json));
    }
    if (node.flow) this.writeFlow(edit);
    else this.writeBlock(edit);
  }

  private placeOf(edit: Edit, entry: Entry) {
    const base = edit.base + (entry.base ?? 0);
    const after = base + entry.after;
    return {
      start: base + entry.start,
      after,
      valueStart: base + entry.value.start,
      end: Math.max(after, base + entry.value.end),
    };
  }

  /* ---- block style */

  private writeBlock(edit: Edit): void {
    const column = columnOf(this.text, this.placeOf(edit, edit.node.entries[0]!).start);
    for (const entry of edit.removed) this.removeLines(edit, entry, column);
    for (const [entry, value] of edit.replaced)
      if (!edit.removed.has(entry)) this.replaceInBlock(edit, entry, value, column);
    this.addLines(edit, column);
    if (isEmptied(edit) && edit.parent) {
      const { after } = this.placeOf(edit.parent.edit, edit.parent.entry);
      this.change(after, after, edit.node.kind === "map" ? " {}" : " []");
    }
  }

  private removeLines(edit: Edit, entry: Entry, column: number): void {
    const { start, end } = this.placeOf(edit, entry);
    const region = regionEnd(this.text, end, column);
    const line = lineStart(this.text, start);
    if (this.text.slice(line, start).trim() === "") {
      this.change(line, region, "");
      return;
    }
    // "- name: x": the dash stays, and with it what follows on the next line unless that is a comment.
    const next = edit.node.entries[edit.node.entries.indexOf(entry) + 1];
    const nextStart = next && !edit.removed.has(next) ? this.placeOf(edit, next).start : -1;
    if (nextStart >= 0 && this.text.slice(region, nextStart).trim() === "") this.change(start, nextStart, "");
    else this.change(start, Math.max(start, lineEnd(this.text, region - 1)), "");
  }

  private addLines(edit: Edit, column: number): void {
    const kept = edit.node.entries.filter((entry) => !edit.removed.has(entry));
    for (const [key, value] of edit.added) {
      const rank = hasFields(edit.path) ? rankOf(key) : FIELDS.length;
      const anchor = kept.findLast((entry) => !hasFields(edit.path) || rankOf(entry.key) <= rank);
      const lines = edit.node.kind === "list" ? itemLines(value) : entryLines([key, value]);
      this.insertLines(edit, anchor, lines, column);
    }
  }

  private insertLines(edit: Edit, anchor: Entry | undefined, lines: string[], column: number): void {
    const text = lines.map((line) => this.indented(line, column)).join(this.eol);
    if (anchor) {
      const at = regionEnd(this.text, this.placeOf(edit, anchor).end, column);
      const open = this.text[at - 1] !== "\n";
      this.change(at, at, open ? this.eol + text : text + this.eol);
      return;
    }
    const { start } = this.placeOf(edit, edit.node.entries[0]!);
    const line = lineStart(this.text, start);
    if (this.text.slice(line, start).trim() === "") {
      this.change(line, line, text + this.eol);
      return;
    }
    const rest = edit.removed.has(edit.node.entries[0]!) ? "" : this.eol + " ".repeat(column);
    this.change(start, start, text.trimStart() + rest);
  }

  private indented(line: string, column: number): string {
    return line && " ".repeat(column) + line;
  }

  private replaceInBlock(edit: Edit, entry: Entry, value: Value, column: number): void {
    const old = entry.value;
    const { after, valueStart, end } = this.placeOf(edit, entry);
    const { head, lines } = this.written(edit, entry, value, column);
    const below = lines.map((line) => this.eol + this.indented(line, column)).join("");
    if (old.kind !== "scalar" && !old.flow && !old.alias) {
      this.replaceCollection(old, { after, valueStart, end }, head, below, column);
    } else if (old.kind === "scalar" && old.style === "block") {
      const open = this.text[end - 1] !== "\n";
      this.change(head ? valueStart : after, end, head + below + (open ? "" : this.eol));
    } else {
      const spaced = valueStart > after && /^[ \t]+$/.test(this.text.slice(after, valueStart));
      this.change(head && spaced ? valueStart : after, end, head && !spaced ? ` ${head}` : head);
      const behind = lineEnd(this.text, end);
      if (below) this.change(behind, behind, below);
    }
  }

  private replaceCollection(
    old: Collection,
    place: { after: number; valueStart: number; end: number },
    head: string,
    below: string,
    column: number,
  ): void {
    const { after, valueStart, end } = place;
    const first = lineStart(this.text, valueStart);
    if (first <= after) {
      // It begins on the line of its dash.
      this.change(valueStart, end, head + below + (this.text[end - 1] === "\n" ? this.eol : ""));
      return;
    }
    // Comments between the key and the first entry stay.
    const comment = this.text.slice(after, lineEnd(this.text, after)).search(/(^|\s)#/);
    this.change(after, comment < 0 ? lineEnd(this.text, after) : after + comment, head && ` ${head}`);
    const region = regionEnd(this.text, end, old.kind === "list" ? column - 1 : column);
    const tail = below && below.slice(this.eol.length) + (this.text[region - 1] === "\n" ? this.eol : "");
    this.change(first, region, tail);
  }

  /** Quotes stay what they were; no literal block where comments that follow would become part of it. */
  private written(edit: Edit, entry: Entry, value: Value, column: number) {
    const old = entry.value;
    const written = blockText(value);
    if (typeof value !== "string") return written;
    if (written.lines.length && this.hasCommentsBelow(edit, entry, column))
      return { head: oneLine(value, false, "double"), lines: [] };
    const quoted = old.kind === "scalar" && (old.style === "single" || old.style === "double");
    return written.lines.length || !quoted ? written : { head: oneLine(value, false, old.style as Quotes), lines: [] };
  }

  private hasCommentsBelow(edit: Edit, entry: Entry, column: number): boolean {
    const { after, valueStart, end } = this.placeOf(edit, entry);
    const first = lineStart(this.text, valueStart);
    const isCollection = entry.value.kind !== "scalar" && !entry.value.flow;
    if (isCollection && first > after) return this.text.slice(lineEnd(this.text, after), valueStart).includes("#");
    const from = isCollection || this.text[end - 1] === "\n" ? end : lineEnd(this.text, end);
    return this.text.slice(from, regionEnd(this.text, end, column)).includes("#");
  }

  /* ---- flow style */

  private writeFlow(edit: Edit): void {
    const { node, parent } = edit;
    if (!node.entries.length && edit.added.size && parent && !parent.edit.node.flow) {
      const column = columnOf(this.text, this.placeOf(parent.edit, parent.edit.node.entries[0]!).start);
      const value = node.kind === "map" ? edit.added : [...edit.added.values()];
      this.replaceInBlock(parent.edit, parent.entry, value, column);
      return;
    }
    for (const [entry, value] of edit.replaced) if (!edit.removed.has(entry)) this.replaceInFlow(edit, entry, value);
    this.removeInFlow(edit);
    this.addInFlow(edit);
  }

  private replaceInFlow(edit: Edit, entry: Entry, value: Value): void {
    const { after, valueStart, end } = this.placeOf(edit, entry);
    const old = entry.value;
    const quotes = typeof value === "string" && old.kind === "scalar" && old.style !== "plain" && old.style !== "block";
    const text = quotes ? oneLine(value, true, old.style as Quotes) : flowText(value, this.json);
    const spaced = valueStart > after || edit.node.kind === "list";
    if (spaced && this.text.slice(after, valueStart).trim() === "") this.change(valueStart, end, text);
    else this.change(after, end, this.text[after - 1] === ":" ? ` ${text}` : `: ${text}`);
  }

  private removeInFlow(edit: Edit): void {
    const { entries } = edit.node;
    const last = entries.findLastIndex((entry) => !edit.removed.has(entry));
    if (last < 0 && entries.length) {
      if (!edit.added.size) this.change(edit.base + edit.node.start + 1, edit.base + edit.node.end - 1, "");
      return;
    }
    for (let i = 0; i < last; i++) {
      if (edit.removed.has(entries[i]!))
        this.change(this.placeOf(edit, entries[i]!).start, this.placeOf(edit, entries[i + 1]!).start, "");
    }
    if (last === entries.length - 1) return;
    const from = this.placeOf(edit, entries[last]!).end;
    const { start } = this.placeOf(edit, entries[last + 1]!);
    const { end } = this.placeOf(edit, entries[entries.length - 1]!);
    // A comment behind the comma belongs to what stays; YAML takes the comma then left at the end.
    this.change(this.text.slice(from, start).includes("#") ? start : from, end, "");
  }

  private addInFlow(edit: Edit): void {
    if (!edit.added.size) return;
    const { node, base } = edit;
    const list = node.kind === "list";
    const items = [...edit.added].map(([key, value]) =>
      list ? flowText(value, this.json) : `${keyText(key, true, this.json)}: ${flowText(value, this.json)}`,
    );
    const anchor = node.entries.findLast((entry) => !edit.removed.has(entry));
    if (!anchor) {
      this.change(base + node.start + 1, base + node.end - 1, items.join(", "));
      return;
    }
    const { start, end } = this.placeOf(edit, anchor);
    const wrapped = this.text.slice(base + node.start, this.placeOf(edit, node.entries[0]!).start).includes("\n");
    const separator = wrapped ? `,${this.eol}${" ".repeat(columnOf(this.text, start))}` : ", ";
    this.change(end, end, items.map((item) => separator + item).join(""));
  }
}

function rankOf(field: string): number {
  const rank = FIELDS.indexOf(field);
  return rank < 0 ? FIELDS.length : rank;
}

function isEmptied(edit: Edit): boolean {
  return edit.node.entries.length > 0 && edit.added.size === 0 && edit.removed.size === edit.node.entries.length;
}

/** The maps that a pipeline has to have. */
function isKept(path: Path): boolean {
  return path.length <= TASKS_PATH.length && path.every((key, i) => key === TASKS_PATH[i]);
}

function isGone(edit: Edit): boolean {
  for (let at = edit.parent; at; at = at.edit.parent) {
    if (at.edit.removed.has(at.entry) || at.edit.replaced.has(at.entry)) return true;
  }
  return false;
}

function deepSet(before: Value | undefined, path: Path, value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === "number") {
    const list = Array.isArray(before) ? before : [];
    list[Math.min(key, list.length)] = deepSet(list[key], rest, value);
    return list;
  }
  const map = before instanceof Map ? before : new Map<string, Value>();
  return map.set(key, deepSet(map.get(key), rest, value));
}

/** What a tree stands for, to be written anew. */
export function plainValue(node: TreeNode): Value | undefined {
  if (isNull(node)) return undefined;
  if (node.kind === "scalar") return node.style === "plain" ? plainScalar(node.text) : node.text;
  const values = entriesOf(node).map((entry) => [entry.key, plainValue(entry.value) ?? ""] as const);
  return node.kind === "map" ? new Map(values) : values.map(([, value]) => value);
}

function plainScalar(text: string): Value {
  if (/^(true|false)$/.test(text)) return text === "true";
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
