/** The files that were chosen, checked by the hub as they come and change, and published when that is wanted. */
import { useCallback, useEffect, useRef, useState } from "react";
import { onRecovered } from "../../net/connection.ts";
import { getAsset } from "../../net/hub.ts";
import { ApiError, idempotencyKey } from "../../net/request.ts";
import { sendFile } from "../../net/send-file.ts";
import type { Asset, Kind, Version } from "../../net/types.ts";
import { session, useSession } from "../../net/use-session.ts";
import { type Chosen, isText, LIMIT, TEXT_LIMIT } from "./items.ts";

export type Phase =
  /** Being checked, or sent to be stored. */
  | "checking"
  | "sending"
  /** May be published. */
  | "ready"
  | "refused"
  /** These very bytes are that version already. */
  | "known"
  | "published"
  /** Larger than the hub takes; nothing was sent. */
  | "too-large"
  | "guest";

export interface Item {
  id: number;
  file: File;
  /** null: no text, or too long to show. */
  text: string | null;
  /** Its text was typed here, so that there is no file of it. */
  typed: boolean;
  chosen: Chosen;
  /** The kind that it must be; undefined: any. */
  kind: Kind | undefined;
  phase: Phase;
  /** As the hub saw it last. */
  found: Version | null;
  /** The asset of that name as it is; null: there is none yet. */
  existing: Asset | null;
  error: ApiError | null;
  /** Share of the bytes that was sent; null: not sending. */
  progress: number | null;
  /** Of the publishing call: stays while the same is tried again. */
  key: string;
}

/** The time of a file that was made of what was typed. */
export const TYPED = 1;
const CHECK_PAUSE = 500;
/** Below, it is sent before one could read how far it is. */
const SHOW_PROGRESS = 1024 * 1024;

let nextId = 1;

async function newItem(file: File, kind: Kind | undefined): Promise<Item> {
  const text = file.size <= TEXT_LIMIT ? await file.text() : null;
  return {
    id: nextId++,
    file,
    text: text !== null && isText(text) ? text : null,
    typed: file.lastModified === TYPED,
    chosen: { namespace: "", name: "", version: "" },
    kind,
    phase: file.size > LIMIT ? "too-large" : "checking",
    found: null,
    existing: null,
    error: null,
    progress: null,
    key: idempotencyKey(),
  };
}

const asError = (cause: unknown) =>
  cause instanceof ApiError ? cause : new ApiError(0, "unexpected", String(cause), null);

/** Nothing typed is nothing asked for: the hub proposes. */
const wanted = ({ chosen, kind }: Item) => ({
  kind,
  namespace: chosen.namespace.trim() || undefined,
  name: chosen.name.trim() || undefined,
  version: chosen.version.trim() || undefined,
});

async function existingAsset(found: Version, signal: AbortSignal): Promise<Asset | null> {
  try {
    return (await getAsset(found, signal)).value;
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 404) return null;
    throw cause;
  }
}

export function useUploads(kind: Kind | undefined) {
  const [items, setItems] = useState<Item[]>([]);
  /** Changes at once, before it is drawn. */
  const now = useRef(items);
  const running = useRef(new Map<number, AbortController>());
  const timers = useRef(new Map<number, ReturnType<typeof setTimeout>>());

  const put = useCallback((id: number, change: Partial<Item>) => {
    now.current = now.current.map((item) => (item.id === id ? { ...item, ...change } : item));
    setItems(now.current);
  }, []);

  const stop = useCallback((id: number) => {
    clearTimeout(timers.current.get(id));
    running.current.get(id)?.abort();
    running.current.delete(id);
  }, []);

  const begin = useCallback(
    (id: number) => {
      stop(id);
      const controller = new AbortController();
      running.current.set(id, controller);
      return controller.signal;
    },
    [stop],
  );

  const check = useCallback(
    async (id: number) => {
      const item = now.current.find((one) => one.id === id);
      if (!item || item.phase === "published" || item.phase === "too-large") return;
      if (session() && !session()?.authenticated) return put(id, { phase: "guest", error: null });
      const signal = begin(id);
      put(id, { phase: "checking" });
      try {
        const { version } = await sendFile(
          item.file,
          { ...wanted(item), dry_run: true },
          { signal, onProgress: progressOf(item, put) },
        );
        const existing = await existingAsset(version, signal);
        if (signal.aborted) return;
        const known = version.created_at != null;
        put(id, { phase: known ? "known" : "ready", found: version, existing, error: null, progress: null });
      } catch (cause) {
        if (signal.aborted) return;
        const error = asError(cause);
        if (error.status === 401) return put(id, { phase: "guest", error: null, progress: null });
        put(id, { phase: "refused", error, progress: null });
      }
    },
    [begin, put],
  );

  const checkSoon = useCallback(
    (id: number) => {
      stop(id);
      put(id, { phase: "checking" });
      timers.current.set(
        id,
        setTimeout(() => void check(id), CHECK_PAUSE),
      );
    },
    [check, put, stop],
  );

  /** The id of the first. */
  const add = useCallback(
    async (files: readonly File[]): Promise<number | undefined> => {
      const made = await Promise.all(files.map((file) => newItem(file, kind)));
      now.current = [...now.current, ...made];
      setItems(now.current);
      for (const item of made) void check(item.id);
      return made[0]?.id;
    },
    [kind, check],
  );

  const remove = useCallback(
    (id: number) => {
      stop(id);
      now.current = now.current.filter((item) => item.id !== id);
      setItems(now.current);
    },
    [stop],
  );

  /** Another name, version, kind or text: checked anew, and published under a key of its own. */
  const change = useCallback(
    (id: number, change: { chosen?: Chosen; kind?: Kind | undefined; text?: string }, soon = true) => {
      const item = now.current.find((one) => one.id === id);
      if (!item) return;
      const { text, ...rest } = change;
      const file = text === undefined ? item.file : new File([text], item.file.name, { type: item.file.type });
      put(id, { ...rest, file, ...(text === undefined ? {} : { text, typed: true }), key: idempotencyKey() });
      if (soon) checkSoon(id);
      else void check(id);
    },
    [check, checkSoon, put],
  );

  const publish = useCallback(
    async (id: number): Promise<{ version: Version; created: boolean } | ApiError | null> => {
      const item = now.current.find((one) => one.id === id);
      if (!item?.found) return null;
      const signal = begin(id);
      put(id, { phase: "sending", error: null });
      try {
        // What was shown is what is asked for: nobody gets another version because others published meanwhile.
        const { name, namespace, version } = item.found;
        const sent = await sendFile(
          item.file,
          { ...wanted(item), name, namespace, version },
          { key: item.key, signal, onProgress: progressOf(item, put) },
        );
        put(id, { phase: "published", found: sent.version, progress: null });
        return sent;
      } catch (cause) {
        if (signal.aborted) return null;
        const error = asError(cause);
        // Nothing was decided when there was no answer: the same may be tried again under the same key.
        put(id, { phase: "refused", error, progress: null, ...(error.retryable ? {} : { key: idempotencyKey() }) });
        return error;
      }
    },
    [begin, put],
  );

  /** Stops what is under way; a check begins again by itself, sending does not. */
  const cancel = useCallback(
    (id: number) => {
      stop(id);
      const item = now.current.find((one) => one.id === id);
      put(id, { phase: item?.found ? "ready" : "refused", progress: null, error: item?.found ? null : cancelled() });
    },
    [put, stop],
  );

  const latest = useCallback(() => now.current, []);

  const signedIn = useSession()?.authenticated;
  useEffect(() => {
    if (signedIn) for (const item of now.current) if (item.phase === "guest") void check(item.id);
  }, [signedIn, check]);

  useEffect(
    () =>
      onRecovered(() => {
        for (const item of now.current) if (item.error?.retryable) void check(item.id);
      }),
    [check],
  );

  useEffect(
    () => () => {
      for (const id of [...running.current.keys()]) stop(id);
    },
    [stop],
  );

  return { items, now: latest, add, remove, change, check, publish, cancel };
}

const cancelled = () =>
  new ApiError(499, "cancelled", "Stopped before the hub had it all.", "Check it again to go on.");

const progressOf = (item: Item, put: (id: number, change: Partial<Item>) => void) => (share: number) => {
  if (item.file.size >= SHOW_PROGRESS) put(item.id, { progress: share });
};
