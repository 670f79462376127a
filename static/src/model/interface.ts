/* What changed between two interfaces, port by port, judged as catalog/interface.c judges it. */
import { fits } from "./types.ts";

export interface PortLike {
  name: string;
  type?: string | null;
  default?: unknown;
  optional?: boolean;
  description?: string | null;
}

export interface InterfaceLike {
  inputs: PortLike[];
  outputs: PortLike[];
}

export type Verdict = "identical" | "compatible" | "breaking";

export interface PortChange {
  side: "input" | "output";
  name: string;
  /** null: not there. */
  from: PortLike | null;
  to: PortLike | null;
  verdict: Verdict;
  /** "new optional input"; empty where nothing changed. */
  why: string;
}

type Judgement = [Verdict, string];

export const isRequired = (port: PortLike): boolean =>
  !port.optional && (port.default === null || port.default === undefined);

const typeOf = (port: PortLike) => port.type ?? "";

/** '3' and 3 are one default, and so are 'False' and false. */
function sameDefault(x: unknown, y: unknown): boolean {
  const text = (value: unknown) => (typeof value === "object" ? JSON.stringify(value ?? null) : String(value));
  if (x === null || x === undefined || y === null || y === undefined) return (x ?? null) === (y ?? null);
  return text(x) === text(y) || (typeof x !== typeof y && text(x).toLowerCase() === text(y).toLowerCase());
}

function judgeInput(from: PortLike | null, to: PortLike | null): Judgement {
  if (!from) return isRequired(to!) ? ["breaking", "new required input"] : ["compatible", "new optional input"];
  if (!to) return ["breaking", "input removed"];
  if (!fits(from.type ?? null, to.type ?? null)) return ["breaking", "type changed, no lossless conversion"];
  if (isRequired(to) && !isRequired(from)) return ["breaking", "now required"];
  if (typeOf(from) !== typeOf(to)) return ["compatible", "type changed, values still fit"];
  if (isRequired(from) && !isRequired(to)) return ["compatible", "no longer required"];
  if (!sameDefault(from.default, to.default)) return ["compatible", "default changed"];
  if (Boolean(from.optional) !== Boolean(to.optional))
    return ["compatible", to.optional ? "now optional" : "not optional"];
  if ((from.description ?? "") !== (to.description ?? "")) return ["compatible", "description changed"];
  return ["identical", ""];
}

function judgeOutput(from: PortLike | null, to: PortLike | null): Judgement {
  if (!from) return ["compatible", "new output"];
  if (!to) return ["breaking", "output removed"];
  if (typeOf(from) !== typeOf(to)) return ["breaking", "type changed"];
  if ((from.description ?? "") !== (to.description ?? "")) return ["compatible", "description changed"];
  return ["identical", ""];
}

function judge(side: "input" | "output", from: PortLike | null, to: PortLike | null): PortChange {
  const [verdict, why] = side === "input" ? judgeInput(from, to) : judgeOutput(from, to);
  return { side, name: (to ?? from)!.name, from, to, verdict, why };
}

/** Every port of both, in the order of the newer; those that are gone come last. */
export function portChanges(from: InterfaceLike, to: InterfaceLike): PortChange[] {
  const side = (name: "input" | "output", before: PortLike[], after: PortLike[]) => [
    ...after.map((port) => judge(name, before.find((p) => p.name === port.name) ?? null, port)),
    ...before.filter((port) => !after.some((p) => p.name === port.name)).map((port) => judge(name, port, null)),
  ];
  return [...side("input", from.inputs, to.inputs), ...side("output", from.outputs, to.outputs)];
}

interface PortDiffLike {
  added: PortLike[];
  removed: PortLike[];
  changed: { from: PortLike; to: PortLike }[];
}

/** The same from the hub's own comparison, which leaves out what did not change. */
export function changesOfDiff(diff: { inputs: PortDiffLike; outputs: PortDiffLike }): PortChange[] {
  const side = (name: "input" | "output", ports: PortDiffLike) => [
    ...ports.added.map((port) => judge(name, null, port)),
    ...ports.changed.map(({ from, to }) => judge(name, from, to)),
    ...ports.removed.map((port) => judge(name, port, null)),
  ];
  return [...side("input", diff.inputs), ...side("output", diff.outputs)];
}

const RANK: Record<Verdict, number> = { identical: 0, compatible: 1, breaking: 2 };

export const verdictOf = (changes: PortChange[]): Verdict =>
  changes.reduce<Verdict>((worst, { verdict }) => (RANK[verdict] > RANK[worst] ? verdict : worst), "identical");

/** What a row has room for: words before and after the name of the port that changed most, and how many more did. */
export interface Brief {
  before: string;
  name: string;
  after: string;
  more: number;
}

export function brief(changes: PortChange[]): Brief | null {
  const real = changes.filter((c) => c.verdict !== "identical");
  const first = [...real].sort((a, b) => RANK[b.verdict] - RANK[a.verdict])[0];
  if (!first) return null;
  return { ...words(first), name: first.name, more: real.length - 1 };
}

function words({ side, from, to, why }: PortChange): { before: string; after: string } {
  if (!from)
    return {
      before: side === "output" ? "adds output" : isRequired(to!) ? "adds required" : "adds optional",
      after: "",
    };
  if (!to) return { before: side === "output" ? "drops output" : "drops", after: "" };
  if (typeOf(from) !== typeOf(to))
    return { before: "", after: `: ${typeOf(from) || "any type"} → ${typeOf(to) || "any type"}` };
  if (why.endsWith(" changed")) return { before: `${why.replace(" changed", "")} of`, after: "changed" };
  return { before: "", after: why };
}
