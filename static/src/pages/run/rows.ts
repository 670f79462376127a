/** The tasks of a run as the page shows them: one row a task, with its iterations, its edges, and the words for why. */
import type { GraphEdge } from "../../features/graph/graph-view.tsx";
import { type FullTask, lasted } from "../../features/runs/run.ts";
import { isFinished, type Run, type State } from "../../net/types.ts";
import { duration } from "../../ui/format.ts";
import type { ManifestTask, When } from "./part.ts";

export interface Row {
  /** Tekton's name: unique in the run. */
  id: string;
  title: string;
  state: State;
  /** What stands for all: the task itself, or the iteration that says most about its state. */
  task: FullTask;
  /** More than one: a task that runs for each item of a list. */
  iterations: FullTask[];
  plan: ManifestTask | null;
}

const LOUDNESS: readonly State[] = ["failed", "timed_out", "running", "pending", "cancelled", "succeeded", "skipped"];

export function rowsOf(tasks: readonly FullTask[], plan: readonly ManifestTask[]): Row[] {
  const plans = new Map(plan.map((p) => [p.name, p]));
  const groups = new Map<string, FullTask[]>();
  for (const task of tasks) {
    const group = groups.get(task.tekton_name);
    if (group) group.push(task);
    else groups.set(task.tekton_name, [task]);
  }
  const rows = [...groups].map(([id, list]): Row => {
    const iterations = [...list].sort((a, b) => (a.matrix ?? 0) - (b.matrix ?? 0));
    const task = iterations.reduce((a, b) => (LOUDNESS.indexOf(b.state) < LOUDNESS.indexOf(a.state) ? b : a));
    return { id, title: task.name, state: task.state, task, iterations, plan: plans.get(id) ?? null };
  });
  return inRunOrder(rows);
}

/** Each task after those it waits for, exit handlers last, else as they came. */
function inRunOrder(rows: Row[]): Row[] {
  const byId = new Map(rows.map((r) => [r.id, r]));
  const waiting = new Map(
    rows.map((r) => [r.id, [...(r.plan?.needs.keys() ?? [])].filter((id) => byId.has(id)).length]),
  );
  const next = new Map<string, string[]>();
  for (const row of rows)
    for (const need of row.plan?.needs.keys() ?? []) next.set(need, [...(next.get(need) ?? []), row.id]);
  const isLast = (row: Row) => row.plan?.finally ?? false;
  const ready = rows.filter((r) => waiting.get(r.id) === 0 && !isLast(r));
  const seen = new Set<Row>(ready);
  for (const row of seen)
    for (const id of next.get(row.id) ?? []) {
      waiting.set(id, waiting.get(id)! - 1);
      const other = byId.get(id)!;
      if (waiting.get(id) === 0 && !isLast(other)) seen.add(other);
    }
  for (const row of rows) if (!isLast(row)) seen.add(row);
  for (const row of rows) seen.add(row);
  return [...seen];
}

export function edgesOf(rows: readonly Row[]): GraphEdge[] {
  const byId = new Map(rows.map((r) => [r.id, r]));
  return rows.flatMap((to) => {
    if (!to.plan || to.plan.finally) return [];
    return [...to.plan.needs].flatMap(([need, why]): GraphEdge[] => {
      const from = byId.get(need);
      if (!from) return [];
      const look =
        to.state !== "pending"
          ? to.state === "skipped"
            ? "waiting"
            : "plain"
          : from.state === "running"
            ? "live"
            : from.state === "pending" || why === "condition"
              ? "waiting"
              : "plain";
      return [{ from: need, to: to.id, look }];
    });
  });
}

/** The task that made the run fail; one whose failure was to be ignored is none. */
export const mostTelling = (rows: readonly Row[]): Row | null =>
  rows.find((r) => (r.state === "failed" || r.state === "timed_out") && !isIgnored(r)) ?? null;

export const isIgnored = (row: Row) => row.task.reason === "FailureIgnored";

const names = (list: string[]) =>
  list.length < 2
    ? (list[0] ?? "")
    : list.length > 3
      ? `${list.slice(0, 2).join(", ")} and ${list.length - 2} more`
      : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;

function waitsFor(row: Row, rows: ReadonlyMap<string, Row>): string[] {
  return [...(row.plan?.needs.keys() ?? [])].flatMap((id) => {
    const other = rows.get(id);
    return other && !isFinished(other.state) ? [other.title] : [];
  });
}

/** The second line of a node: how long, or what it waits for, or why not. */
export function secondLine(row: Row, rows: ReadonlyMap<string, Row>, run: Run, now: number): string {
  const time = lasted(row.task, now);
  const took = time === null ? "" : duration(time);
  if (row.iterations.length > 1) {
    const finished = row.iterations.filter((t) => isFinished(t.state)).length;
    return `${finished} of ${row.iterations.length} done`;
  }
  const again = (row.task.attempt ?? 1) > 1;
  switch (row.state) {
    case "running":
    case "succeeded":
      return again ? `attempt ${row.task.attempt}, ${took}` : took;
    case "failed":
      if (isIgnored(row)) return "failed, run goes on";
      return again ? `failed ${row.task.attempt} times` : `failed after ${took}`;
    case "timed_out":
      return row.plan?.timeout ? `over its limit of ${row.plan.timeout}` : `over its limit, ${took}`;
    case "cancelled":
      return took ? `cancelled after ${took}` : "cancelled";
    case "skipped":
      return whySkipped(row, rows, run).short;
    default: {
      if (row.plan?.finally) return "after the last task";
      const waiting = waitsFor(row, rows);
      return waiting.length ? `waits for ${names(waiting)}` : "waits for its turn";
    }
  }
}

const CANCELLED = { short: "the run was cancelled", long: "It was skipped because the run was cancelled." };
const LATE = { short: "out of time", long: "It was skipped because the run was over its time limit." };
const LATE_TASKS = { short: "out of time", long: "It was skipped because the tasks were over their time limit." };
const LATE_END = { short: "out of time", long: "It was skipped because the exit handlers were over their time limit." };

/** Reasons of Tekton and of the engine of this machine. */
const SKIPS: Record<string, { short: string; long: string }> = {
  ParentTasksSkip: {
    short: "one before was skipped",
    long: "It was skipped because a task that it waits for was skipped.",
  },
  StoppingSkip: {
    short: "the run was stopping",
    long: "It was skipped because another task had failed and the run was stopping.",
  },
  MissingResultsSkip: {
    short: "a result was missing",
    long: "It was skipped because a result that it needs was not written.",
  },
  EmptyArrayInMatrixParams: { short: "an empty list", long: "It was skipped because its list has no items." },
  Cancelled: CANCELLED,
  GracefullyCancelledSkip: CANCELLED,
  GracefullyStoppedSkip: { short: "the run was stopped", long: "It was skipped because the run was stopped." },
  PipelineRunTimeoutSkip: LATE,
  PipelineTimedOutSkip: LATE,
  TasksTimeoutSkip: LATE_TASKS,
  TasksTimedOutSkip: LATE_TASKS,
  FinallyTimeoutSkip: LATE_END,
  FinallyTimedOutSkip: LATE_END,
};

export function whySkipped(row: Row, rows: ReadonlyMap<string, Row>, run: Run): { short: string; long: string } {
  const reason = row.task.reason ?? "";
  if (SKIPS[reason]) return SKIPS[reason];
  for (const when of reason === "WhenExpressionsSkip" ? (row.plan?.when ?? []) : []) {
    const said = inputOf(when.input, rows, run);
    if (!said || said.value === null || !when.values.length || when.values.includes(said.value) !== when.negated)
      continue;
    const wanted = `${when.negated ? "not " : ""}${when.values.join(" or ")}`;
    return {
      short: `${said.name} is ${said.value}`,
      long: `It was skipped because ${said.name} is ${said.value}; it runs only if it is ${wanted}.`,
    };
  }
  if (reason === "WhenExpressionsSkip")
    return { short: "its condition was not met", long: "It was skipped because its condition was not met." };
  return { short: "skipped", long: row.task.message || reason || "The engine does not say why." };
}

/** "mode" and its value in this run, for $(params.mode) and $(tasks.throw.results.number). */
function inputOf(
  input: string,
  rows: ReadonlyMap<string, Row>,
  run: Run,
): { name: string; value: string | null } | null {
  const string = (value: unknown) =>
    value === undefined ? null : typeof value === "string" ? value : JSON.stringify(value);
  const param = /^\$\(params\.([^)]+)\)$/.exec(input)?.[1];
  if (param) return { name: param, value: string(run.parameters[param]) };
  const [, task, result] = /^\$\(tasks\.([^.]+)\.(?:results|outputs)\.([^)]+)\)$/.exec(input) ?? [];
  const row = task && rows.get(task);
  if (!row || !result) return null;
  return { name: `${result} of ${row.title}`, value: string(row.task.results?.[result]) };
}

/** "runs only if mode is verbose" */
export function whenWords({ input, negated, values }: When, rows: ReadonlyMap<string, Row>, run: Run): string {
  const name = inputOf(input, rows, run)?.name ?? input;
  return values.length ? `${name} is ${negated ? "not " : ""}${values.join(" or ")}` : name;
}
