/*
 * Reads what tasks mostly are, several times faster than the parser: block maps of one-line scalars and one-line flow
 * collections. Gives null for everything else, whether right or wrong, which is then for the parser; what it does read
 * it reads as the parser does.
 */
import type { Entry, TreeNode } from "./tree.ts";

/** Thrown inside of this file alone. */
const NOT_SIMPLE = new Error("not simple");
const MAX_DEPTH = 32;

/** Line breaks other than \n, tabs and what is rare enough. */
const STRANGE = /[^\n\x20-\x7e\u00a1-\u2027\u2030-\ud7ff]/;

export function quickParse(text: string): TreeNode | null {
  if (STRANGE.test(text)) return null;
  try {
    const reader = new Quick(text);
    // At the margin a line may be a mark between documents.
    if (!reader.toContent() || reader.indent === 0) return null;
    const root = reader.blockMap(reader.indent, 0);
    return reader.atEnd ? root : null;
  } catch (error) {
    if (error === NOT_SIMPLE) return null;
    throw error;
  }
}

const BLOCK_KEY =
  /[A-Za-z0-9_](?:[\w./ -]*[\w./-])?(?=:(?: |\n|$))|'[^'\n]+'(?=:(?: |\n|$))|"[^"\\\n]+"(?=:(?: |\n|$))/y;
const FLOW_KEY = /[A-Za-z0-9_](?:[\w./ -]*[\w./-])?(?=: )|'[^'\n]+'(?=: )|"[^"\\\n]+"(?=: )/y;
const QUOTED = /'(?:[^'\n]|'')*'|"[^"\\\n]*"/y;
/** Up to a comment or the end of the line; what must not be in it is looked for afterwards. */
const BLOCK_PLAIN = /(?:[A-Za-z0-9_./\u00a1-\ud7ff]|-(?=\d))(?:[^ \n]| +(?![ #\n]|$))*/y;
const FLOW_PLAIN = /(?:[A-Za-z0-9_./\u00a1-\ud7ff]|-(?=\d))(?:[\w./\u00a1-\ud7ff-]| +(?=[\w./\u00a1-\ud7ff-]))*/y;
const SPACES = / */y;
const LINE_END = / *(?:$|\n)| +#[^\n]*(?:$|\n)/y;

class Quick {
  private readonly text: string;
  private at = 0;
  /** of the line that `at` is on */
  indent = 0;
  atEnd = false;

  constructor(text: string) {
    this.text = text;
  }

  /** From the start of a line to the content of the next line that has some. */
  toContent(): boolean {
    while (this.at < this.text.length) {
      const start = this.at;
      this.take(SPACES);
      const next = this.text[this.at];
      if (next !== "\n" && next !== "#" && next !== undefined) {
        this.indent = this.at - start;
        return true;
      }
      const newline = this.text.indexOf("\n", this.at);
      this.at = newline < 0 ? this.text.length : newline + 1;
    }
    this.atEnd = true;
    this.indent = -1;
    return false;
  }

  blockMap(indent: number, depth: number): TreeNode {
    const entries: Entry[] = [];
    const start = this.at;
    while (this.indent === indent) {
      const entry = this.key(BLOCK_KEY, entries, depth);
      entry.value = this.blockValue(entry.after, indent, depth);
      entries.push(entry);
      if (this.indent > indent) throw NOT_SIMPLE;
    }
    const last = entries[entries.length - 1]!;
    return { kind: "map", flow: false, entries, start, end: Math.max(last.after, last.value.end) };
  }

  /** Leaves `at` on the content of the next line. */
  private blockValue(after: number, indent: number, depth: number): TreeNode {
    if (this.lineEnds()) {
      this.toContent();
      if (this.indent > indent) return this.blockMap(this.indent, depth + 1);
      if (this.text[this.at] === "-") throw NOT_SIMPLE; // maybe a list at the column of its key
      return { kind: "scalar", text: "", style: "plain", start: after, end: after };
    }
    this.take(SPACES);
    const value = this.value(BLOCK_PLAIN, depth);
    if (value.kind === "scalar" && value.style === "plain" && /:(?: |$)| :/.test(value.text)) throw NOT_SIMPLE;
    if (!this.lineEnds()) throw NOT_SIMPLE;
    this.toContent();
    return value;
  }

  private value(plain: RegExp, depth: number): TreeNode {
    const start = this.at;
    const first = this.text[start];
    if (first === "{" || first === "[") return this.flow(first, depth + 1);
    if (first === "'" || first === '"') {
      const quoted = this.need(QUOTED);
      const style = first === "'" ? "single" : "double";
      return { kind: "scalar", text: unquoted(quoted), style, start, end: this.at };
    }
    return { kind: "scalar", text: this.need(plain), style: "plain", start, end: this.at };
  }

  private flow(open: "{" | "[", depth: number): TreeNode {
    const start = this.at++;
    const close = open === "{" ? "}" : "]";
    const entries: Entry[] = [];
    this.take(SPACES);
    while (this.text[this.at] !== close) {
      if (entries.length) {
        if (this.text[this.at++] !== ",") throw NOT_SIMPLE;
        this.take(SPACES);
      }
      entries.push(open === "{" ? this.flowPair(entries, depth) : this.flowItem(entries.length, depth));
      this.take(SPACES);
    }
    this.at++;
    return { kind: open === "{" ? "map" : "list", flow: true, entries, start, end: this.at };
  }

  private flowPair(before: Entry[], depth: number): Entry {
    const entry = this.key(FLOW_KEY, before, depth);
    this.take(SPACES);
    entry.value = this.value(FLOW_PLAIN, depth);
    return entry;
  }

  private flowItem(number: number, depth: number): Entry {
    const value = this.value(FLOW_PLAIN, depth);
    return { key: String(number), start: value.start, keyEnd: value.start, after: value.start, value };
  }

  /** An entry that waits for its value, `at` behind the colon. */
  private key(pattern: RegExp, before: Entry[], depth: number): Entry {
    if (depth > MAX_DEPTH) throw NOT_SIMPLE;
    const start = this.at;
    const key = unquoted(this.need(pattern));
    if (before.some((entry) => entry.key === key)) throw NOT_SIMPLE;
    const keyEnd = this.at++;
    return {
      key,
      start,
      keyEnd,
      after: this.at,
      value: { kind: "scalar", text: "", style: "plain", start, end: start },
    };
  }

  private lineEnds(): boolean {
    return this.take(LINE_END) !== null;
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private need(pattern: RegExp): string {
    const match = this.take(pattern);
    if (match === null) throw NOT_SIMPLE;
    return match;
  }
}

function unquoted(text: string): string {
  if (text[0] === "'") return text.slice(1, -1).replace(/''/g, "'");
  return text[0] === '"' ? text.slice(1, -1) : text;
}
