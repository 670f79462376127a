/* YAML as a tree of places: what a patch needs to know is where things stand, not what they mean. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";

interface Place {
  /** Offsets into the text, of the content alone: no trailing comment. In a part that was read by itself they count
      from where that part begins, see Entry.base. */
  start: number;
  end: number;
  /** stands for what was written elsewhere; its insides cannot be patched here */
  alias?: boolean;
}
export interface ScalarNode extends Place {
  kind: "scalar";
  text: string;
  style: "plain" | "single" | "double" | "block";
}
export interface Collection extends Place {
  kind: "map" | "list";
  flow: boolean;
  entries: Entry[];
  /** what `<<` brings in */
  merged?: Entry[];
  index?: Map<string, Entry>;
}
export type TreeNode = ScalarNode | Collection;

export interface Entry {
  /** in a list: its number */
  key: string;
  /** in a list: of the dash, or of the value in a flow list */
  start: number;
  keyEnd: number;
  /** behind the colon or dash */
  after: number;
  value: TreeNode;
  /** added to the offsets of this entry and all below */
  base?: number;
}

export interface TreeError {
  message: string;
  offset: number;
}
export interface Parsed {
  root: TreeNode | null;
  errors: TreeError[];
  anchors: boolean;
}

const MAX_DEPTH = 64;

export function isNull(node: TreeNode | null | undefined): boolean {
  return !node || (node.kind === "scalar" && node.style === "plain" && /^(~|null|Null|NULL|)$/.test(node.text));
}

export function get(node: TreeNode | null | undefined, key: string): TreeNode | undefined {
  if (node?.kind !== "map") return undefined;
  return (ownEntry(node, key) ?? node.merged?.find((entry) => entry.key === key))?.value;
}

export function ownEntry(node: Collection, key: string): Entry | undefined {
  if (node.entries.length < 16) return node.entries.find((entry) => entry.key === key);
  node.index ??= new Map(node.entries.map((entry) => [entry.key, entry]));
  return node.index.get(key);
}

export function entriesOf(node: TreeNode | null | undefined): Entry[] {
  if (!node || node.kind === "scalar") return [];
  return node.merged ? [...node.entries.filter((entry) => entry.key !== "<<"), ...node.merged] : node.entries;
}

/** The text of a scalar that is not null, else null. */
export function textOf(node: TreeNode | null | undefined): string | null {
  return node?.kind === "scalar" && !isNull(node) ? node.text : null;
}

export function parse(text: string): Parsed {
  const reader: Reader = { text, errors: [], anchors: new Map() };
  try {
    const document = parseDocument(text, PARSE_OPTIONS);
    const root = document.contents ? convert(reader, document.contents as Node, 0) : null;
    const errors = document.errors.map((error) => ({ message: firstLine(error.message), offset: error.pos[0] }));
    return { root, errors: [...errors, ...reader.errors], anchors: reader.anchors.size > 0 };
  } catch {
    return { root: null, errors: [{ message: "The text nests too deeply to be read", offset: 0 }], anchors: false };
  }
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}

/* All scalars are texts: what they mean is decided where they are used. Keys are compared here, in less time. */
const PARSE_OPTIONS = { schema: "failsafe", prettyErrors: false, uniqueKeys: false, logLevel: "silent" } as const;

interface Reader {
  text: string;
  errors: TreeError[];
  anchors: Map<string, TreeNode>;
}

const EMPTY = { kind: "scalar", text: "", style: "plain" } as const;

function convert(reader: Reader, node: Node, depth: number): TreeNode {
  if (depth > MAX_DEPTH) throw new RangeError("too deep");
  const [start, end] = node.range ?? [0, 0];
  if (isAlias(node)) {
    const target = reader.anchors.get(node.source);
    // Without a target the parser has complained, unless the alias stands inside of its own anchor.
    if (!target) reader.errors.push({ message: `The alias *${node.source} has no value yet`, offset: start });
    return { ...(target ?? EMPTY), start, end, alias: true };
  }
  const result = convertOwn(reader, node, start, end, depth);
  if ("anchor" in node && node.anchor) reader.anchors.set(node.anchor, result);
  return result;
}

function convertOwn(reader: Reader, node: Node, start: number, end: number, depth: number): TreeNode {
  if (isScalar(node)) return { kind: "scalar", text: node.source ?? "", style: styleOf(node.type), start, end };
  if (isMap(node)) return convertMap(reader, node.items as Pair[], { start, end, flow: node.flow === true }, depth);
  if (!isSeq(node)) return { ...EMPTY, start, end };
  const flow = node.flow === true;
  const column = columnOf(reader.text, start);
  const entries = node.items.map((item, i): Entry => {
    // A pair in a flow list, [a: b], is a map of one.
    const value = convertItem(reader, item as Node | Pair, flow, depth);
    const dash = flow ? value.start : dashBefore(reader.text, value.start, column);
    return { key: String(i), start: dash, keyEnd: dash, after: flow ? dash : dash + 1, value };
  });
  return { kind: "list", flow, entries, start, end: flow ? end : endOfEntries(entries, end) };
}

function convertItem(reader: Reader, item: Node | Pair, flow: boolean, depth: number): TreeNode {
  if (!("key" in item)) return convert(reader, item, depth + 1);
  const [start, end] = (item.key as Node).range ?? [0, 0];
  return convertMap(reader, [item], { start, end, flow }, depth + 1);
}

type Span = { start: number; end: number; flow: boolean };

function convertMap(reader: Reader, pairs: Pair[], span: Span, depth: number): Collection {
  const map: Collection = { kind: "map", flow: span.flow, entries: [], start: span.start, end: span.end };
  const column = columnOf(reader.text, span.start);
  const sources: TreeNode[] = [];
  const seen = new Set<string>();
  for (const pair of pairs) {
    const key = pair.key as Node;
    const [start, keyEnd] = key?.range ?? [span.start, span.start];
    if (!isScalar(key)) {
      reader.errors.push({ message: "A key must be a text", offset: start });
      continue;
    }
    if (!map.flow && columnOf(reader.text, start) !== column)
      reader.errors.push({ message: "Keys with a ? or an anchor before them are not supported", offset: start });
    const name = String(key.source ?? "");
    const after = colonBehind(reader.text, keyEnd);
    let value: TreeNode = pair.value
      ? convert(reader, pair.value as Node, depth + 1)
      : { ...EMPTY, start: after, end: after };
    if (value.kind === "scalar" && value.start === value.end) value = { ...value, start: after, end: after };
    if (seen.has(name)) reader.errors.push({ message: `The key ${name} is there twice`, offset: start });
    seen.add(name);
    if (name === "<<" && key.type === "PLAIN") sources.push(value);
    map.entries.push({ key: name, start, keyEnd, after, value });
  }
  if (sources.length) map.merged = mergedEntries(sources, seen);
  if (!map.flow) map.end = endOfEntries(map.entries, map.end);
  return map;
}

/** The entries of maps and lists of maps behind `<<`, the first of a name counting. */
function mergedEntries(sources: TreeNode[], seen: Set<string>): Entry[] {
  const merged: Entry[] = [];
  for (const source of sources) {
    const maps = source.kind === "list" ? source.entries.map((entry) => entry.value) : [source];
    for (const entry of maps.flatMap(entriesOf)) {
      if (seen.has(entry.key)) continue;
      seen.add(entry.key);
      merged.push(entry);
    }
  }
  return merged;
}

function styleOf(type: string | null | undefined): ScalarNode["style"] {
  if (type === "QUOTE_SINGLE") return "single";
  if (type === "QUOTE_DOUBLE") return "double";
  return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED" ? "block" : "plain";
}

function endOfEntries(entries: Entry[], otherwise: number): number {
  const last = entries[entries.length - 1];
  return last ? Math.max(last.after, last.value.end) : otherwise;
}

/** Behind the colon of a key; behind the key where there is none, as in {a, b}. */
function colonBehind(text: string, keyEnd: number): number {
  let at = keyEnd;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
  return text.charAt(at) === ":" ? at + 1 : keyEnd;
}

function dashBefore(text: string, offset: number, column: number): number {
  let line = lineStart(text, offset);
  while (text.charAt(line + column) !== "-" && line > 0) line = lineStart(text, line - 1);
  return line + column;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Of the line that offset is on, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline < 0) return text.length;
  return newline > offset && text[newline - 1] === "\r" ? newline - 1 : newline;
}

export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline < 0 ? text.length : newline + 1;
}

/** Behind the last line of a block entry which ends at `end`: its trailing comment and comments that are indented
    deeper than its column are its own. */
export function regionEnd(text: string, end: number, column: number): number {
  let region = text[end - 1] === "\n" ? end : nextLine(text, end);
  for (let line = region; line < text.length; line = nextLine(text, line)) {
    const content = text.slice(line, lineEnd(text, line));
    const indent = content.search(/\S/);
    if (indent < 0) continue;
    if (content[indent] !== "#" || indent <= column) break;
    region = nextLine(text, line);
  }
  return region;
}
