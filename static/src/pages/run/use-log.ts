/**
 * The log of a task as it is written. A browser opens at most six connections to a host, so only a page that is seen
 * follows; it goes on where it was when it is seen again, and when the stream broke.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { onRecovered } from "../../net/connection.ts";
import { followLogs } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import { LogLines } from "./log-lines.ts";

export interface Log {
  log: LogLines;
  /** Grows with each change of the lines. */
  version: number;
  status: "loading" | "following" | "broken" | "ended" | "failed";
  error: ApiError | null;
  reload(): void;
}

const SHOW_EACH = 100;
const AGAIN_AFTER = [1000, 2000, 4000, 8000, 10000];

interface Wanted {
  run: string;
  task: string;
  /** null: all of them */
  step: string | null;
  /** Has written something, or may have. */
  started: boolean;
  live: boolean;
}

export function useLog({ run, task, step, started, live }: Wanted): Log {
  const [state, setState] = useState<Omit<Log, "reload">>(() => ({
    log: new LogLines(),
    version: 0,
    status: "loading",
    error: null,
  }));
  const [turn, setTurn] = useState(0);
  const isLive = useRef(live);
  isLive.current = live;

  // biome-ignore lint/correctness/useExhaustiveDependencies: turn asks for it once more
  useEffect(() => {
    const log = new LogLines();
    const decoder = new TextDecoder();
    let received = 0;
    let failures = 0;
    let ended = false;
    let controller: AbortController | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    let showing: ReturnType<typeof setTimeout> | undefined;
    let status: Log["status"] = "loading";
    let error: ApiError | null = null;
    const show = () => {
      clearTimeout(showing);
      showing = undefined;
      setState((s) => ({ log, version: s.version + 1, status, error }));
    };
    const become = (next: Log["status"]) => {
      status = next;
      show();
    };
    show();
    if (!started) return;

    const read = async (mine: AbortController) => {
      const follow = isLive.current;
      const answer = await followLogs(run, { task, ...(step && { step }), follow }, mine.signal);
      become(follow ? "following" : "loading");
      const reader = answer.body!.getReader();
      let skip = received; // what is known already comes once more
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const fresh = value.subarray(Math.min(skip, value.length));
        skip -= value.length - fresh.length;
        if (!fresh.length) continue;
        received += fresh.length;
        failures = 0;
        log.append(decoder.decode(fresh, { stream: true }));
        showing ??= setTimeout(show, SHOW_EACH);
      }
      // The end of a followed log is known a moment before the end of its task.
      if (follow && isLive.current) again = setTimeout(start, AGAIN_AFTER[1]);
      else {
        ended = true;
        become("ended");
      }
    };
    const start = () => {
      clearTimeout(again);
      if (ended || document.hidden) return;
      controller?.abort();
      const mine = new AbortController();
      controller = mine;
      read(mine).catch((cause) => {
        if (mine.signal.aborted) return;
        if (cause instanceof ApiError && !cause.retryable) {
          ended = true;
          error = cause;
          return become("failed");
        }
        again = setTimeout(start, AGAIN_AFTER[Math.min(failures++, AGAIN_AFTER.length - 1)]);
        become("broken");
      });
    };
    const seen = () => {
      if (document.hidden) controller?.abort();
      else start();
    };
    start();
    document.addEventListener("visibilitychange", seen);
    const stop = onRecovered(() => status === "broken" && start());
    return () => {
      ended = true;
      controller?.abort();
      clearTimeout(again);
      clearTimeout(showing);
      document.removeEventListener("visibilitychange", seen);
      stop();
    };
  }, [run, task, step, started, turn]);

  return { ...state, reload: useCallback(() => setTurn((n) => n + 1), []) };
}
