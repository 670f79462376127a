/**
 * Results page by page. What was loaded is kept with its question, so that coming back shows as much as was there, and
 * what changed meanwhile is counted instead of moved.
 */
import { useCallback, useEffect, useState } from "react";
import { onRecovered } from "../../net/connection.ts";
import { onEvents } from "../../net/events.ts";
import { type AssetQuery, listAssets } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import type { Asset, AssetPage, Kind } from "../../net/types.ts";
import { type Asked, activeFilters, keyOf, toQuery, without } from "./filters.ts";

const PAGE = 24;
const KEPT = 30;
const RETRY_AFTER = 4000;

export type Facets = Record<string, Record<string, number>>;

interface Found {
  kind: Kind;
  ask: AssetQuery;
  items: Asset[];
  next: string | null;
  facets: Facets;
  /** Names of assets that changed since. */
  changed: Set<string>;
}

export interface Results {
  /** What matches; undefined until the hub has answered. May still be the answer to the question before. */
  found: Found | undefined;
  /** The question that `found` answers. */
  answers: Asked;
  /** Another question is under way. */
  busy: boolean;
  error: ApiError | undefined;
  more(): void;
  loadingMore: boolean;
  moreError: ApiError | undefined;
  refresh(): void;
}

const kept = new Map<string, Found>();
const listeners = new Set<() => void>();
let listening = false;

function keep(key: string, found: Found) {
  kept.delete(key);
  kept.set(key, found);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
}

/** Counts changes for all that is kept, also while another page is shown. */
function listen() {
  if (listening) return;
  listening = true;
  onEvents(["assets"], ({ topic, payload }) => {
    for (const found of kept.values()) {
      if (topic === "*") void recheck(found);
      else if (payload.kind === found.kind) found.changed.add(`${payload.namespace}/${payload.name}`);
    }
    for (const listener of listeners) listener();
  });
}

const nameOf = (a: Asset) => `${a.namespace}/${a.name}`;

/** After a gap nobody knows what changed: what is shown is compared with what it would be now. */
async function recheck(found: Found) {
  try {
    const now = await listAssets({ ...found.ask, limit: PAGE });
    const before = new Map(found.items.slice(0, PAGE).map((a) => [nameOf(a), a.updated_at]));
    for (const asset of now.items) if (before.get(nameOf(asset)) !== asset.updated_at) found.changed.add(nameOf(asset));
    for (const listener of listeners) listener();
  } catch {
    // The connection says so itself, and what is shown stays.
  }
}

/**
 * The hub counts what the whole question matches. For a filter that is on, what it could be instead is counted without
 * it; otherwise its facet would show the chosen value alone.
 */
async function first(kind: Kind, asked: Asked, signal: AbortSignal): Promise<Found> {
  const ask = (a: Asked, limit: number) => listAssets({ kind, ...toQuery(a), limit, facets: true }, signal);
  const chosen = activeFilters(asked).filter((f) => f.name !== "featured" && f.name !== "label");
  const [page, ...open] = await Promise.all([ask(asked, PAGE), ...chosen.map((f) => ask(without(asked, f.name), 1))]);
  const facets: Facets = { ...page.facets };
  chosen.forEach((f, i) => {
    facets[f.name] = (open[i] as AssetPage).facets?.[f.name] ?? {};
  });
  return {
    kind,
    ask: { kind, ...toQuery(asked) },
    items: page.items,
    next: page.next_cursor,
    facets,
    changed: new Set(),
  };
}

const known = (error: unknown) =>
  error instanceof ApiError ? error : new ApiError(0, "unexpected", error instanceof Error ? error.message : "");

/** Back and forward bring the scroll position with them; a fresh visit starts at the top. */
const cameBack = () => ((history.state as { scroll?: number } | null)?.scroll ?? 0) > 0;

export function useResults(kind: Kind, asked: Asked): Results {
  const key = keyOf(kind, asked);
  const [shown, setShown] = useState<{ key: string; asked: Asked; found: Found } | undefined>(() => {
    const found = kept.get(key);
    return found && (found.changed.size === 0 || cameBack()) ? { key, asked, found } : undefined;
  });
  const [error, setError] = useState<{ key: string; error: ApiError }>();
  const [turn, setTurn] = useState(0);
  const [moreTurn, setMoreTurn] = useState(0);
  const [loadingMore, setLoadingMore] = useState(false);
  const [moreError, setMoreError] = useState<ApiError>();
  const [, redraw] = useState(0);
  const refresh = useCallback(() => {
    kept.delete(key);
    setTurn((n) => n + 1);
  }, [key]);

  useEffect(() => {
    listen();
    const listener = () => redraw((n) => n + 1);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question, turn asks it again
  useEffect(() => {
    setMoreTurn(0);
    setMoreError(undefined);
    const found = kept.get(key);
    if (found && (found.changed.size === 0 || cameBack())) {
      setShown({ key, asked, found });
      return;
    }
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    first(kind, asked, controller.signal).then(
      (fresh) => {
        keep(key, fresh);
        setShown({ key, asked, found: fresh });
        setError(undefined);
      },
      (failure) => {
        if (controller.signal.aborted) return;
        setError({ key, error: known(failure) });
        if (known(failure).retryable) timer = setTimeout(() => setTurn((n) => n + 1), RETRY_AFTER);
      },
    );
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, turn]);

  const failed = error?.key === key ? error.error : undefined;
  useEffect(() => (failed ? onRecovered(() => setTurn((n) => n + 1)) : undefined), [failed]);

  const current = shown?.key === key ? shown.found : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks for one more page of what is shown
  useEffect(() => {
    if (moreTurn === 0 || !current?.next) return;
    const controller = new AbortController();
    setLoadingMore(true);
    listAssets({ ...current.ask, limit: PAGE, cursor: current.next }, controller.signal).then(
      (page) => {
        const there = new Set(current.items.map(nameOf));
        const items = [...current.items, ...page.items.filter((a) => !there.has(nameOf(a)))];
        const longer = { ...current, items, next: page.next_cursor };
        keep(key, longer);
        setShown({ key, asked, found: longer });
        setLoadingMore(false);
        setMoreError(undefined);
      },
      (failure) => {
        if (controller.signal.aborted) return;
        setLoadingMore(false);
        setMoreError(known(failure));
      },
    );
    return () => {
      controller.abort();
      setLoadingMore(false);
    };
  }, [moreTurn]);

  const more = useCallback(() => setMoreTurn((n) => n + 1), []);
  useEffect(() => (moreError ? onRecovered(more) : undefined), [moreError, more]);

  return {
    found: shown?.found,
    answers: shown?.asked ?? asked,
    busy: shown?.key !== key,
    error: failed,
    more,
    loadingMore,
    moreError,
    refresh,
  };
}
