/** All runs, newest first: filtered, kept up to date in their place, and acted upon together. */
import { useEffect, useState } from "react";
import { type Act, Confirm, useRunActs } from "../../features/runs/acts.tsx";
import { LaunchStarter } from "../../features/runs/launch-starter.tsx";
import { mayCancel, mayRemove } from "../../features/runs/run.ts";
import { useNow } from "../../features/runs/use-now.ts";
import { isFinished, type Run, STATES } from "../../net/types.ts";
import { browsePlace, runPlace } from "../../route/places.ts";
import { navigate, setQuery, useQuery, useScrollBack, useTitle } from "../../route/router.tsx";
import { Button, Chip, LinkButton } from "../../ui/controls.tsx";
import { counted } from "../../ui/format.ts";
import { Empty, Failure, Skeleton } from "../../ui/states.tsx";
import { STATE_WORDS } from "../../ui/words.ts";
import { type Filter, Filters } from "./filters.tsx";
import { RunsTable } from "./runs-table.tsx";
import { useRuns } from "./use-runs.ts";

const NOBODY: ReadonlySet<string> = new Set();

export default function RunsPage() {
  useTitle("Runs");
  const query = useQuery();
  const filter: Filter = {
    state: STATES.find((s) => s === query.get("state")),
    pipeline: query.get("pipeline") ?? undefined,
    archived: query.get("archived") === "true",
  };
  const filtered = Boolean(filter.state || filter.pipeline || filter.archived);
  const runs = useRuns({ ...filter, archived: filter.archived || undefined });
  const { items, first } = runs;
  const live = items.filter((run) => !isFinished(run.state)).length;
  const now = useNow(live > 0);
  const [chosen, setChosen] = useState(NOBODY);
  useScrollBack(items.length > 0);
  const here = query.toString();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen in another list is not chosen here
  useEffect(() => setChosen(NOBODY), [here]);

  const choose = (ids: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    setChosen(next);
  };
  const clear = () => setQuery({ state: null, pipeline: null, archived: null });

  return (
    <>
      <div className="scroll" data-scroll>
        <div className="page">
          <header className="row runshead">
            <h1 className="grow">Runs</h1>
            {live > 0 && <span className="num muted sm">{live} under way</span>}
            <LinkButton look="primary" icon="play" href={browsePlace("pipeline")}>
              Launch a pipeline
            </LinkButton>
          </header>
          <Filters {...filter} />
          <div className="row wrap found">
            <span className="num strong" role="status">
              {first.data === undefined ? "" : `${counted(items.length, "run")}${runs.hasMore ? " and more" : ""}`}
            </span>
            {filter.state && (
              <Chip label="Any state" remove={() => setQuery({ state: null })}>
                State: {STATE_WORDS[filter.state].toLowerCase()}
              </Chip>
            )}
            {filter.pipeline && (
              <Chip label="Any pipeline" remove={() => setQuery({ pipeline: null })}>
                Pipeline: {filter.pipeline}
              </Chip>
            )}
            {filter.archived && (
              <Chip label="Without archived ones" remove={() => setQuery({ archived: null })}>
                Archived
              </Chip>
            )}
            {filtered && (
              <Button look="quiet" size="s" onClick={clear}>
                Clear filters
              </Button>
            )}
            <span className="grow" />
            {runs.fresh > 0 && (
              <Button size="s" className="on" onClick={runs.showFresh}>
                {counted(runs.fresh, "new run")} · Show
              </Button>
            )}
          </div>
          {items.length > 0 ? (
            <RunsTable items={items} now={now} chosen={chosen} onChoose={choose} />
          ) : first.error ? (
            <Failure error={first.error} retry={first.reload} />
          ) : first.data === undefined ? (
            <Skeleton lines={6} />
          ) : filtered ? (
            <Empty icon="filter" title="No run matches" actions={<Button onClick={clear}>Clear filters</Button>}>
              No run has all of these properties.
            </Empty>
          ) : (
            <Empty icon="run" title="No runs yet" actions={<LaunchStarter />}>
              A run is one launch of a pipeline, with its parameters, its log and what came out.
            </Empty>
          )}
          {runs.hasMore && (
            <p className="more">
              <Button busy={runs.loadingMore} onClick={runs.showMore}>
                Show more
              </Button>
            </p>
          )}
        </div>
      </div>
      <BulkActs
        runs={items.filter((run) => chosen.has(run.id))}
        archived={filter.archived}
        clear={() => setChosen(NOBODY)}
        onGone={runs.remove}
        onChanged={runs.refresh}
      />
    </>
  );
}

interface BulkProps {
  runs: readonly Run[];
  archived: boolean;
  clear(): void;
  onGone(ids: readonly string[]): void;
  onChanged(ids: readonly string[]): void;
}

/** What fits to those that are chosen, with how many it touches. */
function BulkActs({ runs, archived, clear, onGone, onChanged }: BulkProps) {
  const [asking, setAsking] = useState<"cancel" | "delete" | null>(null);
  const { act, busy } = useRunActs((what: Act, done) => {
    const ids = done.map((one) => one.run.id);
    if (what === "delete" || what === "archive") onGone(ids);
    else if (what === "cancel") onChanged(ids);
    else if (done.length === 1 && done[0]!.result) navigate(runPlace(done[0]!.result.id));
    if (what === "again") clear();
  });
  const some = runs.length > 0;
  useEffect(() => {
    if (!some) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open], [role=menu]")) clear();
    };
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, [some, clear]);
  if (!some) return null;

  const running = runs.filter(mayCancel);
  const finished = runs.filter(mayRemove);
  return (
    <section className="foot-bar bulk" aria-label="Acts on the chosen runs">
      <b className="num">{runs.length} chosen</b>
      {running.length > 0 && <span className="dim sm">{running.length} under way</span>}
      <span className="grow" />
      <Button icon="retry" busy={busy === "again"} onClick={() => void act("again", runs)}>
        Run {runs.length} again
      </Button>
      {finished.length > 0 && !archived && (
        <Button busy={busy === "archive"} onClick={() => void act("archive", finished)}>
          Archive {finished.length} finished
        </Button>
      )}
      {running.length > 0 && (
        <Button look="danger" icon="stop" busy={busy === "cancel"} onClick={() => setAsking("cancel")}>
          Cancel {running.length} running
        </Button>
      )}
      {finished.length > 0 && (
        <Button look="danger" icon="x" busy={busy === "delete"} onClick={() => setAsking("delete")}>
          Delete {finished.length} finished
        </Button>
      )}
      <Button look="quiet" onClick={clear}>
        Clear <kbd>Esc</kbd>
      </Button>
      {asking === "cancel" && (
        <Confirm
          title={`Cancel ${counted(running.length, "run")}`}
          keep="Let them run"
          onClose={() => setAsking(null)}
          onConfirm={() => void act("cancel", running)}
        >
          What they are doing is ended; what is finished stays.
        </Confirm>
      )}
      {asking === "delete" && (
        <Confirm
          title={`Delete ${counted(finished.length, "run")}`}
          keep="Keep them"
          onClose={() => setAsking(null)}
          onConfirm={() => void act("delete", finished)}
        >
          Their results and logs are gone for good. To take them out of the list only, archive them.
        </Confirm>
      )}
    </section>
  );
}
