/** The texts that are looked at, what the hub says of each, and the order in which one goes through it. */
import type { Gate } from "../../net/hub.ts";
import type { LintedDocument, Problem } from "../../net/types.ts";

/** What the hub takes in one call; said before anything is sent. */
export const LIMIT = 8 * 1024 * 1024;
export const MOST_FILES = 50;

export const GATES: readonly Gate[] = ["stable", "beta", "alpha"];
/** What an install that nobody has changed allows. */
export const USUAL_GATE: Gate = "beta";
export const readGate = (text: string | null): Gate => GATES.find((gate) => gate === text) ?? USUAL_GATE;

export interface Rules {
  gate: Gate;
  tektonOnly: boolean;
}

export interface Source {
  id: number;
  name: string;
  text: string;
}

export interface Answer {
  documents: readonly LintedDocument[];
  problems: readonly Problem[];
  /** why there are no documents: the text is neither YAML nor JSON */
  unreadable: string | null;
}

export type Severity = Problem["severity"];
export const countOf = (problems: readonly Problem[], severity: Severity): number =>
  problems.filter((problem) => problem.severity === severity).length;

let nextId = 1;
export const emptySource = (): Source => ({ id: nextId++, name: "Pasted text", text: "" });

/** Those that were there, without one that nothing was typed into, and the new ones behind them. */
export function withTexts(sources: readonly Source[], texts: readonly { name: string; text: string }[]): Source[] {
  const added = texts.map((each) => ({ id: nextId++, ...each }));
  return [...sources.filter((source) => source.text !== ""), ...added];
}

export const withText = (sources: readonly Source[], id: number, text: string): Source[] =>
  sources.map((source) => (source.id === id ? { ...source, text } : source));

export function without(sources: readonly Source[], id: number): Source[] {
  const left = sources.filter((source) => source.id !== id);
  return left.length ? left : [emptySource()];
}

/** Bytes that are sent. */
export const sizeOf = (text: string): number => (text.length * 3 <= LIMIT ? text.length : new Blob([text]).size);

/** A problem and where it is; `key` stays the same while the text around it changes. */
export interface Found {
  source: Source;
  problem: Problem;
  key: string;
}

export function foundIn(sources: readonly Source[], answers: ReadonlyMap<number, Answer>): Found[] {
  return sources.flatMap((source) => {
    const seen = new Map<string, number>();
    return (answers.get(source.id)?.problems ?? []).map((problem) => {
      const name = `${source.id} ${problem.code} ${problem.path} ${problem.message}`;
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return { source, problem, key: `${name} ${times}` };
    });
  });
}

/** The next one, or with -1 the one before, from the end to the beginning again; from none it is the first or last. */
export function stepTo<T extends { key: string }>(
  found: readonly T[],
  key: string | null,
  step: 1 | -1,
): T | undefined {
  const at = found.findIndex((each) => each.key === key);
  if (at < 0) return step > 0 ? found[0] : found.at(-1);
  return found[(at + step + found.length) % found.length];
}

/** What of a line a problem is about, as offsets in it: what its message quotes, or the word at its column. */
export function spanOf(line: string, problem: Problem): { from: number; to: number } | null {
  if (!problem.column || problem.column < 1) return null;
  const column = [...line].slice(0, problem.column - 1).join("").length; // the hub counts characters
  for (const [, quoted = ""] of problem.message.matchAll(/"([^"]+)"/g)) {
    const from = line.indexOf(quoted, column);
    if (from >= 0) return { from, to: from + quoted.length };
  }
  const word = /^[-\s{[]*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]:]+)/.exec(line.slice(column));
  if (!word) return null;
  const to = column + word[0].length;
  return { from: to - word[1]!.length, to };
}

/** "2 errors, 1 warning", "no problems" */
export function tally(problems: readonly Problem[]): string {
  const part = (n: number, word: string) => (n === 0 ? [] : [`${n} ${word}${n === 1 ? "" : "s"}`]);
  const parts = [
    ...part(countOf(problems, "error"), "error"),
    ...part(countOf(problems, "warning"), "warning"),
    ...part(countOf(problems, "info"), "note"),
  ];
  return parts.join(", ") || "no problems";
}
