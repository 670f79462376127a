/* Port types: names folded as catalog/types.c folds them, what fits what, and how a port is drawn. */

/* Compared without regard to case; "any" is what editors write for "not typed". */
const SPELLINGS = new Map<string, string>([
  ["string", "String"],
  ["str", "String"],
  ["text", "String"],
  ["integer", "Integer"],
  ["int", "Integer"],
  ["number_integer", "Integer"],
  ["float", "Float"],
  ["double", "Float"],
  ["number_double", "Float"],
  ["boolean", "Boolean"],
  ["bool", "Boolean"],
  ["jsonarray", "JsonArray"],
  ["list", "JsonArray"],
  ["array", "JsonArray"],
  ["jsonobject", "JsonObject"],
  ["dict", "JsonObject"],
  ["struct", "JsonObject"],
  ["object", "JsonObject"],
  ["task_final_status", "TaskFinalStatus"],
  ["task_config", "TaskConfig"],
  ["any", ""],
]);

const ARTIFACTS = new Map<string, string>(
  [
    "Artifact",
    "Model",
    "Dataset",
    "Metrics",
    "ClassificationMetrics",
    "SlicedClassificationMetrics",
    "HTML",
    "Markdown",
  ].map((name) => [lower(name), name]),
);

const VALUES = new Set<string>(
  [
    "String",
    "Integer",
    "Float",
    "Boolean",
    "JsonArray",
    "JsonObject",
    "TaskFinalStatus",
    "TaskConfig",
    "URI",
    "URL",
    "GCSPath",
    "GCRPath",
    "GCPRegion",
    "Secret",
    "GCPProjectID",
  ].map(lower),
);

/** Only ASCII letters, as the hub compares them. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** List[Dataset] is a list of artifacts, which is something else than a JSON array. */
function holdsArtifacts(inner: string): boolean {
  return ARTIFACTS.has(lower(inner)) || inner.startsWith("system.") || inner.startsWith("google.");
}

function fold(text: string): string {
  let name = text.replace(/^[ \t\r\n\f\v]+|[ \t\r\n\f\v]+$/g, "");
  if (name.startsWith("typing.")) name = name.slice("typing.".length);
  if (name.startsWith("system.")) name = name.slice("system.".length);
  const at = name.indexOf("@"); // system.Model@0.0.1
  if (at > 0) name = name.slice(0, at);
  const bracket = name.indexOf("[");
  if (bracket > 0 && name.endsWith("]")) {
    if (holdsArtifacts(name.slice(bracket + 1, -1))) return name;
    name = name.slice(0, bracket);
  }
  const key = lower(name);
  return SPELLINGS.get(key) ?? ARTIFACTS.get(key) ?? name;
}

/** A map's text fields schemaTitle and schema_title count before its first key. */
function nameOf(raw: unknown): string {
  if (raw === null || raw === undefined || Array.isArray(raw)) return "";
  if (typeof raw !== "object") return String(raw);
  const { schemaTitle, schema_title } = raw as Record<string, unknown>;
  for (const title of [schemaTitle, schema_title]) if (typeof title === "string" && title) return title;
  return Object.keys(raw)[0] ?? "";
}

/** From the `type` of a port in a document: a name, or a map such as {GCSPath: {…}} (its first key); null = untyped. */
export function normalType(raw: unknown): string | null {
  return fold(nameOf(raw)) || null;
}

/** Small values rather than files: String, Integer, Float, Boolean, JsonArray, JsonObject and their like. */
export function isValueType(type: string | null): boolean {
  return type !== null && VALUES.has(lower(type));
}

/** Equal, either untyped, or a lossless conversion: Integer → Float → String, any other value → String. A Workspace, a
 *  folder that tasks share, fits only itself. */
export function fits(from: string | null, to: string | null): boolean {
  const source = fold(from ?? "");
  const target = fold(to ?? "");
  if (source === "Workspace" || target === "Workspace") return source === target;
  if (source === "" || target === "" || source === target) return true;
  if (target === "String") return isValueType(source);
  if (target === "Float") return source === "Integer";
  // As in KFP, the general artifact type stands for each of the special ones.
  if (source === "Artifact" || target === "Artifact") return !isValueType(source) && !isValueType(target);
  return false;
}

function withArticle(type: string): string {
  return `${/^([AEIO]|HTML)/i.test(type) ? "an" : "a"} ${type}`;
}

/** One sentence; empty where the two fit. */
export function whyNot(from: string | null, to: string | null): string {
  if (fits(from, to)) return "";
  if (from === null || to === null) return "A workspace can only be connected to a workspace.";
  const given = withArticle(from);
  return `${given[0]?.toUpperCase()}${given.slice(1)} cannot be used where ${withArticle(to)} is wanted.`;
}

export type Family = "text" | "number" | "boolean" | "json" | "dataset" | "model" | "metrics" | "artifact" | "any";

const VALUE_FAMILIES: Record<string, Family> = {
  Integer: "number",
  Float: "number",
  Boolean: "boolean",
  JsonArray: "json",
  JsonObject: "json",
};

/** The colour of a port. */
export function family(type: string | null): Family {
  const name = fold(type ?? "");
  if (name === "") return "any";
  if (isValueType(name)) return VALUE_FAMILIES[name] ?? "text";
  if (name.endsWith("Dataset")) return "dataset";
  if (name.endsWith("Model")) return "model";
  return name.endsWith("Metrics") ? "metrics" : "artifact";
}

/** The shape of a port: a square for files, a circle for values and for what has no type. */
export function isFile(type: string | null): boolean {
  return fold(type ?? "") !== "" && !isValueType(fold(type ?? ""));
}
