/* Components and pipelines from the hub, page by page. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type AssetQuery, listAssets } from "../../../net/hub.ts";
import type { AssetPage } from "../../../net/types.ts";
import { type Resource, useResource } from "../../../net/use-resource.ts";
import { type Entry, entriesOf } from "./entries.ts";

export interface EntryList {
  entries: Entry[];
  total: number | null;
  more: (() => void) | null;
  loadingMore: boolean;
  first: Resource<AssetPage>;
}

const PAGE = 50;

const queryOf = (kind: "component" | "pipeline", q: string): AssetQuery => ({
  kind,
  q: q || undefined,
  sort: q ? "relevance" : "name",
  limit: PAGE,
  facets: true,
});

export function useEntries(kind: "component" | "pipeline", q: string): EntryList {
  const first = useResource(`palette ${kind} ${q}`, (signal) => listAssets(queryOf(kind, q), signal), {
    topics: ["assets"],
  });
  const [later, setLater] = useState<{ of: AssetPage | undefined; pages: AssetPage[] }>({ of: undefined, pages: [] });
  const [loadingMore, setLoading] = useState(false);
  const page = useRef(first.data);
  page.current = first.data;
  const pages = later.of === first.data ? later.pages : [];
  const cursor = (pages[pages.length - 1] ?? first.data)?.next_cursor ?? null;
  const more = useCallback(() => {
    const of = page.current;
    if (cursor === null || !of) return;
    setLoading(true);
    listAssets({ ...queryOf(kind, q), facets: false, cursor })
      .then((next) => setLater((l) => ({ of, pages: l.of === of ? [...l.pages, next] : [next] })))
      .catch(() => {})
      .finally(() => setLoading(false));
  }, [cursor, kind, q]);
  const items = [first.data, ...pages].flatMap((one) => one?.items ?? []);
  const total = first.data?.facets?.kind?.[kind] ?? null;
  return { entries: entriesOf(items), total, more: cursor === null || loadingMore ? null : more, loadingMore, first };
}

/** What is typed, once typing pauses. */
export function useSettled(text: string, pause = 200): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause);
    return () => clearTimeout(timer);
  }, [text, pause]);
  return text === "" ? "" : settled;
}

const MOST = 1000;

/** The whole catalog as far as it can become tasks, the most used first: what fits a port cannot be asked for. */
export function useAllEntries(wanted: boolean): Resource<Entry[]> {
  return useResource(
    wanted ? "palette all" : null,
    async (signal) => {
      const found: Entry[] = [];
      for (const kind of ["component", "pipeline"] as const) {
        let cursor: string | undefined;
        do {
          const page: AssetPage = await listAssets({ kind, sort: "used", limit: 200, cursor }, signal);
          found.push(...entriesOf(page.items));
          cursor = page.next_cursor ?? undefined;
        } while (cursor && found.length < MOST);
      }
      return found;
    },
    { topics: ["assets"] },
  );
}
