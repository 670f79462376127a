/** A run as the hub tells it, and the words for how far it is. */
import type { Run, State, Step, Task } from "../../net/types.ts";
import { isFinished } from "../../net/types.ts";

/** What runs, tasks and steps say beyond the described shape; fields may be missing. */
export type FullRun = Run & { created_by?: string | null; archived_at?: string | null };
export type FullStep = Step & { reason?: string | null; started_at?: string | null; finished_at?: string | null };
export type FullTask = Omit<Task, "steps"> & { component_digest?: string | null; steps?: FullStep[] };

export type Counts = Partial<Record<State, number>>;

/** "Tasks Completed: 3 (Failed: 1 (Ignored: 0), Cancelled 0), Incomplete: 2, Skipped: 1", Tekton's own sentence. */
export function countsOf(message: string | null | undefined): Counts | null {
  const read = (pattern: RegExp) => Number(pattern.exec(message ?? "")?.[1] ?? 0);
  if (!/^Tasks Completed: \d+/.test(message ?? "")) return null;
  const failed = read(/Failed: (\d+)/);
  const cancelled = read(/Cancelled:? (\d+)/);
  return {
    succeeded: Math.max(0, read(/Completed: (\d+)/) - failed - cancelled),
    failed,
    cancelled,
    skipped: read(/Skipped: (\d+)/),
    pending: read(/Incomplete: (\d+)/),
  };
}

export const ORDER: readonly State[] = [
  "succeeded",
  "failed",
  "timed_out",
  "cancelled",
  "skipped",
  "running",
  "pending",
];

export function countTasks(tasks: readonly { state: State }[]): Counts {
  const counts: Counts = {};
  for (const { state } of tasks) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

export const total = (counts: Counts): number => Object.values(counts).reduce((sum, n) => sum + n, 0);
export const done = (counts: Counts): number => total(counts) - (counts.pending ?? 0) - (counts.running ?? 0);

/** "4 of 10 tasks", "6 tasks", "6 tasks, 1 skipped" */
export function progressWords(counts: Counts): string {
  const all = total(counts);
  const finished = done(counts);
  if (finished < all) return `${finished} of ${all} tasks`;
  const parts = [`${all} ${all === 1 ? "task" : "tasks"}`];
  if (counts.failed) parts.push(`${counts.failed} failed`);
  if (counts.timed_out) parts.push(`${counts.timed_out} timed out`);
  if (counts.cancelled) parts.push(`${counts.cancelled} cancelled`);
  if (counts.skipped) parts.push(`${counts.skipped} skipped`);
  return parts.join(", ");
}

interface Spans {
  started_at?: string | null | undefined;
  finished_at?: string | null | undefined;
}

/** Milliseconds so far; null: has not started. */
export function lasted({ started_at, finished_at }: Spans, now: number): number | null {
  if (!started_at) return null;
  return Math.max(0, (finished_at ? Date.parse(finished_at) : now) - Date.parse(started_at));
}

/** What each act may do to a run in this state. */
export const mayCancel = (run: Run) => !isFinished(run.state);
/** What is left of it can run, keeping what succeeded. */
export const mayResume = (run: Run) =>
  isFinished(run.state) && run.state !== "succeeded" && !!run.tasks?.some((task) => task.state === "succeeded");
export const mayRemove = (run: Run) => isFinished(run.state);
