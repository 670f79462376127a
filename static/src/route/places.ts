/** The paths of the application, made and read in one place. */
import type { Kind } from "../net/types.ts";

export const PLURAL: Record<Kind, string> = {
  pipeline: "pipelines",
  component: "components",
  model: "models",
  notebook: "notebooks",
  operator: "operators",
  dataset: "datasets",
};

export const KIND_OF: Record<string, Kind> = Object.fromEntries(
  Object.entries(PLURAL).map(([kind, plural]) => [plural, kind as Kind]),
);

type Query = Record<string, string | number | boolean | null | undefined>;

function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== "" && value !== false) search.set(name, String(value));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export const kindPlace = (kind: Kind) => `/${PLURAL[kind]}`;
export const browsePlace = (kind: Kind, query?: Query) => withQuery(`/${PLURAL[kind]}/all`, query);
/** version: a number, a tag or a digest; without one the newest. */
export const assetPlace = (
  a: { kind: Kind; namespace: string; name: string },
  version?: string | null,
  query?: Query,
) =>
  withQuery(
    `/${PLURAL[a.kind]}/${encodeURIComponent(a.namespace)}/${encodeURIComponent(a.name)}${version ? `@${encodeURIComponent(version).replaceAll("%3A", ":")}` : ""}`,
    query,
  );
export const uploadPlace = (kind?: Kind) => withQuery("/upload", { kind });
/** from: "namespace/name@version" of a pipeline to start from; use: of a component to put on an empty canvas. */
export const creatorPlace = (draft?: string, query?: { from?: string; use?: string }) =>
  withQuery(draft ? `/creator/${draft}` : "/creator", query);
export const runsPlace = (query?: Query) => withQuery("/runs", query);
export const runPlace = (id: string, query?: Query) => withQuery(`/runs/${id}`, query);
export const lintPlace = () => "/lint";
export const workspacePlace = () => "/workspace";

/** Which page a path is, with what it says; null: none. */
export type Place =
  | { page: "landing" }
  | { page: "kind"; kind: Kind }
  | { page: "browse"; kind: Kind }
  | { page: "asset"; kind: Kind; namespace: string; name: string; version: string | null }
  | { page: "upload" }
  | { page: "drafts" }
  | { page: "creator"; draft: string }
  | { page: "runs" }
  | { page: "run"; run: string }
  | { page: "lint" }
  | { page: "workspace" };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function readPlace(path: string): Place | null {
  let parts: string[];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
  const [first = "", second, third, ...more] = parts;
  if (more.length) return null;
  if (!first) return { page: "landing" };
  const kind = Object.hasOwn(KIND_OF, first) ? KIND_OF[first] : undefined;
  if (kind) {
    if (second === undefined) return { page: "kind", kind };
    if (third === undefined) return second === "all" ? { page: "browse", kind } : null;
    const at = third.indexOf("@");
    const name = at < 0 ? third : third.slice(0, at);
    return { page: "asset", kind, namespace: second, name, version: at < 0 ? null : third.slice(at + 1) };
  }
  if (third !== undefined) return null;
  if (first === "creator") {
    if (second === undefined) return { page: "drafts" };
    return UUID.test(second) || second === "new" ? { page: "creator", draft: second } : null;
  }
  if (first === "runs") {
    if (second === undefined) return { page: "runs" };
    return UUID.test(second) ? { page: "run", run: second } : null;
  }
  if (second !== undefined) return null;
  if (first === "upload" || first === "lint" || first === "workspace") return { page: first };
  return null;
}
