/** What the search over everything finds at the hub. */
import { useEffect, useState } from "react";
import { listAssets, listDrafts, listRuns } from "../net/hub.ts";
import type { ApiError } from "../net/request.ts";
import type { Asset, Draft, Run } from "../net/types.ts";
import { type Resource, useResource } from "../net/use-resource.ts";
import { useLast } from "../ui/use-last.ts";
import { fits, type Group, providerNamed, type Search } from "./search-query.ts";

const SEARCH_AFTER = 80;
/** Rows of each group beside the others; alone a group has more. */
export const SHORT: Record<Group, number> = { assets: 4, runs: 2, acts: 3 };
export const LONG = 24;
/** Runs and drafts are not searched by the hub: the newest are looked through here. */
const RUNS_LOOKED_AT = 100;
const DRAFTS_LOOKED_AT = 100;

export interface Found {
  /** With the provider as the hub calls it. */
  assets: { items: Asset[]; total: number; words: string; provider: string | null };
  runs: Run[];
  drafts: Draft[];
  /** The answer is the one to what is typed now. */
  ready: boolean;
  error: ApiError | undefined;
}

/** What the hub has; what was found before stays until the next answer has come. */
export function useFound(search: Search, long: boolean): Found {
  const [late, setLate] = useState(search);
  useEffect(() => {
    const timer = setTimeout(() => setLate(search), SEARCH_AFTER);
    return () => clearTimeout(timer);
  }, [search]);

  const wantsAssets = late.groups.includes("assets") && Boolean(late.words || late.kind || late.provider);
  const catalog = useResource("counts", (signal) => listAssets({ limit: 1, facets: true }, signal));
  const provider = late.provider && providerNamed(late.provider, Object.keys(catalog.data?.facets?.provider ?? {}));
  const query = { q: late.words, kind: late.kind ?? undefined, provider: provider ?? undefined };
  const limit = long ? LONG : SHORT.assets;
  const assets = useResource(wantsAssets ? `search ${limit} ${JSON.stringify(query)}` : null, async (signal) => {
    const page = await listAssets({ ...query, limit, facets: true }, signal);
    const total = Object.values(page.facets?.kind ?? {}).reduce((sum, n) => sum + n, 0);
    return { items: page.items, total, words: late.words, provider };
  });
  const last = useLast(assets.data);

  const wantsRuns = late.groups.includes("runs") && Boolean(late.words || late.state);
  const runs = useResource(wantsRuns ? `search runs ${late.state ?? ""}` : null, (signal) =>
    listRuns({ limit: RUNS_LOOKED_AT, state: late.state ?? undefined }, signal),
  );
  const lastRuns = useLast(runs.data);

  const drafts = useResource("search drafts", (signal) => listDrafts({ limit: DRAFTS_LOOKED_AT }, signal));

  return {
    assets: wantsAssets && last ? last : { items: [], total: 0, words: "", provider: null },
    runs: wantsRuns && lastRuns ? lastRuns.items.filter((run) => fits(runText(run), late.words)) : [],
    drafts: late.words ? (drafts.data?.items ?? []).filter((draft) => fits(draft.title, late.words)) : [],
    ready: late === search && (!wantsAssets || isThere(assets)) && (!wantsRuns || isThere(runs)),
    error: assets.error ?? runs.error,
  };
}

const isThere = (resource: Resource<unknown>) => resource.data !== undefined || resource.error !== undefined;
const runText = (run: Run) => `${run.name} ${run.pipeline?.name ?? ""}`;
