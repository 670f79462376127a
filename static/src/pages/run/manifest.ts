/**
 * What a run's manifest says about its tasks: a Tekton PipelineRun as YAML. Loaded on demand, with its parser.
 */
import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { ManifestTask, Need, When } from "./part.ts";

export interface Manifest {
  title: string | null;
  tasks: ManifestTask[];
}

const REFERENCE = /\$\(tasks\.([A-Za-z0-9_-]+)\.(?:results|outputs|status)\b/g;
const NAMES = "component-hub.dev/names";

type Plain = Record<string, unknown>;
const record = (value: unknown): Plain => (value && typeof value === "object" ? (value as Plain) : {});
const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);

export function readManifest(source: string): Manifest {
  const doc = parseDocument(source, { logLevel: "silent" });
  const annotations = record((doc.getIn(["metadata", "annotations"]) as YAMLMap | undefined)?.toJSON?.());
  const paths = pathsOf(text(annotations[NAMES]));
  const tasks: ManifestTask[] = [];
  for (const list of ["tasks", "finally"] as const) {
    const items = doc.getIn(["spec", "pipelineSpec", list]);
    if (!isSeq(items)) continue;
    for (const item of items.items) if (isMap(item)) tasks.push(readTask(item, list === "finally", paths, source));
  }
  const known = new Set(tasks.map((t) => t.name));
  for (const task of tasks) for (const need of task.needs.keys()) if (!known.has(need)) task.needs.delete(need);
  return { title: text(annotations["component-hub.dev/title"]), tasks };
}

function pathsOf(names: string | null): Map<string, string> {
  const paths = new Map<string, string>();
  try {
    for (const [name, said] of Object.entries(record(record(JSON.parse(names ?? "{}")).tasks))) {
      const path = text(record(said).path);
      if (path) paths.set(name, path);
    }
  } catch {
    // Without the annotation Tekton's own names are all there is.
  }
  return paths;
}

function readTask(item: YAMLMap, atEnd: boolean, paths: ReadonlyMap<string, string>, source: string): ManifestTask {
  const part = (key: string): unknown => {
    const node = item.get(key, true) as { toJSON?: () => unknown } | undefined;
    return isScalar(node) ? node.value : node?.toJSON?.();
  };
  const name = text(part("name")) ?? "";
  const needs = new Map<string, Need>();
  const mention = (value: unknown, need: Need) => {
    for (const [, task] of JSON.stringify(value ?? null).matchAll(REFERENCE)) if (task !== name) needs.set(task!, need);
  };
  const after = part("runAfter");
  if (Array.isArray(after)) for (const one of after) needs.set(String(one), "order");
  for (const key of ["params", "matrix", "workspaces"]) mention(part(key), "data");
  mention(part("when"), "condition");
  const own = record(record(record(specHead(item)).metadata).annotations);
  const from = item.range?.[0] ?? 0;
  return {
    name,
    path: paths.get(name) ?? name,
    finally: atEnd,
    needs,
    when: readWhen(part("when")),
    component: text(own["component-hub.dev/component"]),
    digest: text(own["component-hub.dev/digest"]),
    retries: Number(part("retries")) || 0,
    timeout: text(part("timeout")),
    goesOn: part("onError") === "continue",
    from,
    to: item.range?.[1] ?? from,
    column: from - (source.lastIndexOf("\n", from - 1) + 1),
  };
}

/** Only the head of the spec: its scripts may be long, and nobody needs them here. */
function specHead(item: YAMLMap): unknown {
  const spec = item.get("taskSpec");
  const pair = isMap(spec) ? (spec.items as Pair[]).find((p) => isScalar(p.key) && p.key.value === "metadata") : null;
  return pair && isMap(pair.value) ? { metadata: pair.value.toJSON() } : null;
}

function readWhen(list: unknown): When[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one): When[] => {
    const { input, operator, values, cel } = record(one);
    if (typeof cel === "string") return [{ input: cel, negated: false, values: [] }];
    if (!Array.isArray(values)) return [];
    return [{ input: String(input), negated: operator === "notin", values: values.map(String) }];
  });
}
