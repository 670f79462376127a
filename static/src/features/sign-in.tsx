/** Reading is open; publishing, saving and launching need this browser to be signed in. Says so kindly, and how. */
import { useState, useSyncExternalStore } from "react";
import { ApiError } from "../net/request.ts";
import { session, signIn, useSession } from "../net/use-session.ts";
import { Button, Field } from "../ui/controls.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { toast } from "../ui/toast.tsx";

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
  return ask && <Ask ask={ask} />;
}

function Ask({ ask }: { ask: Asked }) {
  const [link, setLink] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!link.trim()) return setError("Paste the link first.");
    setBusy(true);
    try {
      await signIn(link);
      set(null);
      toast("Signed in");
      ask.after?.();
    } catch (cause) {
      setError(
        cause instanceof ApiError && (cause.status === 401 || cause.status === 403 || cause.status === 422)
          ? "That link is not good. It changes when the hub gets a new token; take the newest one."
          : cause instanceof Error
            ? cause.message
            : String(cause),
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Sign in"
      onClose={() => set(null)}
      onSubmit={() => void submit()}
      foot={
        <>
          <Button onClick={() => set(null)}>Not now</Button>
          <Button look="primary" type="submit" busy={busy}>
            Sign in
          </Button>
        </>
      }
    >
      <p>
        Everybody who reaches this hub may read. To {ask.act}, open the link that the hub printed when it started: it
        signs this browser in, and nothing else is needed.
      </p>
      <p className="muted">
        Is it gone? The line <code>component-hub serve --print-link</code> prints it again at each start.
      </p>
      <Field label="Or paste that link here" error={error}>
        {({ id, describedBy, invalid }) => (
          <input
            id={id}
            className={`input ${invalid ? "bad" : ""}`}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            autoComplete="off"
            spellCheck={false}
            placeholder="http://127.0.0.1:8080/#code=…"
            value={link}
            onChange={(event) => setLink(event.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}
