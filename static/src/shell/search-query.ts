/** What is typed into the search over everything: words, and what narrows them. */
import { KINDS, type Kind, STATES, type State } from "../net/types.ts";
import { PLURAL } from "../route/places.ts";

export type Group = "assets" | "runs" | "acts";

export interface Search {
  /** What is left when the rest is taken out. */
  words: string;
  kind: Kind | null;
  provider: string | null;
  state: State | null;
  /** Groups that can have answers. */
  groups: Group[];
  /** What was narrowed to something that does not exist, as typed: "kind:modle". */
  unknown: string | null;
}

const NARROWING = /(^|\s)(kind|provider|state):(?:"([^"]*)"?|(\S*))/gi;

/** Those that begin so; the exact one alone. */
function named<T extends string>(all: readonly T[], text: string, other: (one: T) => string = (one) => one): T[] {
  const wanted = text.toLowerCase().replaceAll(/[-\s]/g, "_");
  const exact = all.find((one) => one === wanted || other(one) === wanted);
  if (exact) return [exact];
  return all.filter((one) => one.startsWith(wanted) || other(one).startsWith(wanted));
}

export function readSearch(text: string): Search {
  const search: Search = {
    words: "",
    kind: null,
    provider: null,
    state: null,
    groups: ["assets", "runs", "acts"],
    unknown: null,
  };
  if (text.trimStart().startsWith(">")) {
    search.words = text.trimStart().slice(1).trim();
    search.groups = ["acts"];
    return search;
  }
  const rest = text.replace(NARROWING, (typed: string, _space, name: string, quoted?: string, plain?: string) => {
    const value = (quoted ?? plain ?? "").trim();
    if (!value) return " ";
    const isKind = name.toLowerCase() === "kind";
    if (name.toLowerCase() === "provider") search.provider = value;
    else {
      const meant = isKind ? named(KINDS, value, (kind) => PLURAL[kind]) : named(STATES, value);
      if (meant.length === 0) search.unknown = typed.trim();
      // As long as it may become several, it does not narrow yet.
      if (meant.length === 1 && isKind) search.kind = meant[0] as Kind;
      if (meant.length === 1 && !isKind) search.state = meant[0] as State;
    }
    return " ";
  });
  search.words = rest.trim().replace(/\s+/g, " ");
  const ofAssets = search.kind || search.provider;
  if (search.unknown || (ofAssets && search.state)) search.groups = [];
  else if (ofAssets) search.groups = ["assets"];
  else if (search.state) search.groups = ["runs"];
  return search;
}

/** The provider whose name begins so, whatever its case; as typed if there is none. */
export function providerNamed(typed: string, known: string[]): string {
  const wanted = typed.toLowerCase();
  return (
    known.find((p) => p.toLowerCase() === wanted) ??
    known.find((p) => p.toLowerCase().startsWith(wanted)) ??
    known.find((p) => p.toLowerCase().includes(wanted)) ??
    typed
  );
}

/** Whether each word begins a word of the text: as the hub finds assets. */
export function fits(text: string, words: string): boolean {
  const there = split(text);
  return split(words).every((w) => there.some((t) => t.startsWith(w)));
}

const split = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
