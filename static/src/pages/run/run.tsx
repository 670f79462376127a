/** One run: its tasks as a graph or a list, when each ran, and beside them the one that is chosen. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type GraphNode, GraphView } from "../../features/graph/graph-view.tsx";
import { countTasks, type FullRun, type FullTask, progressWords } from "../../features/runs/run.ts";
import { useNow } from "../../features/runs/use-now.ts";
import { getManifest, getRun } from "../../net/hub.ts";
import { loadCode } from "../../net/load-code.ts";
import { isFinished, STATES, type State } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { runsPlace } from "../../route/places.ts";
import { setQuery, useQuery, useTitle } from "../../route/router.tsx";
import { Button, LinkButton, Segmented } from "../../ui/controls.tsx";
import { StateLabel } from "../../ui/icon.tsx";
import { Empty, Failure, Skeleton } from "../../ui/states.tsx";
import { STATE_WORDS } from "../../ui/words.ts";
import { useFavicon } from "./favicon.ts";
import { edgesOf, mostTelling, type Row, rowsOf, secondLine } from "./rows.ts";
import { RunFate } from "./run-fate.tsx";
import { RunHead } from "./run-head.tsx";
import { RunPane } from "./run-pane.tsx";
import { type DrawerTab, TABS, TaskDrawer } from "./task-drawer.tsx";
import { TaskList } from "./task-list.tsx";
import { Timeline } from "./timeline.tsx";

/** In case that no events come. */
const POLL = 5000;
const MARKS: Record<State, string> = {
  pending: "○",
  running: "●",
  succeeded: "✓",
  failed: "✗",
  cancelled: "■",
  skipped: "»",
  timed_out: "⌛",
};
/** In the query: no task, although one would be shown by itself. */
const NONE = "-";

export default function RunPage({ run: id }: { run: string }) {
  const resource = useResource(`run ${id}`, (signal) => getRun(id, signal) as Promise<FullRun>, {
    topics: [`run/${id}`],
  });
  const run = resource.data;
  usePoll(run !== undefined && !isFinished(run.state) && !resource.loading, resource.reload);
  useTitle(run ? `${MARKS[run.state]} ${STATE_WORDS[run.state]} · ${run.name}` : "Run");
  useFavicon(run?.state);
  if (resource.error?.status === 404)
    return (
      <div className="page">
        <h1 className="sr">Run not found</h1>
        <Empty icon="run" title="There is no such run" actions={<LinkButton href={runsPlace()}>All runs</LinkButton>}>
          It was deleted, or the address is mistyped.
        </Empty>
      </div>
    );
  if (run) return <Shown run={run} reload={resource.reload} />;
  return (
    <div className="page">
      <h1 className="sr">Run</h1>
      {resource.error ? <Failure error={resource.error} retry={resource.reload} /> : <Skeleton lines={6} />}
    </div>
  );
}

function usePoll(on: boolean, reload: () => void) {
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => !document.hidden && reload(), POLL);
    const seen = () => !document.hidden && reload();
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [on, reload]);
}

/** The manifest, read; its parser is loaded with it. */
function useManifest(id: string) {
  return useResource(`manifest ${id}`, async (signal) => {
    const [text, { readManifest }] = await Promise.all([
      getManifest(id, signal),
      loadCode(() => import("./manifest.ts")),
    ]);
    return { text, ...readManifest(text) };
  });
}

const narrow = matchMedia("(max-width: 760px)");
const useNarrow = () =>
  useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );

function Shown({ run, reload }: { run: FullRun; reload(): void }) {
  const query = useQuery();
  const phone = useNarrow();
  const manifest = useManifest(run.id);
  const live = !isFinished(run.state);
  const now = useNow(live);
  const [follow, setFollow] = useState(true);
  const [timeline, setTimeline] = useState(true);

  const tasks = (run.tasks ?? []) as FullTask[];
  const rows = useMemo(() => rowsOf(tasks, manifest.data?.tasks ?? []), [tasks, manifest.data]);
  const byId = useMemo(() => new Map(rows.map((r) => [r.id, r])), [rows]);
  const edges = useMemo(() => edgesOf(rows), [rows]);
  const counts = useMemo(() => countTasks(rows), [rows]);
  const telling = useMemo(() => mostTelling(rows), [rows]);

  // What runs is followed from task to task, until the reader scrolls, searches or chooses.
  const watched = useRef<string | null>(null);
  const busy = (id: string | null) => id !== null && byId.get(id)?.state === "running";
  if (follow && !busy(watched.current)) watched.current = rows.find((r) => busy(r.id))?.id ?? watched.current;
  const byItself = telling ?? (watched.current !== null && byId.get(watched.current)) ?? null;

  const asked = query.get("task");
  const shown = asked === null && !phone ? byItself || null : (asked !== null && byId.get(asked)) || null;
  const tab = TABS.find((t) => t === query.get("tab")) ?? "logs";
  const view = query.get("view") ?? (phone ? "list" : "graph");
  const select = (task: string | null) => setQuery({ task: task ?? NONE, ...(task === null && { tab: null }) });
  const openTab = (to: DrawerTab) =>
    setQuery({ task: shown?.id ?? NONE, tab: to === "logs" ? null : to }, { replace: true });
  const openManifest = () => setQuery({ task: NONE, tab: "yaml", view: phone ? "values" : query.get("view") });

  useKeys({ rows, shown, select, openLogs: () => shown && openTab("logs"), follow: () => setFollow((on) => !on) });

  const pane = (
    <RunPane
      run={run}
      manifest={manifest.data?.text ?? null}
      now={now}
      tab={tab === "yaml" ? "yaml" : "values"}
      onTab={(to) => setQuery({ tab: to === "yaml" ? "yaml" : null }, { replace: true })}
    />
  );
  const list = <TaskList run={run} rows={rows} byId={byId} now={now} selected={shown?.id ?? null} onSelect={select} />;
  const bars = (
    <Timeline
      run={run}
      rows={rows}
      now={now}
      selected={shown?.id ?? null}
      onSelect={select}
      open={timeline || phone}
      onOpen={phone ? undefined : setTimeline}
    />
  );
  // Without the manifest the graph would have no edges and jump when they come.
  const graph =
    manifest.data || manifest.error ? (
      <Graph run={run} rows={rows} byId={byId} edges={edges} now={now} selected={shown?.id ?? null} onSelect={select} />
    ) : (
      <div className="canvas">
        <div className="in">
          <Skeleton />
        </div>
      </div>
    );
  const drawer = shown && (
    <TaskDrawer
      run={run}
      row={shown}
      byId={byId}
      manifest={manifest.data?.text ?? null}
      now={now}
      tab={tab}
      onTab={openTab}
      follow={follow}
      onFollow={setFollow}
      sheet={phone}
      onClose={() => {
        select(null);
        // Back to where it was chosen.
        const place = `[data-node="${CSS.escape(shown.id)}"], [data-key="${CSS.escape(shown.id)}"]`;
        requestAnimationFrame(() => document.querySelector<HTMLElement>(place)?.focus());
      }}
    />
  );
  const switcher = (
    <Segmented
      label="Show the tasks as"
      value={view === "list" ? "list" : "graph"}
      options={[
        { value: "graph", label: "Graph" },
        { value: "list", label: "List" },
      ]}
      onChange={(to) => setQuery({ view: to === "graph" ? null : to }, { replace: true })}
    />
  );
  return (
    <>
      <RunHead
        run={run}
        title={manifest.data?.title ?? run.name}
        counts={counts}
        now={now}
        reload={reload}
        onManifest={openManifest}
      />
      <p className="sr" role="status">
        {`${STATE_WORDS[run.state]}, ${progressWords(counts)}`}
      </p>
      {phone ? (
        <Phone view={view} count={rows.length} telling={telling} run={run} select={select}>
          {{ list, timeline: bars, graph, values: pane }}
        </Phone>
      ) : (
        <div className="runbody">
          <div className="runleft">
            {view === "list" ? (
              <div className="listview">
                <div className="viewbar">{switcher}</div>
                {list}
              </div>
            ) : (
              <div className="graphview">
                <div className="viewbar over">{switcher}</div>
                {graph}
              </div>
            )}
            {bars}
          </div>
          {drawer || pane}
        </div>
      )}
      {phone && drawer}
    </>
  );
}

interface GraphProps {
  run: FullRun;
  rows: readonly Row[];
  byId: ReadonlyMap<string, Row>;
  edges: ReturnType<typeof edgesOf>;
  now: number;
  selected: string | null;
  onSelect(id: string): void;
}

function Graph({ run, rows, byId, edges, now, selected, onSelect }: GraphProps) {
  // The same node stays the same object while what it says stays the same, so that a second's tick is cheap.
  const before = useRef(new Map<string, GraphNode>());
  const nodes = rows.map((row): GraphNode => {
    const node: GraphNode = {
      id: row.id,
      title: row.title,
      line: secondLine(row, byId, run, now),
      state: row.state,
      lane: row.plan?.finally ?? false,
      marks: row.iterations.length > 1 ? row.iterations.map((t) => t.state) : undefined,
    };
    const old = before.current.get(row.id);
    return old && JSON.stringify(old) === JSON.stringify(node) ? old : node;
  });
  before.current = new Map(nodes.map((n) => [n.id, n]));
  const latest = useRef(onSelect);
  latest.current = onSelect;
  const choose = useMemo(() => (id: string) => latest.current(id), []);
  return (
    <GraphView nodes={nodes} edges={edges} selected={selected} onSelect={choose} label="Graph of the tasks">
      <ul className="legend" aria-label="States">
        {STATES.map((state) => (
          <li key={state}>
            <StateLabel state={state} />
          </li>
        ))}
      </ul>
    </GraphView>
  );
}

const VIEWS = [
  { id: "list", label: "Tasks" },
  { id: "timeline", label: "Timeline" },
  { id: "graph", label: "Graph" },
  { id: "values", label: "Results" },
] as const;

interface PhoneProps {
  view: string;
  count: number;
  telling: Row | null;
  run: FullRun;
  select(id: string): void;
  children: Record<(typeof VIEWS)[number]["id"], React.ReactNode>;
}

/** On a narrow screen one thing at a time, what failed above all. */
function Phone({ view, count, telling, run, select, children }: PhoneProps) {
  const chosen = VIEWS.find((v) => v.id === view)?.id ?? "list";
  return (
    <>
      {!telling && chosen !== "values" && <RunFate run={run} />}
      {telling && isFinished(run.state) && run.state !== "succeeded" && (
        <div className="fate bad">
          <p>
            <b>{telling.title}</b> {STATE_WORDS[telling.state].toLowerCase()}
          </p>
          {telling.task.message && <p className="message">{telling.task.message}</p>}
          <Button size="s" icon="terminal" onClick={() => select(telling.id)}>
            Show its log
          </Button>
        </div>
      )}
      <nav className="tabs phonetabs" aria-label="Show">
        {VIEWS.map((v) => (
          <button
            key={v.id}
            type="button"
            aria-pressed={v.id === chosen}
            onClick={() => setQuery({ view: v.id === "list" ? null : v.id }, { replace: true })}
          >
            {v.label} {v.id === "list" && <span className="num">{count}</span>}
          </button>
        ))}
      </nav>
      {children[chosen]}
    </>
  );
}

interface Keys {
  rows: readonly Row[];
  shown: Row | null;
  select(id: string): void;
  openLogs(): void;
  follow(): void;
}

/** J and K through the tasks, L to the log, F to follow it. */
function useKeys(keys: Keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.shadowRoot) return;
      if (document.querySelector("dialog[open]")) return;
      const { rows, shown, select, openLogs, follow } = latest.current;
      const step = { j: 1, k: -1 }[event.key.toLowerCase()];
      if (step !== undefined && rows.length) {
        const at = shown ? rows.indexOf(shown) + step : step > 0 ? 0 : rows.length - 1;
        const next = rows[Math.min(rows.length - 1, Math.max(0, at))]!;
        select(next.id);
      } else if (event.key.toLowerCase() === "l") openLogs();
      else if (event.key.toLowerCase() === "f") follow();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
