/*
 * What a problem says would mend it, a JSON patch (RFC 6902) of one document, as a change of the YAML text around it:
 * comments and whatever stays the same keep their form.
 */
import { parseAllDocuments } from "yaml";
import { changeText, pointerPath } from "./document.ts";
import { Patch, type Path } from "./patch.ts";
import { isNull, ownEntry, parse, type TreeNode } from "./tree.ts";
import type { Value } from "./write.ts";

export interface Operation {
  op: "add" | "remove" | "replace";
  path: string;
  value?: unknown;
}

/** The text with the fix of a problem at that place (both count from 1), or null where it does not fit the text. */
export function applyFix(text: string, line: number, column: number, fix: readonly Operation[]): string | null {
  const span = documentAt(text, line, column);
  if (!span) return null;
  let inside: string | null = text.slice(span.from, span.to);
  for (const operation of fix) {
    inside = applied(inside, operation);
    if (inside === null) return null;
  }
  return text.slice(0, span.from) + inside + text.slice(span.to);
}

const PARSE_OPTIONS = { schema: "failsafe", prettyErrors: false, uniqueKeys: false, logLevel: "silent" } as const;

function documentAt(text: string, line: number, column: number): { from: number; to: number } | null {
  const lines = text.split("\n", line);
  const place = lines.join("\n").length - lines.at(-1)!.length + column - 1;
  let found = null;
  for (const { contents, range } of parseAllDocuments(text, PARSE_OPTIONS)) {
    if (contents?.range && contents.range[0] <= place) found = { from: range[0], to: range[2] };
  }
  return found;
}

function applied(text: string, { op, path: pointer, value }: Operation): string | null {
  const { root, errors } = parse(text);
  if (!root || errors.length) return null;
  const path = pointerPath(pointer);
  const patch = new Patch({ text, editable: true, tree: { root } });
  if (op === "remove") patch.remove(path);
  else if (path.length) patch.set(path, written(value));
  else become(patch, [], root, value);
  const changes = patch.finish();
  return changes.length ? changeText(text, changes) : null;
}

/** Changes only what differs. */
function become(patch: Patch, path: Path, node: TreeNode, value: unknown): void {
  if (equals(node, value)) return;
  if (node.kind === "map" && isMap(value) && !node.alias && !node.merged) {
    for (const { key } of node.entries) if (!Object.hasOwn(value, key)) patch.remove([...path, key]);
    for (const [key, below] of Object.entries(value)) {
      const entry = ownEntry(node, key);
      if (entry) become(patch, [...path, key], entry.value, below);
      else patch.set([...path, key], written(below));
    }
  } else if (node.kind === "list" && Array.isArray(value) && !node.alias && node.entries.length === value.length) {
    for (const [i, entry] of node.entries.entries()) become(patch, [...path, i], entry.value, value[i]);
  } else patch.set(path, written(value));
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function equals(node: TreeNode, value: unknown): boolean {
  if (node.kind === "scalar") {
    if (value === null) return isNull(node);
    return node.text === String(value) && (node.style === "plain" || typeof value === "string");
  }
  if (node.kind === "list")
    return (
      Array.isArray(value) &&
      value.length === node.entries.length &&
      node.entries.every((entry, i) => equals(entry.value, value[i]))
    );
  return (
    isMap(value) &&
    !node.merged &&
    Object.keys(value).length === node.entries.length &&
    node.entries.every((entry) => Object.hasOwn(value, entry.key) && equals(entry.value, value[entry.key]))
  );
}

function written(value: unknown): Value {
  if (Array.isArray(value)) return value.map(written);
  if (isMap(value)) return new Map(Object.entries(value).map(([key, below]) => [key, written(below)]));
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new TypeError("there is no way to write this value");
}
