/** "/": what this is, one search over the catalog, and a section for each kind. */
import { listAssets } from "../../net/hub.ts";
import { type Asset, KINDS, type Kind } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { browsePlace, kindPlace, uploadPlace } from "../../route/places.ts";
import { Link, useQuery, useScrollBack, useTitle } from "../../route/router.tsx";
import { AssetCard } from "../../ui/asset-card.tsx";
import { LinkButton } from "../../ui/controls.tsx";
import { capital } from "../../ui/format.ts";
import { KindTile } from "../../ui/icon.tsx";
import { StarterHint } from "../../ui/none-yet.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Empty, Failure, Skeleton } from "../../ui/states.tsx";
import { useLast } from "../../ui/use-last.ts";
import { KIND_WORDS } from "../../ui/words.ts";
import { Figure } from "./figure.tsx";
import { buildsPipelines, Creator, count, Upload } from "./parts.tsx";

const CARDS = 4;

interface Section {
  kind: Kind;
  items: Asset[];
  total: number;
}

/** The catalog kind by kind; with words, only what they match. */
const load = (q: string, signal: AbortSignal): Promise<Section[]> =>
  Promise.all(
    KINDS.map(async (kind) => {
      const page = await listAssets({ kind, q, limit: CARDS, facets: true }, signal);
      return { kind, items: page.items, total: page.facets?.kind?.[kind] ?? 0 };
    }),
  );

export default function Landing() {
  const q = useQuery().get("q") ?? "";
  useTitle(q ? `“${q}”` : "");
  const catalog = useResource(`start ${q}`, (signal) => load(q, signal), { topics: ["assets"] });
  const sections = useLast(catalog.data && { q, all: catalog.data });
  useScrollBack(catalog.data !== undefined);
  return (
    <div className="scroll" data-scroll>
      <div className="page landing">
        <section className="hero" aria-labelledby="title">
          <div>
            <h1 id="title">Machine learning pipelines from parts that teams share</h1>
            <p>
              Publish, version and find components, models, notebooks and data; join them into pipelines, compile these
              to Tekton and run them.
            </p>
            <SearchField q={q} label="Search the catalog" />
            <p className="hero-facts" role="status">
              {sections?.q && `${count(sections.all.reduce((sum, s) => sum + s.total, 0))} found for “${sections.q}”`}
            </p>
          </div>
          <Figure of="all" />
        </section>
        {sections ? (
          <Sections q={sections.q} all={sections.all} />
        ) : catalog.error ? (
          <Failure error={catalog.error} retry={catalog.reload} />
        ) : (
          <Skeleton lines={9} />
        )}
      </div>
    </div>
  );
}

function Sections({ q, all }: { q: string; all: Section[] }) {
  const shown = q ? all.filter((s) => s.total > 0) : all;
  if (shown.length === 0)
    return (
      <Empty icon="search" title={`Nothing matches “${q}”`}>
        Search looks at how words begin, in titles, names, keywords, descriptions and READMEs. Try fewer words.
      </Empty>
    );
  return (
    <>
      {shown.every((s) => s.total === 0) && (
        <Empty
          icon="component"
          title="The catalog is empty"
          actions={
            <LinkButton href={uploadPlace("component")} look="primary" icon="upload">
              Upload a component
            </LinkButton>
          }
        >
          Upload a first file, <StarterHint />
        </Empty>
      )}
      {shown.map((section) => (
        <KindSection key={section.kind} q={q} {...section} />
      ))}
    </>
  );
}

function KindSection({ kind, q, items, total }: Section & { q: string }) {
  const words = KIND_WORDS[kind];
  return (
    <section className="kind-section" aria-labelledby={`kind-${kind}`}>
      <header>
        <KindTile kind={kind} />
        <div className="grow">
          <h2 id={`kind-${kind}`}>
            <Link href={kindPlace(kind)}>{capital(words.many)}</Link>
          </h2>
          <p className="muted">{words.sentence}</p>
        </div>
        {!q && (
          <div className="row wrap">
            {buildsPipelines(kind) && <Creator />}
            <Upload kind={kind} />
          </div>
        )}
        {total > 0 && (
          <LinkButton href={browsePlace(kind, { q })}>
            {q ? `View ${count(total)}` : `View all ${count(total)}`}
            <span className="sr"> {words.many}</span>
          </LinkButton>
        )}
      </header>
      {total === 0 && <p className="dim">No {words.many} yet.</p>}
      <div className="cards strip">
        {items.map((asset) => (
          <AssetCard key={`${asset.namespace}/${asset.name}`} asset={asset} query={q} />
        ))}
      </div>
    </section>
  );
}
