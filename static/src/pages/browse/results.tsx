/** What was found: as cards, as a table, or nothing with the way out. */
import { listAssets } from "../../net/hub.ts";
import { type Asset, KINDS, type Kind } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { assetPlace, browsePlace } from "../../route/places.ts";
import { Link, setQuery } from "../../route/router.tsx";
import { AssetCard, Deprecated, Glyph, Marked } from "../../ui/asset-card.tsx";
import { Badge, Button, LinkButton, Time } from "../../ui/controls.tsx";
import { counted, sentence } from "../../ui/format.ts";
import { KindIcon } from "../../ui/icon.tsx";
import { NoneYet } from "../../ui/none-yet.tsx";
import { Empty } from "../../ui/states.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { type Active, type Asked, activeFilters, CLEARED, keyOf, toQuery, without } from "./filters.ts";

const key = (a: Asset) => `${a.namespace}/${a.name}`;

export const Cards = ({ items, q }: { items: Asset[]; q: string }) => (
  <div className="cards">
    {items.map((asset) => (
      <AssetCard key={key(asset)} asset={asset} query={q} />
    ))}
  </div>
);

export function Table({ items, q, label }: { items: Asset[]; q: string; label: string }) {
  return (
    <div className="panel">
      <table className="table assets-table" aria-label={label}>
        <thead>
          <tr>
            <th>Name</th>
            <th className="provider">Provider</th>
            <th className="status">Status</th>
            <th className="version">Version</th>
            <th className="used r">Used by</th>
            <th className="updated">Updated</th>
          </tr>
        </thead>
        <tbody>
          {items.map((asset) => (
            <tr key={key(asset)}>
              <td>
                <div className="row">
                  <Glyph asset={asset} size="s" />
                  <Link className="cut" href={assetPlace(asset)}>
                    <Marked text={asset.title} query={q} />
                  </Link>
                </div>
                <span className="about cut dim sm" title={asset.description}>
                  <Marked text={sentence(asset.description)} query={q} />
                </span>
              </td>
              <td className="provider tag cut" title={asset.provider ?? undefined}>
                {asset.provider}
              </td>
              <td className="status">
                <Deprecated asset={asset} />
                {asset.approved && (
                  <Badge tone="ok" icon="shield">
                    Approved
                  </Badge>
                )}
              </td>
              <td className="version num cut">{asset.latest?.version ?? "Withdrawn"}</td>
              <td className="used num r dim">{asset.used_by}</td>
              <td className="updated dim">
                <Time at={asset.updated_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Nothing matches: which filter to drop, how much each would bring, and where else there is something. */
export function Nothing({ kind, asked }: { kind: Kind; asked: Asked }) {
  const words = KIND_WORDS[kind];
  const filters = activeFilters(asked);
  const ways = useResource(`ways out ${keyOf(kind, asked)}`, (signal) => waysOut(kind, asked, signal));
  if (!asked.q && filters.length === 0) return <NoneYet kind={kind} />;
  return (
    <>
      <Empty
        icon="search"
        title={`No ${words.many} match ${[asked.q && `“${asked.q}”`, filters.length > 0 && "these filters"].filter(Boolean).join(" and ")}`}
        actions={ways.data || ways.error ? <WaysOut kind={kind} asked={asked} ways={ways.data} /> : undefined}
      >
        {asked.q
          ? "Search looks at how words begin, in titles, names, keywords, descriptions and READMEs."
          : "Each filter alone may match some, all of them together match none."}
      </Empty>
      {ways.data && ways.data.kinds.length > 0 && (
        <div className="browse-others">
          <span className="muted">{ways.data.byWords ? `“${asked.q}” elsewhere:` : "Matching elsewhere:"}</span>
          {ways.data.kinds.map(([other, n]) => (
            <LinkButton
              key={other}
              size="s"
              href={browsePlace(other, ways.data?.byWords ? { q: asked.q } : { ...toQuery(asked) })}
            >
              <KindIcon kind={other} />
              {counted(n, KIND_WORDS[other].one, KIND_WORDS[other].many)}
            </LinkButton>
          ))}
        </div>
      )}
    </>
  );
}

/** What can be dropped; what would still leave nothing is not offered, unless all of it would. */
function WaysOut({ kind, asked, ways }: { kind: Kind; asked: Asked; ways: Ways | undefined }) {
  const words = KIND_WORDS[kind];
  const droppable = activeFilters(asked).map((f) => ({
    key: f.name as string,
    words: f.words,
    brings: ways?.withoutFilter[f.name],
  }));
  if (asked.q) droppable.unshift({ key: "q", words: asked.q, brings: ways?.withoutWords });
  const helpful = droppable.filter((d) => d.brings !== 0);
  return (
    <>
      {helpful.map((d) => (
        <Button key={d.key} icon="x" onClick={() => setQuery({ [d.key]: null })}>
          Drop “{d.words}”
          {d.brings !== undefined && <span className="num dim">{counted(d.brings, words.one, words.many)}</span>}
        </Button>
      ))}
      {(helpful.length === 0 || droppable.length > 1) && (
        <Button look={helpful.length === 0 ? "plain" : "quiet"} onClick={() => setQuery({ ...CLEARED, q: null })}>
          Show all {words.many}
        </Button>
      )}
    </>
  );
}

interface Ways {
  withoutWords: number | undefined;
  withoutFilter: Partial<Record<Active["name"], number>>;
  /** Other kinds with matches. */
  kinds: [Kind, number][];
  /** They match the words only, without the filters. */
  byWords: boolean;
}

async function waysOut(kind: Kind, asked: Asked, signal: AbortSignal): Promise<Ways> {
  const count = async (a: Asked, of: Kind | undefined) =>
    (await listAssets({ kind: of, ...toQuery(a), limit: 1, facets: true }, signal)).facets?.kind ?? {};
  const filters = activeFilters(asked);
  const [words, all, byWords, ...each] = await Promise.all([
    asked.q ? count({ ...asked, q: "" }, kind) : undefined,
    count(asked, undefined),
    asked.q && filters.length > 0 ? count({ ...asked, filters: {}, featured: false }, undefined) : {},
    ...filters.map((f) => count(without(asked, f.name), kind)),
  ]);
  const others = (counts: Record<string, number>): [Kind, number][] =>
    KINDS.filter((k) => k !== kind && counts[k]).map((k) => [k, counts[k]!]);
  const exactly = others(all);
  return {
    withoutWords: words && (words[kind] ?? 0),
    withoutFilter: Object.fromEntries(filters.map((f, i) => [f.name, each[i]?.[kind] ?? 0])),
    kinds: exactly.length > 0 ? exactly : others(byWords),
    byWords: exactly.length === 0,
  };
}
