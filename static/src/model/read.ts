/* From the tree of a document to what it says: ports, tasks, sources of values, conditions. */
import type {
  Condition,
  Interface,
  PipelinePort,
  Port,
  Position,
  Reference,
  Source,
  Task,
  TaskCondition,
} from "./document.ts";
import { type Entry, entriesOf, get, isNull, parse, type ScalarNode, type TreeNode, textOf } from "./tree.ts";
import { normalType } from "./types.ts";

type Maybe = TreeNode | null | undefined;

/* ---- texts */

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;
const TRUE = /^(true|True|TRUE|yes|Yes|YES|on|On|ON)$/;
const FALSE = /^(false|False|FALSE|no|No|NO|off|Off|OFF)$/;

/** Compact JSON; plain scalars keep their type. */
export function toJson(node: Maybe): string {
  if (!node || isNull(node)) return "null";
  if (node.kind === "scalar") return scalarJson(node);
  if (node.kind === "list") return `[${node.entries.map((entry) => toJson(entry.value)).join(",")}]`;
  return `{${entriesOf(node)
    .map((entry) => `${JSON.stringify(entry.key)}:${toJson(entry.value)}`)
    .join(",")}}`;
}

function scalarJson({ style, text }: ScalarNode): string {
  if (style !== "plain") return JSON.stringify(text);
  if (JSON_NUMBER.test(text)) return text;
  if (TRUE.test(text)) return "true";
  return FALSE.test(text) ? "false" : JSON.stringify(text);
}

/** The text that a program receives: scalars as written, lists and maps as JSON. */
function valueText(node: Maybe): string | null {
  return isNull(node) || node?.kind === "scalar" ? textOf(node) : toJson(node);
}

function isTrue(node: Maybe): boolean {
  if (node?.kind !== "scalar") return false;
  return node.style === "plain" ? TRUE.test(node.text) : node.text === "true";
}

const LABEL_LENGTH = 80;

function shortened(text: string): string {
  return text.length > LABEL_LENGTH ? `${text.slice(0, LABEL_LENGTH - 1)}…` : text;
}

/** One of the hub's annotations; a JSON text stands for its value. */
function setting(annotations: Maybe, key: string): Maybe {
  const node = get(annotations, `component-hub.dev/${key}`);
  if (node?.kind !== "scalar" || !/^\s*[[{]/.test(node.text)) return node;
  const inner = parse(node.text);
  return inner.errors.length === 0 && inner.root ? inner.root : node;
}

/** What editors keep as JSON text; a map is read as well. */
export function readJson(node: Maybe): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(node?.kind === "scalar" ? node.text : toJson(node));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function readPosition(annotations: Maybe): Position | null {
  const { x, y } = readJson(get(annotations, "editor.position"));
  return typeof x === "number" && typeof y === "number" ? { x, y } : null;
}

/* ---- ports */

function readType(node: Maybe): string | null {
  if (node?.kind !== "map") return normalType(textOf(node));
  return normalType(Object.fromEntries(entriesOf(node).map((entry) => [entry.key, textOf(entry.value)])));
}

function readPort(node: TreeNode, input: boolean): Port {
  return {
    name: textOf(get(node, "name")) ?? "",
    type: readType(get(node, "type")),
    optional: input && isTrue(get(node, "optional")),
    default: input ? valueText(get(node, "default")) : null,
    description: textOf(get(node, "description")),
  };
}

/** The entries of a list of ports that are maps with a name. */
function portEntries(node: Maybe): Entry[] {
  return node?.kind === "list" ? node.entries.filter((entry) => textOf(get(entry.value, "name"))) : [];
}

export function readPipelinePorts(node: Maybe, input: boolean, lineAt: (offset: number) => number): PipelinePort[] {
  return portEntries(node).map(({ value, base }) => ({
    ...readPort(value, input),
    position: readPosition(get(value, "annotations")),
    line: lineAt((base ?? 0) + value.start),
  }));
}

function readInterface(node: Maybe): Interface {
  const ports = (key: string) => portEntries(get(node, key)).map(({ value }) => readPort(value, key === "inputs"));
  return { inputs: ports("inputs"), outputs: ports("outputs") };
}

/* ---- values */

/** {graphInput: {inputName: x}} and the like: the only key and its map. */
function onlyEntry(node: Maybe): Entry | null {
  const entries = node?.kind === "map" ? entriesOf(node) : [];
  return entries.length === 1 ? entries[0]! : null;
}

export function readSource(node: TreeNode): Source {
  if (node.kind === "scalar") {
    return isNull(node) ? { kind: "other", label: "empty" } : { kind: "constant", text: node.text };
  }
  const only = onlyEntry(node);
  if (only?.key === "graphInput" && only.value.kind === "map")
    return { kind: "input", input: textOf(get(only.value, "inputName")) ?? "" };
  if (only?.key === "taskOutput" && only.value.kind === "map") {
    const [task, output] = ["taskId", "outputName"].map((key) => textOf(get(only.value, key)) ?? "") as [
      string,
      string,
    ];
    return { kind: "output", task, output };
  }
  if (only?.key === "dynamicData") return { kind: "other", label: dynamicLabel(only.value) };
  return { kind: "other", label: shortened(toJson(node)) };
}

function dynamicLabel(node: TreeNode): string {
  const only = onlyEntry(node);
  if (only?.key === "secret") return `secret ${textOf(get(only.value, "name")) ?? textOf(only.value) ?? ""}`.trim();
  return shortened(only?.key ?? textOf(node) ?? toJson(node));
}

export function readOutputValues(node: Maybe): Map<string, Source> {
  return new Map(entriesOf(node).map((entry) => [entry.key, readSource(entry.value)]));
}

/** What stands under arguments, and inputs that a loop or a template fills. */
function readArguments(task: TreeNode, iterate: string | null, template: Maybe): Map<string, Source> {
  const sources = readOutputValues(get(task, "arguments"));
  if (iterate !== null && !sources.has(iterate)) sources.set(iterate, { kind: "other", label: "each item" });
  for (const { key } of entriesOf(template)) {
    if (!sources.has(key)) sources.set(key, { kind: "other", label: "template" });
  }
  return sources;
}

/* ---- conditions */

/** {op1, op2} as KFP writes them, or a list of two. */
export function operands(node: Maybe): [TreeNode, TreeNode] | null {
  const pair = node?.kind === "list" ? node.entries.map((entry) => entry.value) : [get(node, "op1"), get(node, "op2")];
  return pair.length === 2 && pair[0] && pair[1] ? [pair[0], pair[1]] : null;
}

/** All that must hold; null where it is not a matter of == and != alone. */
function conjunction(node: TreeNode): Condition[] | null {
  const only = onlyEntry(node);
  const sides = only && operands(only.value);
  if (!sides) return null;
  if (only.key === "and") {
    const [left, right] = sides.map(conjunction);
    return left && right ? [...left, ...right] : null;
  }
  if (only.key !== "==" && only.key !== "!=") return null;
  const [left, right] = sides.map(readSource) as [Source, Source];
  if (left.kind === "other" || right.kind === "other") return null;
  return [{ operator: only.key, left, right }];
}

function readCondition(node: Maybe): TaskCondition {
  if (isNull(node) || !node) return { kind: "none" };
  const all = conjunction(node);
  return all ? { kind: "simple", all } : { kind: "other", text: conditionText(node) };
}

const OPERATORS = new Set(["==", "!=", ">", ">=", "<", "<=", "and", "or"]);

/** For people: (a.x == 1 or a.x == 2) and not b.done */
function conditionText(node: TreeNode, nested = false): string {
  const only = onlyEntry(node);
  if (only?.key === "not") return `not ${conditionText(get(only.value, "operand") ?? only.value, true)}`;
  const sides = only && OPERATORS.has(only.key) ? operands(only.value) : null;
  if (!sides) return sourceText(readSource(node));
  const text = sides.map((side) => conditionText(side, true)).join(` ${only!.key} `);
  return nested ? `(${text})` : text;
}

export function sourceText(source: Source): string {
  switch (source.kind) {
    case "constant":
      return JSON_NUMBER.test(source.text) ? source.text : JSON.stringify(source.text);
    case "input":
      return source.input;
    case "output":
      return `${source.task}.${source.output}`;
    case "other":
      return source.label;
  }
}

/* ---- tasks */

const DIGEST = /^(?:sha256:)?([\da-f]{64})$/i;

/** In the order in which the hub resolves: text, digest, spec, name. */
function readReference(node: Maybe): Reference {
  const text = textOf(get(node, "text"));
  const name = nameKey(node);
  if (text) return { key: null, name, inline: readInterface(parse(text).root) };
  const spec = get(node, "spec");
  const inline = spec?.kind === "map" ? readInterface(spec) : null;
  const digest = DIGEST.exec(textOf(get(node, "digest")) ?? "")?.[1]?.toLowerCase();
  return { key: digest ? `sha256:${digest}` : inline ? null : name, name, inline };
}

function nameKey(node: Maybe): string | null {
  const name = textOf(get(node, "name"));
  const tag = textOf(get(node, "tag"));
  return name && tag && !name.includes("@") ? `${name}@${tag}` : name || null;
}

function readRetries(task: TreeNode): number | null {
  const text = textOf(get(get(get(task, "executionOptions"), "retryStrategy"), "maxRetries"));
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function readTask(id: string, node: TreeNode, line: number): Task {
  const annotations = get(node, "annotations");
  const iterate = textOf(get(setting(annotations, "iterate"), "input"));
  const dependsOn = setting(annotations, "depends-on");
  return {
    id,
    reference: readReference(get(node, "componentRef")),
    arguments: readArguments(node, iterate, setting(annotations, "template")),
    condition: readCondition(get(node, "isEnabled")),
    retries: readRetries(node),
    timeout: textOf(setting(annotations, "timeout")),
    continueOnError: textOf(setting(annotations, "on-error")) === "continue",
    dependsOn: dependsOn?.kind === "list" ? dependsOn.entries.flatMap((entry) => textOf(entry.value) ?? []) : [],
    exitHandler: isTrue(setting(annotations, "exit-handler")),
    iterate,
    position: readPosition(annotations),
    line,
  };
}
