/** What is asked of the catalog, as it stands in the query of the address. */
import type { AssetQuery } from "../../net/hub.ts";

export type Sort = "relevance" | "updated" | "name" | "used";
export type View = "cards" | "list";

/** Filters that have one value each. */
export const FILTERS = ["provider", "tag", "label", "namespace"] as const;
export type Filter = (typeof FILTERS)[number];

export interface Asked {
  q: string;
  filters: Partial<Record<Filter, string>>;
  featured: boolean;
  sort: Sort;
}

const SORTS: readonly string[] = ["relevance", "updated", "name", "used"];

/** Unknown values of the query count as not given, so that an old or mistyped link still shows something. */
export function readAsked(query: URLSearchParams): Asked {
  const filters: Asked["filters"] = {};
  for (const name of FILTERS) {
    const value = query.get(name)?.trim();
    if (value) filters[name] = value;
  }
  const sort = query.get("sort") ?? "";
  return {
    q: (query.get("q") ?? "").trim(),
    filters,
    featured: query.get("featured") === "true",
    sort: SORTS.includes(sort) ? (sort as Sort) : "relevance",
  };
}

export const readView = (query: URLSearchParams): View | null => {
  const view = query.get("view");
  return view === "cards" || view === "list" ? view : null;
};

/** What the hub is asked. */
export const toQuery = ({ q, filters, featured, sort }: Asked): AssetQuery => ({
  ...filters,
  q: q || undefined,
  featured: featured || undefined,
  sort: sort === "relevance" ? undefined : sort,
});

/** The same for the same question. */
export const keyOf = (kind: string, asked: Asked): string =>
  JSON.stringify([kind, asked.q, FILTERS.map((f) => asked.filters[f] ?? ""), asked.featured, asked.sort]);

export interface Active {
  name: Filter | "featured";
  /** "Provider: Knative" */
  words: string;
}

const WORDS: Record<Filter, string> = { provider: "Provider", tag: "Tag", label: "Label", namespace: "Namespace" };

export function activeFilters({ filters, featured }: Asked): Active[] {
  const active: Active[] = FILTERS.filter((f) => filters[f]).map((f) => ({
    name: f,
    words: `${WORDS[f]}: ${filters[f]}`,
  }));
  if (featured) active.push({ name: "featured", words: "Featured" });
  return active;
}

/** The same question without one filter. */
export function without(asked: Asked, name: Active["name"]): Asked {
  if (name === "featured") return { ...asked, featured: false };
  const { [name]: _, ...filters } = asked.filters;
  return { ...asked, filters };
}

/** The change of the query that takes all filters out. */
export const CLEARED: Record<string, null> = Object.fromEntries([...FILTERS, "featured"].map((f) => [f, null]));
