/** Explains signing in, and takes the printed link where it cannot be opened. */
import { useState } from "react";
import { ApiError } from "../net/request.ts";
import { signIn } from "../net/use-session.ts";
import { Button, Field } from "../ui/controls.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { toast } from "../ui/toast.tsx";

interface SignInDialogProps {
  /** what the person wanted to do: "launch pipelines" */
  act: string;
  /** once signed in */
  after: (() => void) | undefined;
  onClose(): void;
}

export default function SignInDialog({ act, after, onClose }: SignInDialogProps) {
  const [link, setLink] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!link.trim()) return setError("Paste the link first.");
    setBusy(true);
    try {
      await signIn(link);
      onClose();
      toast("Signed in");
      after?.();
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
      onClose={onClose}
      onSubmit={() => void submit()}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="primary" type="submit" busy={busy}>
            Sign in
          </Button>
        </>
      }
    >
      <p>
        Everybody who reaches this hub may read. To {act}, open the link that the hub printed when it started: it signs
        this browser in, and nothing else is needed.
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
