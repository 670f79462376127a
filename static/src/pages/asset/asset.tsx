/** One asset in one of its versions: what it is, what goes in and out, how to use it, and what became of it. */
import { useEffect, useMemo, useRef, useState } from "react";
import { onEvents } from "../../net/events.ts";
import * as hub from "../../net/hub.ts";
import type { Asset, Kind, Version, VersionPage } from "../../net/types.ts";
import { type Resource, useResource } from "../../net/use-resource.ts";
import { assetPlace, browsePlace, kindPlace } from "../../route/places.ts";
import { setQuery, useQuery, useScrollBack, useTitle } from "../../route/router.tsx";
import { LinkButton, type Tab, Tabs } from "../../ui/controls.tsx";
import { Empty, Failure, Skeleton } from "../../ui/states.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { Aside } from "./aside.tsx";
import { Graph } from "./graph.tsx";
import { Head } from "./head.tsx";
import { Overview } from "./overview.tsx";
import { PortTables } from "./port-tables.tsx";
import { Source, sourceLanguage } from "./source.tsx";
import { UsedBy } from "./used-by.tsx";
import { Versions } from "./versions.tsx";

interface Props {
  kind: Kind;
  namespace: string;
  name: string;
  version: string | null;
}

const RELOAD_PAUSE = 400;

export default function AssetPage({ kind, namespace, name, version }: Props) {
  const a = useMemo(() => ({ kind, namespace, name }), [kind, namespace, name]);
  const id = `${kind} ${namespace}/${name}`;
  const [pages, setPages] = useState(1);
  const asset = useResource(`asset ${id}`, (signal) => hub.getAsset(a, signal));
  const versions = useResource(`versions ${id} ${pages}`, (signal) => loadVersions(a, pages, signal));
  const list = useKept(versions.data);
  const newest = asset.data?.value.latest ?? list?.items.find((v) => !v.deleted_at);
  const named = useResource(version === null ? null : `version ${id}@${version}`, (signal) =>
    hub.getVersion(a, version as string, signal),
  );
  const missing = version !== null && named.data === undefined && named.error?.status === 404;
  const current = useKept(version === null ? newest : named.data);
  useTitle(asset.data?.value.title ?? name);
  useScrollBack(asset.data !== undefined && current !== undefined);
  useChangesOf(a, () => {
    for (const resource of [asset, versions, named]) resource.reload();
  });

  let content = (
    <>
      <h1 className="sr">{name}</h1>
      <Skeleton lines={8} />
    </>
  );
  if (asset.data === undefined && asset.error) content = <NoAsset a={a} resource={asset} />;
  else if (asset.data && missing) content = <NoVersion asset={asset.data.value} version={version as string} />;
  else if (asset.data && current === undefined && named.error)
    content = (
      <>
        <h1 className="sr">{asset.data.value.title}</h1>
        <Failure error={named.error} retry={named.reload} />
      </>
    );
  else if (asset.data && current)
    content = (
      <Shown
        asset={asset.data.value}
        etag={asset.data.etag}
        version={current}
        asked={version}
        versions={list ?? { items: [current], next_cursor: null }}
        more={() => setPages((n) => n + 1)}
      />
    );
  else if (asset.data && list) content = <AllWithdrawn asset={asset.data.value} />;
  return (
    <div className="scroll" data-scroll>
      <div className="page asset">{content}</div>
    </div>
  );
}

export interface ShownProps {
  asset: Asset;
  etag: string;
  version: Version;
  /** As the address names it: a number, a tag or a digest; null: the newest. */
  asked: string | null;
  /** Highest first. */
  versions: VersionPage;
  more(): void;
}

/** Kinds that a pipeline can refer to. */
export const usable = (kind: Kind) => kind === "component" || kind === "pipeline" || kind === "notebook";

function tabsOf({ asset, version }: ShownProps): Tab[] {
  const { inputs, outputs } = version.interface;
  const ports = inputs.length + outputs.length;
  const tabs: (Tab | false)[] = [
    { id: "readme", label: "README" },
    (ports > 0 || asset.kind === "component" || asset.kind === "pipeline") && {
      id: "io",
      label: "Inputs & outputs",
      count: `${inputs.length} + ${outputs.length}`,
    },
    { id: "versions", label: "Versions", count: asset.versions },
    { id: "yaml", label: sourceLanguage(version) === "json" ? "JSON" : "YAML" },
    version.format === "component-graph" && { id: "graph", label: "Graph" },
    (asset.used_by > 0 || usable(asset.kind)) && { id: "used", label: "Used by", count: asset.used_by },
  ];
  return tabs.filter((tab) => tab !== false);
}

function Shown(props: ShownProps) {
  const { asset, version } = props;
  const query = useQuery();
  const tabs = tabsOf(props);
  const tab = tabs.find((t) => t.id === query.get("tab"))?.id ?? "readme";
  const choose = (id: string) => setQuery({ tab: id === "readme" ? null : id, from: null, to: null });
  const withAside = tab === "readme" || tab === "io";
  return (
    <>
      <Head {...props} />
      <Tabs label="Parts of the page" tabs={tabs} value={tab} onChange={choose}>
        <div className={withAside ? "split" : undefined}>
          <div className="asset-main">
            {tab === "readme" && <Overview {...props} />}
            {tab === "io" && <PortTables version={version} />}
            {tab === "versions" && <Versions {...props} />}
            {tab === "yaml" && <Source version={version} />}
            {tab === "graph" && <Graph asset={asset} version={version} />}
            {tab === "used" && <UsedBy {...props} />}
          </div>
          {withAside && <Aside asset={asset} version={version} />}
        </div>
      </Tabs>
    </>
  );
}

function NoAsset({ a, resource }: { a: hub.AssetName; resource: Resource<unknown> }) {
  if (resource.error?.status !== 404 || resource.error.code !== "asset_not_found")
    return (
      <>
        <h1 className="sr">{a.name}</h1>
        <Failure error={resource.error!} retry={resource.reload} />
      </>
    );
  const { many, one } = KIND_WORDS[a.kind];
  return (
    <>
      <h1 className="sr">{a.name}</h1>
      <Empty
        icon={a.kind}
        title={`There is no ${one} ${a.namespace}/${a.name}`}
        actions={
          <>
            <LinkButton icon="search" href={browsePlace(a.kind, { q: a.name.replaceAll("-", " ") })}>
              Search {many} for “{a.name}”
            </LinkButton>
            <LinkButton href={kindPlace(a.kind)}>All {many}</LinkButton>
          </>
        }
      >
        It was withdrawn, or the address is mistyped. It shows here as soon as it is published.
      </Empty>
    </>
  );
}

function NoVersion({ asset, version }: { asset: Asset; version: string }) {
  const what = version.startsWith("sha256:") ? "with the digest" : "or tag";
  return (
    <>
      <h1 className="sr">{asset.title}</h1>
      <Empty
        icon="history"
        title={`${asset.title} has no version ${what} ${version}`}
        actions={
          <>
            {asset.latest && (
              <LinkButton look="primary" href={assetPlace(asset)}>
                Open the newest, {asset.latest.version}
              </LinkButton>
            )}
            <LinkButton href={assetPlace(asset, null, { tab: "versions" })}>All versions</LinkButton>
          </>
        }
      >
        Versions are never renamed, so it was never published here, or the tag was dropped.
      </Empty>
    </>
  );
}

const AllWithdrawn = ({ asset }: { asset: Asset }) => (
  <>
    <h1>{asset.title}</h1>
    <Empty
      icon="history"
      title="All its versions were withdrawn"
      actions={<LinkButton href={kindPlace(asset.kind)}>All {KIND_WORDS[asset.kind].many}</LinkButton>}
    >
      What refers to one of them by its digest still works.
    </Empty>
  </>
);

async function loadVersions(a: hub.AssetName, pages: number, signal: AbortSignal): Promise<VersionPage> {
  const items: Version[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page++) {
    const answer: VersionPage = await hub.listVersions(a, cursor ?? undefined, signal);
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return { items, next_cursor: cursor };
}

/** What was there last, while the next is on its way: nothing jumps. */
function useKept<T>(value: T | undefined): T | undefined {
  const kept = useRef(value);
  if (value !== undefined) kept.current = value;
  return kept.current;
}

/** Calls back when the hub tells that this asset changed, at most once in RELOAD_PAUSE. */
function useChangesOf(a: hub.AssetName, changed: () => void) {
  const call = useRef(changed);
  call.current = changed;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onEvents(["assets"], ({ topic, payload }) => {
      const ours = payload.kind === a.kind && payload.namespace === a.namespace && payload.name === a.name;
      if (topic !== "*" && !ours) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        call.current();
      }, RELOAD_PAUSE);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [a]);
}
