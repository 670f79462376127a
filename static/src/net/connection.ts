/**
 * Whether the hub answers, as one small store for the whole page. Every request reports here; while the hub does not
 * answer, one probe asks for it, and what failed is loaded again as soon as it does.
 */
export type Connection =
  | { state: "ok" }
  /** Something has been waited for longer than SLOW_AFTER. */
  | { state: "slow" }
  /** No answer at all, or only 5xx; asked again at `retryAt` (milliseconds, as Date.now()). */
  | { state: "down" | "failing"; retryAt: number };

const SLOW_AFTER = 1500;
const PROBE_AFTER = [1000, 2000, 4000, 8000, 10000];

let current: Connection = { state: "ok" };
const listeners = new Set<() => void>();
const recovered = new Set<() => void>();
/** Requests under way: the timer of those that are not slow yet. */
const waiting = new Map<number, ReturnType<typeof setTimeout> | null>();
let slow = 0;
let nextRequest = 1;
let attempts = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function set(next: Connection) {
  current = next;
  for (const listener of listeners) listener();
}

export const connection = () => current;

export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Called once the hub answers again after it did not. */
export function onRecovered(listener: () => void): () => void {
  recovered.add(listener);
  return () => recovered.delete(listener);
}

/** A request begins; the answer ends it. `patient`: it may well take long (a stream, an upload). */
export function requestBegins(patient: boolean): number {
  const id = nextRequest++;
  if (patient) return id;
  waiting.set(
    id,
    setTimeout(() => {
      waiting.set(id, null);
      slow++;
      if (current.state === "ok") set({ state: "slow" });
    }, SLOW_AFTER),
  );
  return id;
}

export type Outcome = "answered" | "unreachable" | "broken" | "aborted";

export function requestEnds(id: number, outcome: Outcome) {
  if (waiting.has(id)) {
    const pending = waiting.get(id);
    if (pending === null) slow--;
    else clearTimeout(pending);
    waiting.delete(id);
  }
  if (outcome === "unreachable") fail("down");
  else if (outcome === "broken") fail("failing");
  else if (outcome === "answered" && current.state !== "ok") {
    if (current.state === "slow" && slow === 0) set({ state: "ok" });
    else if (current.state === "down" || current.state === "failing") void probe();
  } else if (outcome === "aborted" && current.state === "slow" && slow === 0) set({ state: "ok" });
}

function fail(state: "down" | "failing") {
  if (current.state === state && timer !== undefined) return;
  plan(state);
}

function plan(state: "down" | "failing") {
  clearTimeout(timer);
  const delay = PROBE_AFTER[Math.min(attempts++, PROBE_AFTER.length - 1)]!;
  timer = setTimeout(() => void probe(), delay);
  set({ state, retryAt: Date.now() + delay });
}

let probing = false;
/** Asks whether the hub is there again. */
export async function probe(): Promise<void> {
  if (probing) return;
  probing = true;
  clearTimeout(timer);
  timer = undefined;
  try {
    const answer = await fetch("/api/v1/session", { cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (answer.status >= 500) plan("failing");
    else recover();
  } catch {
    plan("down");
  } finally {
    probing = false;
  }
}

function recover() {
  attempts = 0;
  const was = current.state;
  set(slow > 0 ? { state: "slow" } : { state: "ok" });
  if (was === "down" || was === "failing") for (const listener of [...recovered]) listener();
}
