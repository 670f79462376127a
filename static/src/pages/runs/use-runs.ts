/** The runs of a list, page after page, kept up to date where they stand. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { onEvents } from "../../net/events.ts";
import { getRun, listRuns, type RunQuery } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import type { Run } from "../../net/types.ts";
import { type Resource, useResource } from "../../net/use-resource.ts";
import { toast } from "../../ui/toast.tsx";
import { gather, withMore } from "./gather.ts";

const PAGE = 50;

interface Shown {
  key: string;
  items: Run[];
  cursor: string | null;
}

export interface Runs {
  /** Of the first page: loading and errors. */
  first: Resource<unknown>;
  items: Run[];
  /** How many newer ones wait. */
  fresh: number;
  showFresh(): void;
  hasMore: boolean;
  loadingMore: boolean;
  showMore(): void;
  /** Looks again at these; those that are gone leave the list. */
  refresh(ids: readonly string[]): void;
  remove(ids: readonly string[]): void;
}

/** Lists that were opened further than their first page, for going back to them. */
const opened = new Map<string, Shown>();

export function useRuns(query: RunQuery): Runs {
  const key = `runs ${JSON.stringify(query)}`;
  const first = useResource(key, (signal) => listRuns({ ...query, limit: PAGE }, signal), { topics: ["runs"] });
  const [shown, setShown] = useState<Shown | null>(() => opened.get(key) ?? null);
  const [loadingMore, setLoadingMore] = useState(false);
  const own = shown?.key === key ? shown : null;
  const latest = useRef(own);
  latest.current = own;

  const set = useCallback((next: Shown) => {
    latest.current = next;
    opened.set(next.key, next);
    setShown(next);
  }, []);
  const change = useCallback(
    (edit: (items: Run[]) => Run[]) => latest.current && set({ ...latest.current, items: edit(latest.current.items) }),
    [set],
  );
  const remove = useCallback(
    (ids: readonly string[]) => change((items) => items.filter((run) => !ids.includes(run.id))),
    [change],
  );
  const refresh = useCallback(
    (ids: readonly string[]) => {
      for (const id of ids)
        getRun(id).then(
          (now) => change((items) => items.map((run) => (run.id === id ? now : run))),
          (error) => error instanceof ApiError && error.status === 404 && remove([id]),
        );
    },
    [change, remove],
  );

  const page = first.data;
  useEffect(() => {
    if (!page) return;
    const now = latest.current ?? opened.get(key);
    if (!now?.items.length) return set({ key, items: page.items, cursor: page.next_cursor });
    const { items, missing } = gather(now.items, page);
    set({ ...now, items });
    refresh(missing);
  }, [page, key, set, refresh]);

  // What stands below the first page is looked at one by one.
  useEffect(() => {
    const listed = new Set(page?.items.map((run) => run.id));
    return onEvents(["runs"], (event) => {
      const id = String(event.payload.id ?? "");
      if (!listed.has(id) && latest.current?.items.some((run) => run.id === id)) refresh([id]);
    });
  }, [page, refresh]);

  const fresh = useMemo(() => (page && own ? gather(own.items, page).fresh : []), [page, own]);
  const showMore = async () => {
    const now = latest.current;
    if (!now?.cursor || loadingMore) return;
    setLoadingMore(true);
    try {
      const more = await listRuns({ ...query, limit: PAGE, cursor: now.cursor });
      if (latest.current?.key === now.key)
        set({ ...latest.current, items: withMore(latest.current.items, more.items), cursor: more.next_cursor });
    } catch (error) {
      const action = { label: "Try again", run: () => void showMore() };
      toast(error instanceof ApiError ? error.message : String(error), { tone: "bad", action });
    } finally {
      setLoadingMore(false);
    }
  };
  return {
    first,
    items: own?.items ?? page?.items ?? [],
    fresh: own?.items.length ? fresh.length : 0,
    showFresh: () => change((items) => withMore(fresh, items)),
    hasMore: Boolean(own?.cursor),
    loadingMore,
    showMore: () => void showMore(),
    refresh,
    remove,
  };
}
