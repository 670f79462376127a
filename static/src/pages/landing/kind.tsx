/** "/components": what components are, the featured ones, those used most, those that changed last. */
import { listAssets } from "../../net/hub.ts";
import type { Asset, Kind } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { browsePlace } from "../../route/places.ts";
import { Link, useScrollBack, useTitle } from "../../route/router.tsx";
import { AssetCard, AssetRow } from "../../ui/asset-card.tsx";
import { LinkButton, Time } from "../../ui/controls.tsx";
import { capital, counted } from "../../ui/format.ts";
import { NoneYet } from "../../ui/none-yet.tsx";
import { Failure, Skeleton } from "../../ui/states.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { Figure } from "./figure.tsx";
import { buildsPipelines, Creator, count, Upload } from "./parts.tsx";

const CARDS = 8;
const ROWS = 5;
/** The hub names no more values of a facet than this. */
const MOST_VALUES = 50;

interface Overview {
  total: number;
  providers: number;
  featured: Asset[];
  used: Asset[];
  recent: Asset[];
}

async function overview(kind: Kind, signal: AbortSignal): Promise<Overview> {
  const [featured, used, recent] = await Promise.all([
    listAssets({ kind, featured: true, limit: CARDS }, signal),
    listAssets({ kind, sort: "used", limit: CARDS }, signal),
    listAssets({ kind, sort: "updated", limit: ROWS, facets: true }, signal),
  ]);
  return {
    total: recent.facets?.kind?.[kind] ?? 0,
    providers: Object.keys(recent.facets?.provider ?? {}).length,
    featured: featured.items,
    used: used.items,
    recent: recent.items,
  };
}

export default function KindPage({ kind }: { kind: Kind }) {
  const words = KIND_WORDS[kind];
  const title = capital(words.many);
  useTitle(title);
  const shown = useResource(`overview ${kind}`, (signal) => overview(kind, signal), { topics: ["assets"] });
  useScrollBack(shown.data !== undefined);
  return (
    <div className="scroll" data-scroll>
      <div className="page landing">
        <section className="hero" aria-labelledby="title">
          <div>
            <h1 id="title">{title}</h1>
            <p>{words.sentence}</p>
            <div className="row wrap">
              <LinkButton href={browsePlace(kind)} look="primary" size="l">
                View all {words.many}
              </LinkButton>
              <Upload kind={kind} size="l" />
              {buildsPipelines(kind) && <Creator size="l" />}
            </div>
            <Facts kind={kind} overview={shown.data} />
          </div>
          <Figure of={kind} />
        </section>
        {shown.data ? (
          <Shown kind={kind} overview={shown.data} />
        ) : shown.error ? (
          <Failure error={shown.error} retry={shown.reload} />
        ) : (
          <Skeleton lines={8} />
        )}
      </div>
    </div>
  );
}

/** Keeps its line while the counts are on their way. */
function Facts({ kind, overview }: { kind: Kind; overview: Overview | undefined }) {
  const words = KIND_WORDS[kind];
  const last = overview?.recent
    .map((a) => a.latest?.created_at ?? a.created_at)
    .sort()
    .at(-1);
  return (
    <p className="hero-facts">
      {overview && overview.total > 0 && (
        <>
          <span className="num">
            {count(overview.total)} {overview.total === 1 ? words.one : words.many}
          </span>
          {overview.providers > 0 && (
            <span className="num">
              {overview.providers >= MOST_VALUES
                ? `${MOST_VALUES}+ providers`
                : counted(overview.providers, "provider")}
            </span>
          )}
          {last && (
            <span>
              Last upload <Time at={last} />
            </span>
          )}
        </>
      )}
    </p>
  );
}

function Shown({ kind, overview }: { kind: Kind; overview: Overview }) {
  if (overview.total === 0) return <NoneYet kind={kind} />;
  const featured = overview.featured.length > 0;
  const used = overview.used.filter((a) => a.used_by > 0).slice(0, ROWS);
  return (
    <>
      <div className="sect">
        <h2>{featured ? "Featured" : used.length > 0 ? "Used most" : `All ${KIND_WORDS[kind].many}`}</h2>
        <Link href={browsePlace(kind, featured ? { featured: true } : {})}>
          {featured ? "View all featured" : `View all ${count(overview.total)}`}
        </Link>
      </div>
      <div className="cards">
        {(featured ? overview.featured : overview.used).map((asset) => (
          <AssetCard key={`${asset.namespace}/${asset.name}`} asset={asset} />
        ))}
      </div>
      <div className={used.length > 0 ? "cols2 landing-lists" : "landing-lists"}>
        {used.length > 0 && (
          <section className="panel">
            <header>
              <h2>Used most</h2>
              <span className="grow" />
              <Link href={browsePlace(kind, { sort: "used" })}>All by use</Link>
            </header>
            <div className="list">
              {used.map((asset) => (
                <AssetRow key={`${asset.namespace}/${asset.name}`} asset={asset}>
                  <span className="tag cut wide">{asset.provider}</span>
                  <span className="num dim sm trail">{counted(asset.used_by, "pipeline")}</span>
                </AssetRow>
              ))}
            </div>
          </section>
        )}
        <section className="panel">
          <header>
            <h2>Recently updated</h2>
            <span className="grow" />
            <Link href={browsePlace(kind, { sort: "updated" })}>All by date</Link>
          </header>
          <div className="list">
            {overview.recent.map((asset) => (
              <AssetRow key={`${asset.namespace}/${asset.name}`} asset={asset}>
                <span className="num dim sm wide">{asset.latest?.version}</span>
                <span className="dim sm trail">
                  <Time at={asset.updated_at} />
                </span>
              </AssetRow>
            ))}
          </div>
        </section>
      </div>
    </>
  );
}
