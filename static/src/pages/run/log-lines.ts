/** The lines of a log that arrives in pieces: terminal codes taken out, matches found, heights known. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what terminal codes are
const TERMINAL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** More are not kept: the beginning is in the download. */
const MOST = 400_000;
const DROP = 50_000;
/** Longer lines are shown in pieces. */
const LONGEST = 4000;

/** A line as it is shown: a carriage return begins it anew, as progress bars do. */
export function clean(raw: string): string {
  let line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  const again = line.lastIndexOf("\r");
  if (again >= 0) line = line.slice(again + 1);
  if (line.includes("\u001b")) line = line.replace(TERMINAL, "");
  if (line.includes("\t")) line = line.replace(/\t/g, "  ");
  return line.replace(CONTROL, "");
}

export class LogLines {
  lines: string[] = [];
  /** How many lines were dropped at the beginning. */
  dropped = 0;
  /** Characters of the longest line. */
  longest = 0;
  private rest = "";
  /** The last line is not ended yet. */
  private open = false;

  append(text: string) {
    const parts = (this.rest + text).split("\n");
    this.rest = parts.pop()!;
    if (this.open) this.lines.pop();
    for (const part of parts) this.push(clean(part));
    this.open = this.rest !== "";
    if (this.open) {
      // An endless line is cut, so that it does not grow with each piece.
      if (this.rest.length > LONGEST * 4) {
        this.push(clean(this.rest));
        this.rest = "";
        this.open = false;
      } else this.lines.push(clean(this.rest).slice(0, LONGEST * 4));
    }
    if (this.lines.length > MOST + DROP) {
      const extra = this.lines.length - MOST;
      this.lines = this.lines.slice(extra);
      this.dropped += extra;
    }
  }

  private push(line: string) {
    this.longest = Math.max(this.longest, Math.min(LONGEST, line.length));
    if (line.length <= LONGEST) this.lines.push(line);
    else for (let at = 0; at < line.length; at += LONGEST) this.lines.push(line.slice(at, at + LONGEST));
  }
}

export const matcher = (query: string): RegExp | null =>
  query ? new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi") : null;

/** Numbers of the lines that hold the query, from `from` on. */
export function findLines(lines: readonly string[], query: string, from = 0): number[] {
  const found: number[] = [];
  const pattern = matcher(query);
  if (!pattern) return found;
  for (let i = from; i < lines.length; i++) {
    pattern.lastIndex = 0;
    if (pattern.test(lines[i]!)) found.push(i);
  }
  return found;
}

/** A line in turns of text and match. */
export function splitMatches(line: string, query: string): { text: string; match: boolean }[] {
  const pattern = matcher(query);
  if (!pattern) return [{ text: line, match: false }];
  const parts: { text: string; match: boolean }[] = [];
  let at = 0;
  for (const match of line.matchAll(pattern)) {
    if (match.index > at) parts.push({ text: line.slice(at, match.index), match: false });
    parts.push({ text: match[0], match: true });
    at = match.index + match[0].length;
  }
  if (at < line.length || !parts.length) parts.push({ text: line.slice(at), match: false });
  return parts;
}

/** In which row each line begins, where lines are broken after `columns` characters; grows with the log. */
export class RowIndex {
  /** Rows before each line, and all rows at the end. */
  before: number[] = [0];
  private of: readonly string[] | null = null;
  readonly columns: number;

  constructor(columns: number) {
    this.columns = columns;
  }

  update(lines: readonly string[]): this {
    if (this.of !== lines) {
      this.of = lines;
      this.before = [0];
    }
    // The last line that is known may have grown since.
    this.before.length = Math.max(1, Math.min(this.before.length - 1, lines.length));
    for (let i = this.before.length - 1; i < lines.length; i++)
      this.before.push(this.before[i]! + Math.max(1, Math.ceil(widthOf(lines[i]!) / this.columns)));
    return this;
  }

  get rows(): number {
    return this.before[this.before.length - 1]!;
  }

  /** The line that holds a row. */
  lineAt(row: number): number {
    let low = 0;
    let high = Math.max(0, this.before.length - 2);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.before[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The lines that hold a text; only what is new is looked through again. */
export class Finder {
  found: number[] = [];
  private seen = 0;
  private of: readonly string[] | null = null;
  readonly query: string;

  constructor(query: string) {
    this.query = query;
  }

  update(lines: readonly string[]): this {
    const from = this.of === lines ? Math.max(0, Math.min(this.seen, lines.length) - 1) : 0;
    this.of = lines;
    this.seen = lines.length;
    let keep = this.found.length;
    while (keep > 0 && this.found[keep - 1]! >= from) keep--;
    this.found = [...this.found.slice(0, keep), ...findLines(lines, this.query, from)];
    return this;
  }
}

/** In character cells: scripts of East Asia and most pictures take two. */
function widthOf(line: string): number {
  let width = line.length;
  for (let i = 0; i < line.length; i++) if (line.charCodeAt(i) >= 0x1100 && line.charCodeAt(i) < 0xd800) width++;
  return width;
}
