/** Reading is open; publishing, saving and launching need this browser to be signed in. Says so kindly, and how. */
import { useSyncExternalStore } from "react";
import { ApiError } from "../net/request.ts";
import { session, useSession } from "../net/use-session.ts";
import { Button } from "../ui/controls.tsx";
import { lazily } from "../ui/lazy.tsx";

const Ask = lazily(() => import("./sign-in-dialog.tsx"));

interface Asked {
  act: string;
  after: (() => void) | undefined;
}

let asked: Asked | null = null;
const listeners = new Set<() => void>();

function set(next: Asked | null) {
  asked = next;
  for (const listener of listeners) listener();
}

/** True when signed in; else explains it, and runs `then` after the person has signed in. act: "launch pipelines". */
export function mayChange(act: string, then?: () => void): boolean {
  if (session()?.authenticated) return true;
  set({ act, after: then });
  return false;
}

/** Explains a refusal for lack of a session; false for every other error. */
export function explainRefusal(error: unknown, act: string, then?: () => void): boolean {
  if (!(error instanceof ApiError) || error.status !== 401) return false;
  set({ act, after: then });
  return true;
}

/** "Guests can read…" above a thing that only signed-in people can do. */
export function SignInNotice({ act }: { act: string }) {
  const who = useSession();
  if (!who || who.authenticated) return null;
  return (
    <div className="notice">
      <span className="grow">You are reading as a guest. To {act}, sign in first.</span>
      <Button size="s" onClick={() => set({ act, after: undefined })}>
        How to sign in
      </Button>
    </div>
  );
}

export const openSignIn = () => set({ act: "publish, save and launch", after: undefined });

/** Stands once in the page and opens when it is asked for. */
export function SignInDialog() {
  const ask = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
  return ask && <Ask act={ask.act} after={ask.after} onClose={() => set(null)} />;
}
