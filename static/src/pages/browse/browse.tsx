/** "/components/all": everything of a kind, searched, filtered, sorted. */
import { useEffect, useRef, useState } from "react";
import { listAssets } from "../../net/hub.ts";
import type { Kind } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { uploadPlace } from "../../route/places.ts";
import { setQuery, useQuery, useScrollBack, useTitle } from "../../route/router.tsx";
import { Button, Chip, LinkButton, Segmented } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Failure, Skeleton } from "../../ui/states.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { Facets } from "./facets.tsx";
import { activeFilters, CLEARED, readAsked, readView, type Sort, type View } from "./filters.ts";
import { Cards, Nothing, Table } from "./results.tsx";
import { type Results, useResults } from "./use-results.ts";

const VIEW = "catalog-view";

function rememberedView(): View {
  try {
    return localStorage.getItem(VIEW) === "list" ? "list" : "cards";
  } catch {
    return "cards";
  }
}

function chooseView(view: View) {
  try {
    localStorage.setItem(VIEW, view);
  } catch {
    // Storage is switched off: the address says it.
  }
  setQuery({ view }, { replace: true });
}

export default function Browse({ kind }: { kind: Kind }) {
  const words = KIND_WORDS[kind];
  const query = useQuery();
  const asked = readAsked(query);
  const view = readView(query) ?? rememberedView();
  useTitle(asked.q ? `“${asked.q}” in ${words.many}` : `All ${words.many}`);
  const results = useResults(kind, asked);
  const { found, answers } = results;
  const filters = activeFilters(asked);
  const [sheet, setSheet] = useState(false);
  useScrollBack(found !== undefined && !results.busy);

  const facets = found && <Facets asked={asked} counts={found.facets} />;
  return (
    <div className="scroll" data-scroll>
      <div className="page">
        <div className="browse">
          <aside className="facets" aria-label="Filters">
            {facets}
          </aside>
          <section aria-labelledby="title">
            <div className="browse-head">
              <h1 id="title">All {words.many}</h1>
              <LinkButton href={uploadPlace(kind)} icon="upload" aria-label={`Upload ${words.article}`}>
                <span>
                  Upload<span className="wide"> {words.article}</span>
                </span>
              </LinkButton>
            </div>
            <div className="bar">
              <SearchField q={asked.q} label={`Search ${words.many}`} />
              <Button className="narrow" icon="filter" aria-haspopup="dialog" onClick={() => setSheet(true)}>
                Filters
                {filters.length > 0 && <span className="num">{filters.length}</span>}
              </Button>
              <SortMenu sort={asked.sort} searched={asked.q !== ""} />
              <Segmented<View>
                label="View"
                value={view}
                options={[
                  { value: "cards", label: "Cards", icon: "cards" },
                  { value: "list", label: "List", icon: "rows" },
                ]}
                onChange={chooseView}
              />
            </div>
            <div className="browse-found">
              <span className="browse-count num" role="status">
                <Count kind={kind} results={results} />
              </span>
              {filters.map((f) => (
                <Chip key={f.name} label={`Remove filter ${f.words}`} remove={() => setQuery({ [f.name]: null })}>
                  {f.words}
                </Chip>
              ))}
              {filters.length > 0 && (
                <button type="button" className="browse-link sm" onClick={() => setQuery(CLEARED)}>
                  Clear filters
                </button>
              )}
            </div>
            <Changed results={results} />
            <h2 className="sr">Results</h2>
            <div className="browse-results" aria-busy={results.busy && !results.error}>
              {results.error && results.busy ? (
                <Failure error={results.error} retry={results.refresh} />
              ) : !found ? (
                <Skeleton lines={9} />
              ) : found.items.length === 0 ? (
                <Nothing kind={kind} asked={answers} />
              ) : view === "list" ? (
                <Table items={found.items} q={answers.q} label={`All ${words.many}`} />
              ) : (
                <Cards items={found.items} q={answers.q} />
              )}
            </div>
            {found && found.items.length > 0 && !(results.error && results.busy) && <More results={results} />}
          </section>
        </div>
      </div>
      {sheet && (
        <Dialog
          title="Filters"
          onClose={() => setSheet(false)}
          onSubmit={() => setSheet(false)}
          foot={
            <>
              {filters.length > 0 && (
                <Button look="quiet" onClick={() => setQuery(CLEARED)}>
                  Clear filters
                </Button>
              )}
              <Button look="primary" onClick={() => setSheet(false)}>
                Show {found ? counted(found.facets.kind?.[kind] ?? 0, words.one, words.many) : "results"}
              </Button>
            </>
          }
        >
          {facets}
        </Dialog>
      )}
    </div>
  );
}

/** "9 of 128 components" */
function Count({ kind, results: { found, answers, busy, error } }: { kind: Kind; results: Results }) {
  const words = KIND_WORDS[kind];
  const all = useResource("counts", (signal) => listAssets({ limit: 1, facets: true }, signal), { topics: ["assets"] })
    .data?.facets?.kind?.[kind];
  if (!found || (busy && error)) return null;
  const n = found.facets.kind?.[kind] ?? 0;
  const narrowed = answers.q !== "" || activeFilters(answers).length > 0;
  if (narrowed && all !== undefined && all >= n)
    return (
      <>
        {n.toLocaleString("en")} of {counted(all, words.one, words.many)}
      </>
    );
  return <>{counted(n, words.one, words.many)}</>;
}

function SortMenu({ sort, searched }: { sort: Sort; searched: boolean }) {
  const options: { value: Sort; label: string }[] = [
    { value: "relevance", label: searched ? "Best match" : "Featured first" },
    { value: "used", label: "Most used" },
    { value: "updated", label: "Recently updated" },
    { value: "name", label: "Name" },
  ];
  const now = options.find((o) => o.value === sort)!.label;
  return (
    <Menu
      label={`Sort: ${now.toLowerCase()}`}
      align="right"
      button={
        <>
          <span className="cut">
            <span className="wide">Sort: </span>
            {now.toLowerCase()}
          </span>
          <Icon name="down" />
        </>
      }
    >
      {(close) =>
        options.map((o) => (
          <button
            key={o.value}
            type="button"
            role="menuitemradio"
            aria-checked={o.value === sort}
            onClick={() => {
              setQuery({ sort: o.value === "relevance" ? null : o.value });
              close();
            }}
          >
            {o.label}
            {o.value === sort && <Icon name="check" />}
          </button>
        ))
      }
    </Menu>
  );
}

/** What changed is shown when asked for: nothing moves under the reader. */
function Changed({ results: { found, busy, refresh } }: { results: Results }) {
  const n = found?.changed.size ?? 0;
  return (
    <div className={n > 0 ? "browse-changed" : undefined} role="status">
      {n > 0 && !busy && (
        <Button
          size="s"
          icon="retry"
          onClick={() => {
            refresh();
            document.querySelector("[data-scroll]")?.scrollTo(0, 0);
          }}
        >
          {n} changed · Show
        </Button>
      )}
    </div>
  );
}

/** The next page, when asked for or when the end comes near. */
function More({ results: { found, busy, more, loadingMore, moreError } }: { results: Results }) {
  const end = useRef<HTMLDivElement>(null);
  const items = found?.items.length ?? 0;
  const next = found?.next ?? null;
  const watch = next !== null && !busy && !loadingMore && !moreError;
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each page the end is somewhere else
  useEffect(() => {
    if (!watch) return;
    // On narrow screens the document scrolls, not the page.
    const scroller = document.querySelector("[data-scroll]");
    const root = scroller && scroller.scrollHeight > scroller.clientHeight ? scroller : null;
    const observer = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && more(), {
      root,
      rootMargin: "0px 0px 320px 0px",
    });
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, [watch, items, more]);
  return (
    <div className="browse-more" ref={end}>
      <span className="num" role="status">
        {moreError
          ? `The next ones could not be loaded: ${moreError.status === 0 ? "the hub does not answer" : moreError.message}`
          : next
            ? `${items.toLocaleString("en")} shown`
            : items > 12 && `All ${items.toLocaleString("en")} shown`}
      </span>
      {next && (
        <Button busy={loadingMore} onClick={more}>
          {moreError ? "Try again" : "Show more"}
        </Button>
      )}
    </div>
  );
}
