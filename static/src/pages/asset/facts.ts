/** What the hub read from a file, as rows that people read. Facts without a row of their own follow under their names. */
import type { Kind } from "../../net/types.ts";
import { bytes, capital } from "../../ui/format.ts";

export interface Fact {
  name: string;
  value: string;
  /** Where a link of it leads, out of the application. */
  href?: string;
  mono?: boolean;
}

type Facts = Record<string, unknown>;

const LABELS: Record<string, string> = {
  license: "Licence",
  min_kubernetes_version: "Kubernetes",
  capability_level: "Capability",
  mime_type: "Media type",
  code_cells: "Code cells",
  markdown_cells: "Text cells",
  framework_version: "Framework version",
  nbformat: "Notebook format",
  training_image: "Training image",
  url: "Source",
  source: "Origin",
  readme_url: "README",
};

/** Shown elsewhere on the page, or of no use to people. */
const ELSEWHERE = new Set(["id", "license_url", "crds", "install_modes", "related_assets", "components", "images"]);
const ORDER = ["image", "language", "framework", "domain", "license", "tasks", "records", "files", "formats"];
const MONO = new Set(["image", "training_image", "mime_type", "port", "replaces"]);

const isAddress = (text: string) => /^https?:\/\/\S+$/.test(text);

function words(value: unknown): string {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return value.toLocaleString("en");
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(words).filter(Boolean).join(", ");
  if (value && typeof value === "object") {
    const { name, version } = value as Record<string, unknown>;
    if (typeof name === "string") return [name, version].filter(Boolean).join(" ");
    return Object.entries(value as object)
      .map(([key, inner]) => `${key} ${words(inner)}`)
      .join(", ");
  }
  return "";
}

const label = (key: string) => LABELS[key] ?? capital(key.replaceAll("_", " "));

function row(key: string, value: unknown, facts: Facts, kind: Kind): Fact | null {
  let text = words(value);
  if (!text) return null;
  if (key === "size" && /^\d+$/.test(text)) text = bytes(Number(text));
  if (key === "min_kubernetes_version") text = `${text} or newer`;
  const href = key === "license" ? String(facts.license_url ?? "") : typeof value === "string" ? value : "";
  return {
    name: key === "size" && kind === "dataset" ? "Data size" : label(key),
    value: text.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, ""),
    ...(isAddress(href) ? { href } : {}),
    ...(MONO.has(key) ? { mono: true } : {}),
  };
}

export function factRows(facts: Facts, kind: Kind): Fact[] {
  const keys = [...ORDER.filter((key) => key in facts), ...Object.keys(facts).filter((key) => !ORDER.includes(key))];
  return keys
    .filter((key) => !ELSEWHERE.has(key))
    .map((key) => row(key, facts[key], facts, kind))
    .filter((fact) => fact !== null);
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : [];

export const INSTALL_MODES = ["OwnNamespace", "SingleNamespace", "MultiNamespace", "AllNamespaces"];

export interface OperatorFacts {
  installModes: string[];
  crds: { group: string; version: string; kind: string }[];
  images: string[];
}

/** "ray.io/v1 RayCluster" */
export function operatorFacts(facts: Facts): OperatorFacts {
  const crds = texts(facts.crds).flatMap((text) => {
    const match = /^(\S+)\/(\S+) (\S+)$/.exec(text);
    return match ? [{ group: match[1]!, version: match[2]!, kind: match[3]! }] : [];
  });
  return { installModes: texts(facts.install_modes), crds, images: texts(facts.images) };
}

/** Components that a pipeline is made of: "namespace/name". */
export const componentsOf = (facts: Facts): { namespace: string; name: string }[] =>
  texts(facts.components).flatMap((text) => {
    const [namespace, name, ...more] = text.replace(/@.*$/, "").split("/");
    return namespace && name && !more.length ? [{ namespace, name }] : [];
  });

export interface Related {
  name: string;
  description: string;
  /** "notebooks/explore-a-table", as the catalog names it; null: elsewhere. */
  asset: { kind: Kind; name: string } | null;
}

const KINDS_BY_PLURAL: Record<string, Kind> = {
  pipelines: "pipeline",
  components: "component",
  models: "model",
  notebooks: "notebook",
  operators: "operator",
  datasets: "dataset",
};

export function relatedAssets(facts: Facts): Related[] {
  if (!Array.isArray(facts.related_assets)) return [];
  return facts.related_assets.flatMap((entry) => {
    const { name, description, application } = (entry ?? {}) as Record<string, unknown>;
    if (typeof name !== "string") return [];
    const id = (application as Record<string, unknown> | undefined)?.asset_id;
    const [plural = "", asset = ""] = typeof id === "string" ? id.split("/") : [];
    const kind = Object.hasOwn(KINDS_BY_PLURAL, plural) ? KINDS_BY_PLURAL[plural] : undefined;
    return [
      {
        name,
        description: typeof description === "string" ? description : "",
        asset: kind && asset ? { kind, name: asset } : null,
      },
    ];
  });
}
