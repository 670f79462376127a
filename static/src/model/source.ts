/*
 * A document's text as a tree. Tasks are read one by one where that gives the same tree as reading all at once, so that
 * after an edit only the task that changed has to be read again: at a thousand tasks that is 3 ms instead of 100.
 */
import { quickParse } from "./quick.ts";
import {
  type Collection,
  type Entry,
  get,
  isNull,
  ownEntry,
  type Parsed,
  parse,
  type TreeError,
  type TreeNode,
} from "./tree.ts";

/** The text of one task, from the line of its name to that of the next, and its tree with offsets from there. */
export interface Chunk {
  text: string;
  entry: Entry;
}

export interface SourceTree {
  root: TreeNode | null;
  errors: TreeError[];
  /** where a task's chunk begins in the text, and the chunk; empty where the text was read as a whole */
  placed: Map<string, { offset: number; line: number; chunk: Chunk }>;
  /** by text: also those that are only to be found in an earlier text, while the present one cannot be read */
  chunks: Map<string, Chunk>;
  skeleton: Skeleton | null;
}

/** All but the tasks. */
interface Skeleton {
  before: string;
  behind: string;
  root: TreeNode;
}

export const TASKS_PATH = ["implementation", "graph", "tasks"];

export function readTree(text: string, previous: SourceTree | null): SourceTree {
  const split = splitTasks(text);
  const parts = split && readParts(text, split, previous);
  return parts ?? wholeSource(parse(text), previous);
}

function wholeSource(parsed: Parsed, previous: SourceTree | null): SourceTree {
  const { root, errors } = parsed;
  return {
    root,
    errors,
    placed: new Map(),
    chunks: previous?.chunks ?? new Map(),
    skeleton: previous?.skeleton ?? null,
  };
}

/* ---- cutting */

interface Split {
  /** offset behind the key `tasks` */
  keyEnd: number;
  starts: number[];
  lines: number[];
  end: number;
}

const SPACE = 32;
const NEWLINE = 10;
const HASH = 35;
const RETURN = 13;

/** Where tasks begin, going by indentation alone; null where nothing looks like block style tasks. */
function splitTasks(text: string): Split | null {
  const top = /^implementation:[ \t]*(?:#[^\n]*)?\r?$/m.exec(text);
  if (!top) return null;
  const walk = new Lines(text, top.index);
  walk.next();
  for (const key of TASKS_PATH.slice(1)) if (!findKey(walk, key)) return null;
  const split: Split = { keyEnd: walk.start + walk.indent + "tasks".length, starts: [], lines: [], end: text.length };
  const outer = walk.indent;
  if (!walk.next() || walk.indent <= outer) return null;
  const column = walk.indent;
  do {
    if (walk.indent < column) break;
    if (walk.indent > column) continue;
    split.starts.push(walk.start);
    split.lines.push(walk.line);
  } while (walk.next());
  if (!walk.done) split.end = walk.start;
  return split;
}

/** Goes on to the line of a key one level below the current line. */
function findKey(walk: Lines, key: string): boolean {
  const outer = walk.indent;
  if (!walk.next() || walk.indent <= outer) return false;
  const column = walk.indent;
  do {
    if (walk.indent < column) return false;
    if (walk.indent === column && walk.has(key)) return true;
  } while (walk.next());
  return false;
}

/** Walks the lines that are neither empty nor comments. */
class Lines {
  readonly text: string;
  start: number;
  indent = 0;
  line: number;
  done = false;
  private following: number;

  constructor(text: string, start: number) {
    this.text = text;
    this.start = start;
    this.following = start;
    this.line = countLines(text, 0, start);
  }

  next(): boolean {
    const { text } = this;
    while (this.following < text.length) {
      this.start = this.following;
      this.line++;
      const newline = text.indexOf("\n", this.start);
      this.following = newline < 0 ? text.length : newline + 1;
      let at = this.start;
      while (text.charCodeAt(at) === SPACE) at++;
      const first = text.charCodeAt(at);
      if (first === HASH || first === NEWLINE || first === RETURN || at === text.length) continue;
      this.indent = at - this.start;
      return true;
    }
    this.done = true;
    return false;
  }

  has(key: string): boolean {
    const at = this.start + this.indent;
    return this.text.startsWith(`${key}:`, at) && /^[ \t]*(#.*)?\r?$/.test(this.rest(at + key.length + 1));
  }

  private rest(from: number): string {
    return this.text.slice(from, this.text[this.following - 1] === "\n" ? this.following - 1 : this.following);
  }
}

/** Line breaks in [from, to). */
export function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/* ---- putting together */

/** Null where the parts are not what they would be in the whole, or are wrong: then reading the whole tells. */
function readParts(text: string, split: Split, previous: SourceTree | null): SourceTree | null {
  const first = split.starts[0] ?? 0;
  const skeleton = readSkeleton(text.slice(0, first), text.slice(split.end), split.keyEnd, previous?.skeleton ?? null);
  if (!skeleton) return null;
  const chunks = new Map<string, Chunk>();
  const placed: SourceTree["placed"] = new Map();
  const entries: Entry[] = [];
  for (let i = 0; i < split.starts.length; i++) {
    const offset = split.starts[i]!;
    const part = text.slice(offset, split.starts[i + 1] ?? split.end);
    const chunk = previous?.chunks.get(part) ?? readChunk(part);
    if (!chunk || placed.has(chunk.entry.key)) return null;
    chunks.set(part, chunk);
    placed.set(chunk.entry.key, { offset, line: split.lines[i]!, chunk });
    entries.push({ ...chunk.entry, base: offset });
  }
  const root = putIn(skeleton.root, TASKS_PATH, entries, split.end - first) as TreeNode;
  return { root, errors: [], placed, chunks, skeleton };
}

function readSkeleton(before: string, behind: string, keyEnd: number, previous: Skeleton | null): Skeleton | null {
  if (previous && previous.before === before && previous.behind === behind) return previous;
  const { root, errors, anchors } = parse(before + behind);
  if (errors.length || anchors || !root) return null;
  const graph = get(get(root, "implementation"), "graph");
  const tasks = graph?.kind === "map" ? ownEntry(graph, "tasks") : undefined;
  // The key that was found by its looks must be the one that the parser finds.
  return tasks?.keyEnd === keyEnd && isNull(tasks.value) ? { before, behind, root } : null;
}

function readChunk(text: string): Chunk | null {
  const root = quickParse(text) ?? carefulParse(text);
  if (root?.kind !== "map" || root.flow || root.entries.length !== 1) return null;
  return { text, entry: root.entries[0]! };
}

function carefulParse(text: string): TreeNode | null {
  const { root, errors, anchors } = parse(text);
  return errors.length || anchors ? null : root;
}

/** The skeleton's tree with the tasks in it; what stands behind them moves by their length. */
function putIn(node: TreeNode, path: readonly string[], tasks: Entry[], length: number): TreeNode {
  const [key, ...rest] = path;
  if (key === undefined) {
    const start = tasks[0]!.base! + tasks[0]!.start;
    const last = tasks[tasks.length - 1]!;
    const end = last.base! + Math.max(last.after, last.value.end);
    return { kind: "map", flow: false, entries: tasks, start, end };
  }
  const map = node as Collection;
  const at = map.entries.findIndex((entry) => entry.key === key);
  const entries = map.entries.map((entry, i) => {
    if (i === at) return { ...entry, value: putIn(entry.value, rest, tasks, length) };
    return i > at ? { ...entry, base: length } : entry;
  });
  const last = entries[entries.length - 1]!;
  const end = Math.max(last.after, last.value.end) + (last.base ?? 0);
  return { ...map, entries, index: undefined, end };
}
