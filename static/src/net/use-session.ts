/** Who this browser is to the hub. */
import { useSyncExternalStore } from "react";
import * as hub from "./hub.ts";
import type { Session } from "./types.ts";

export type SessionState = Session | null;

let current: SessionState = null;
const listeners = new Set<() => void>();

function set(session: SessionState) {
  current = session;
  for (const listener of listeners) listener();
}

/** null until the hub has said it. */
export const useSession = (): SessionState =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );

export const session = () => current;

export async function loadSession(): Promise<void> {
  set(await hub.getSession());
}

/** Takes the code of the printed link, or that link itself. */
export async function signIn(codeOrLink: string): Promise<void> {
  const text = codeOrLink.trim();
  const code = text.includes("#") ? (new URLSearchParams(text.slice(text.indexOf("#") + 1)).get("code") ?? text) : text;
  set(await hub.signIn(code));
}

export async function signOut(): Promise<void> {
  await hub.signOut();
  await loadSession();
}
