/** The rows of the search over everything, group by group. */
import type { ReactNode } from "react";
import type { Asset, Draft, Kind, Run } from "../net/types.ts";
import { assetPlace, browsePlace, creatorPlace, runPlace } from "../route/places.ts";
import { Deprecated, Marked } from "../ui/asset-card.tsx";
import { Time } from "../ui/controls.tsx";
import { ago, sentence } from "../ui/format.ts";
import { Icon, StateIcon } from "../ui/icon.tsx";
import { type Act, acts, findActs } from "./search-acts.ts";
import { type Found, LONG, SHORT } from "./search-found.ts";
import type { Group, Search } from "./search-query.ts";
import { recentIcon, recentlyOpened } from "./search-recent.ts";

/** A row that can be chosen: it leads somewhere or does something. */
export interface Row {
  id: string;
  path?: string | undefined;
  run?: (() => void) | undefined;
  className?: string;
  content: ReactNode;
}

export interface Section {
  group: Group | "recent";
  /** How many there are, also beyond the rows. */
  total: number;
  rows: Row[];
}

/** The groups in their order, each cut to its length; those without rows are left out. */
export function arrange(search: Search, only: Group | null, found: Found, showKeys: () => void): Section[] {
  const { words, groups } = search;
  const empty = !words && !search.kind && !search.provider && !search.state && groups.length > 1;
  const alone = groups.length === 1 ? groups[0]! : only;
  const cut = <T,>(group: Group, items: T[]) => items.slice(0, alone === group ? LONG : SHORT[group]);
  const recent = empty ? recentlyOpened().map(({ name, path }) => recentRow(name, path)) : [];

  const assets = cut("assets", found.assets.items).map((asset) => assetRow(asset, found.assets.words));
  if (alone === "assets" && found.assets.total > assets.length) assets.push(...allRow(search, found.assets));
  const runs = cut("runs", found.runs).map((run) => runRow(run, words));
  const doable = groups.includes("acts") ? [...found.drafts.map(openDraft), ...findActs(acts(showKeys), words)] : [];
  const sections: Section[] = [
    { group: "recent", total: recent.length, rows: recent },
    { group: "assets", total: found.assets.total, rows: assets },
    { group: "runs", total: found.runs.length, rows: runs },
    {
      group: "acts",
      total: doable.length,
      rows: (empty ? doable : cut("acts", doable)).map((act) => actRow(act, words)),
    },
  ];
  return sections.filter((s) => s.rows.length > 0);
}

const Label = ({ label, hint, words }: { label: string; hint: string; words: string }) => (
  <span className="cut grow">
    <b>
      <Marked text={label} query={words} />
    </b>{" "}
    {hint && (
      <span className="dim sm">
        <Marked text={hint} query={words} />
      </span>
    )}
  </span>
);

const row = (id: string, path: string | undefined, icon: string, kind: Kind | null, content: ReactNode): Row => ({
  id: id.replaceAll(/[^\w-]/g, "_"),
  path,
  className: kind ? `k-${kind}` : "",
  content: (
    <>
      <Icon name={icon} />
      {content}
    </>
  ),
});

function assetRow(asset: Asset, words: string): Row {
  const path = assetPlace(asset);
  return row(
    path,
    path,
    asset.kind,
    asset.kind,
    <>
      <Label label={asset.title} hint={sentence(asset.description)} words={words} />
      <Deprecated asset={asset} />
      <span className="tag cut wide">{asset.provider ?? asset.namespace}</span>
      <span className="num dim sm">{asset.latest?.version}</span>
    </>,
  );
}

const runRow = (run: Run, words: string): Row => ({
  id: run.id,
  path: runPlace(run.id),
  content: (
    <>
      <StateIcon state={run.state} alone />
      <span className="cut grow">
        <span className="mono">
          <Marked text={run.name} query={words} />
        </span>{" "}
        {run.pipeline && (
          <span className="dim sm">
            {run.pipeline.namespace}/{run.pipeline.name}@{run.pipeline.version}
          </span>
        )}
      </span>
      <span className="dim sm">
        <Time at={run.created_at} />
      </span>
    </>
  ),
});

const recentRow = (name: string, path: string): Row => {
  const { icon, kind } = recentIcon(path);
  return row(path, path, icon, kind, <span className="cut grow">{name}</span>);
};

const actRow = ({ label, icon, hint, path, run }: Act, words: string): Row => ({
  ...row(path ?? label, path, icon, null, <Label label={label} hint={hint} words={words} />),
  run,
});

const openDraft = (draft: Draft): Act => ({
  label: `Open the draft ${draft.title}`,
  icon: "draft",
  hint: `saved ${ago(draft.updated_at)}`,
  path: creatorPlace(draft.id),
});

/** Leads to where all of them can be paged through; there is no page of a provider's assets of all kinds. */
function allRow({ words, kind }: Search, { total, provider }: Found["assets"]): Row[] {
  if (!kind && provider) return [];
  const path = kind ? browsePlace(kind, { q: words, provider }) : `/?q=${encodeURIComponent(words)}`;
  return [row("all", path, "search", null, <span className="cut grow">Show all {total.toLocaleString("en")}</span>)];
}
