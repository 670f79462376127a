/** Data of the hub for a component: loaded, kept for going back, loaded again when events or the connection say so. */
import { useCallback, useEffect, useRef, useState } from "react";
import { onRecovered } from "./connection.ts";
import { onEvents } from "./events.ts";
import { ApiError } from "./request.ts";

export interface Resource<T> {
  /** The newest there is; stays while it is loaded again, also after an error. */
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload(): void;
}

interface Options {
  /** Events of these topics load it again, at most once in EVENT_PAUSE. */
  topics?: string[];
}

const KEPT = 200;
const EVENT_PAUSE = 400;
const RETRY_AFTER = [2000, 4000, 8000, 15000];
const kept = new Map<string, unknown>();

function keep(key: string, value: unknown) {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
}

/** Forgets what was kept for keys that begin so: after a change of ours. */
export function forget(prefix: string) {
  for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
}

/**
 * `key` names what is loaded and must change with it; null loads nothing. Errors that may pass are tried again by
 * themselves, and at once when the hub answers again.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  options: Options = {},
): Resource<T> {
  const [state, setState] = useState<{ key: string | null; data: T | undefined; error: ApiError | undefined }>(() => ({
    key,
    data: key === null ? undefined : (kept.get(key) as T | undefined),
    error: undefined,
  }));
  const [turn, setTurn] = useState(0);
  const [loading, setLoading] = useState(key !== null);
  const loader = useRef(load);
  loader.current = load;
  const failures = useRef(0);
  const underWay = useRef(false);
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: turn asks for another load of the same
  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setLoading(true);
    underWay.current = true;
    loader.current(controller.signal).then(
      (data) => {
        if (controller.signal.aborted) return;
        underWay.current = false;
        failures.current = 0;
        keep(key, data);
        setState({ key, data, error: undefined });
        setLoading(false);
      },
      (error) => {
        if (controller.signal.aborted) return;
        underWay.current = false;
        const known = error instanceof ApiError ? error : new ApiError(0, "unexpected", String(error));
        setState((s) => ({ key, data: s.key === key ? s.data : (kept.get(key) as T | undefined), error: known }));
        setLoading(false);
        if (known.retryable)
          timer = setTimeout(reload, RETRY_AFTER[Math.min(failures.current++, RETRY_AFTER.length - 1)]);
      },
    );
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, turn, reload]);

  const failed = state.error !== undefined;
  useEffect(() => (failed ? onRecovered(reload) : undefined), [failed, reload]);

  const topics = options.topics?.join(",") ?? "";
  useEffect(() => {
    if (!topics || key === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      // A load under way is not cut off, or many events would keep a slow hub from ever answering.
      if (underWay.current) {
        timer = setTimeout(look, EVENT_PAUSE);
        return;
      }
      timer = undefined;
      reload();
    };
    const stop = onEvents(topics.split(","), () => {
      timer ??= setTimeout(look, EVENT_PAUSE);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [topics, key, reload]);

  const data = state.key === key ? state.data : key === null ? undefined : (kept.get(key) as T | undefined);
  return { data, error: state.key === key ? state.error : undefined, loading, reload };
}
