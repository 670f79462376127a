/* Values as YAML text: block style with two spaces, or flow style on one line. */
import { literal, oneLine } from "./scalar.ts";

/** A map or list that is written in flow style even where its surroundings are not: {graphInput: {inputName: x}}. */
export class Inline {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** A block value as it stood somewhere, its lines taken back to the left margin; `value` is for flow surroundings. */
export class Verbatim {
  readonly lines: readonly string[];
  readonly value: Value;
  constructor(lines: readonly string[], value: Value) {
    this.lines = lines;
    this.value = value;
  }
}

/** Strings are written so that every reader takes them for strings; numbers and booleans as what they are. */
export type Value = string | number | boolean | Inline | Verbatim | Value[] | Map<string, Value>;

export function mapOf(entries: Record<string, Value | null | undefined>): Map<string, Value> {
  const given = Object.entries(entries).filter(
    (pair): pair is [string, Value] => pair[1] !== null && pair[1] !== undefined,
  );
  return new Map(given);
}

/** `json`: as in a document that is JSON, every text in double quotes. */
export function flowText(value: Value, json: boolean): string {
  if (typeof value === "string") return oneLine(value, true, json ? "double" : undefined);
  if (typeof value !== "object") return String(value);
  if (value instanceof Inline || value instanceof Verbatim) return flowText(value.value, json);
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item, json)).join(", ")}]`;
  return `{${[...value].map(([key, item]) => `${keyText(key, true, json)}: ${flowText(item, json)}`).join(", ")}}`;
}

/** Keys that need quotes get double ones, as KFP's "==" has. */
export function keyText(key: string, flow: boolean, json: boolean): string {
  return json || oneLine(key, flow) !== key ? oneLine(key, flow, "double") : key;
}

/** What follows a key or a dash: on its line, and on lines of their own that count from the column of the key. */
export interface Written {
  head: string;
  lines: string[];
}

export function blockText(value: Value): Written {
  if (typeof value === "string") {
    const block = literal(value);
    return block
      ? { head: block.header, lines: block.lines.map(indented) }
      : { head: oneLine(value, false), lines: [] };
  }
  if (value instanceof Verbatim) return { head: "", lines: value.lines.map(indented) };
  if (Array.isArray(value) && value.length) return { head: "", lines: value.flatMap(itemLines) };
  if (value instanceof Map && value.size) return { head: "", lines: [...value].flatMap(entryLines).map(indented) };
  return { head: flowText(value, false), lines: [] };
}

function indented(line: string): string {
  return line === "" ? "" : `  ${line}`;
}

export function entryLines([key, value]: [string, Value]): string[] {
  const { head, lines } = blockText(value);
  return [`${keyText(key, false, false)}:${head && ` ${head}`}`, ...lines];
}

/** A map begins on the line of its dash. */
export function itemLines(value: Value): string[] {
  const { head, lines } = blockText(value);
  if (head || !lines[0]) return [`- ${head}`, ...lines];
  return [`- ${lines[0].trimStart()}`, ...lines.slice(1)];
}
