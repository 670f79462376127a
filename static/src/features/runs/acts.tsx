/** What can be done to runs, one or several: asked for, done, told. */
import { useRef, useState } from "react";
import * as hub from "../../net/hub.ts";
import { ApiError, idempotencyKey } from "../../net/request.ts";
import type { Run } from "../../net/types.ts";
import { forget } from "../../net/use-resource.ts";
import { Button } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { counted } from "../../ui/format.ts";
import { toast } from "../../ui/toast.tsx";
import { explainRefusal, mayChange } from "../sign-in.tsx";

export type Act = "cancel" | "again" | "resume" | "archive" | "delete";

const WORDS: Record<Act, { one: string; said: string; needs: string }> = {
  cancel: { one: "Cancel", said: "Cancelling", needs: "cancel runs" },
  again: { one: "Run again", said: "Launched", needs: "launch pipelines" },
  resume: { one: "Resume", said: "Launched", needs: "launch pipelines" },
  archive: { one: "Archive", said: "Archived", needs: "archive runs" },
  delete: { one: "Delete", said: "Deleted", needs: "delete runs" },
};

/** A repeated try of the same launch must not launch twice. */
const keys = new Map<string, string>();

async function doOne(act: Act, run: Run): Promise<Run | null> {
  if (act === "cancel") return hub.cancelRun(run.id);
  if (act === "archive") return hub.archiveRun(run.id);
  if (act === "delete") {
    await hub.deleteRun(run.id);
    forget(`run ${run.id}`);
    return null;
  }
  const which = `${act} ${run.id}`;
  const key = keys.get(which) ?? idempotencyKey();
  keys.set(which, key);
  const launched = await (act === "resume" ? hub.resumeRun : hub.retryRun)(run.id, key);
  keys.delete(which);
  return launched;
}

/** Does it to each run; says what went wrong with which one, and returns what came of those that it worked for. */
export function useRunActs(after: (act: Act, done: { run: Run; result: Run | null }[]) => void) {
  const [busy, setBusy] = useState<Act | null>(null);
  const latest = useRef(after);
  latest.current = after;

  const act = async (what: Act, runs: readonly Run[]): Promise<void> => {
    const words = WORDS[what];
    if (busy || !runs.length || !mayChange(words.needs, () => void act(what, runs))) return;
    setBusy(what);
    const done: { run: Run; result: Run | null }[] = [];
    for (const run of runs) {
      try {
        done.push({ run, result: await doOne(what, run) });
      } catch (error) {
        if (explainRefusal(error, words.needs, () => void act(what, runs.slice(done.length)))) break;
        const said = error instanceof ApiError ? error.message : String(error);
        toast(`${run.name}: ${said}`, {
          tone: "bad",
          action: { label: "Try again", run: () => void act(what, [run]) },
        });
      }
    }
    setBusy(null);
    if (!done.length) return;
    if ((what !== "again" && what !== "resume") || done.length > 1)
      toast(`${words.said} ${done.length === 1 ? done[0]!.run.name : counted(done.length, "run")}`);
    latest.current(what, done);
  };
  return { act, busy };
}

/** Before something that cannot be undone. */
export function Confirm({
  title,
  keep,
  onConfirm,
  onClose,
  children,
}: {
  /** The act, as on the button that does it. */
  title: string;
  keep: string;
  onConfirm(): void;
  onClose(): void;
  children: React.ReactNode;
}) {
  const confirm = () => {
    onClose();
    onConfirm();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={confirm}
      foot={
        <>
          <Button onClick={onClose}>{keep}</Button>
          <Button look="danger" type="submit">
            {title}
          </Button>
        </>
      }
    >
      <p>{children}</p>
    </Dialog>
  );
}
