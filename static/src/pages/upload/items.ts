/** Files on their way into the catalog: what is known of each, and what its errors mean. */
import { brief, type InterfaceLike, portChanges, verdictOf } from "../../model/interface.ts";
import type { Kind, Problem } from "../../net/types.ts";
import { capital } from "../../ui/format.ts";

/** What the hub takes; named before anything is sent. */
export const LIMIT = 32 * 1024 * 1024;
/** Longer texts are not shown here. */
export const TEXT_LIMIT = 512 * 1024;

export interface Chosen {
  namespace: string;
  name: string;
  version: string;
}

export type Field = keyof Chosen;

/** What one can do about a refusal. */
export type Remedy =
  | { act: "kind"; label: string }
  | { act: "set"; label: string; change: Partial<Chosen> }
  | { act: "focus"; label: string; field: Field };

interface Refusal {
  status: number;
  code: string;
  message: string;
  hint: string | null;
}

const FIELD_OF: Record<string, Field> = {
  bad_namespace: "namespace",
  bad_name: "name",
  bad_version: "version",
  name_taken: "name",
  version_exists: "version",
  version_deleted: "version",
  version_is_tag: "version",
};

/** The field that a refusal is about; null: the file. */
export const fieldOf = (refusal: Refusal): Field | null =>
  Object.hasOwn(FIELD_OF, refusal.code) ? FIELD_OF[refusal.code]! : null;

export function remediesOf(refusal: Refusal): Remedy[] {
  switch (refusal.code) {
    case "kind_mismatch": {
      const kind = /publish it as ([a-z]+)/.exec(refusal.hint ?? "")?.[1];
      return kind ? [{ act: "kind", label: `Publish it as ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}` }] : [];
    }
    case "name_taken": {
      const [, namespace, name] = /^(\S+?)\/[a-z]+\/(\S+) exists/.exec(refusal.message) ?? [];
      const other: Remedy = { act: "focus", label: "Choose another name", field: "name" };
      if (!namespace || !name) return [other];
      // A name that was given on purpose is one of which this is to be the next version.
      return [{ act: "set", label: `Publish as a new version of ${namespace}/${name}`, change: { name } }, other];
    }
    case "version_exists":
    case "version_deleted":
    case "version_is_tag":
      return [
        { act: "set", label: "Use the next free version", change: { version: "" } },
        { act: "focus", label: "Choose another version", field: "version" },
      ];
    case "bad_namespace":
    case "bad_name":
    case "bad_version": {
      const field = FIELD_OF[refusal.code]!;
      return [{ act: "focus", label: `Change the ${field}`, field }];
    }
    default:
      return [];
  }
}

/** Problems by the line they are at, and those that have none in this text. */
export function placeProblems(
  problems: readonly Problem[],
  lines: number,
): { notes: Map<number, Problem[]>; rest: Problem[] } {
  const notes = new Map<number, Problem[]>();
  const rest: Problem[] = [];
  for (const problem of problems) {
    // A text that ends too early is wrong behind its last line.
    const line = problem.line ? Math.min(problem.line, lines) : 0;
    if (line > 0 && lines > 0) notes.set(line, [...(notes.get(line) ?? []), problem]);
    else rest.push(problem);
  }
  return { notes, rest };
}

/** The part of a line that a problem is about: the word that begins at its column, or null. */
export function markedPart(
  line: string,
  column: number | null | undefined,
): [before: string, marked: string, after: string] | null {
  if (!column || column < 1 || column > line.length) return null;
  const rest = line.slice(column - 1);
  const word = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]:]+)/.exec(rest)?.[0];
  if (!word) return null;
  return [line.slice(0, column - 1), word, rest.slice(word.length)];
}

const COUNT = (n: number, what: string) => `${n === 1 ? "one" : n} ${what}${n === 1 ? "" : "s"}`;

/** Why this version is proposed. `before`: the newest there is, with its interface. */
export function whyVersion(before: { version: string; interface: InterfaceLike } | null, now: InterfaceLike): string {
  if (!before) return "Its first version.";
  const changes = portChanges(before.interface, now);
  const verdict = verdictOf(changes);
  if (verdict === "identical") return `Same inputs and outputs as ${before.version}.`;
  const real = changes.filter((c) => c.verdict !== "identical");
  const added = real.filter((c) => !c.from).length;
  const removed = real.filter((c) => !c.to).length;
  const changed = real.length - added - removed;
  const parts = [
    added && `${COUNT(added, "port")} added`,
    removed && `${COUNT(removed, "port")} removed`,
    changed && `${COUNT(changed, "port")} changed`,
  ].filter(Boolean);
  const words = brief(changes)!;
  const first =
    real.length === 1
      ? `${words.before} ${words.name}${words.after.startsWith(":") ? "" : " "}${words.after}`.trim()
      : parts.join(", ");
  return `${verdict === "breaking" ? "Breaking" : "Compatible"} since ${before.version}: ${first}.`;
}

const HAS_KIND: readonly Kind[] = ["pipeline", "component", "model", "notebook", "operator", "dataset"];
export const readKind = (text: string | null): Kind | undefined => HAS_KIND.find((kind) => kind === text);

/** A name for a pasted text, from what it says it is. */
export function fileNameFor(text: string): string {
  const name = /^name:\s*["']?([^"'\n#]+)/m.exec(text)?.[1]?.trim();
  const slug = name
    ?.toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `${slug || "pasted"}.${/^\s*[{[]/.test(text) ? "json" : "yaml"}`;
}

/** Begun with a capital, unless it begins with a name, such as one of the path, and ended with a full stop. */
export const asSentence = (text: string, path = "") =>
  text
    .replace(/^[a-z]+(?=[\s,])/, (word) => (path.split("/").includes(word) ? word : capital(word)))
    .replace(/([^.!?])$/, "$1.");

/** Archives, and what else is no text, cannot be shown by lines. */
export const isText = (text: string): boolean => !text.slice(0, 4096).includes("\u0000") && !text.includes("\ufffd");
