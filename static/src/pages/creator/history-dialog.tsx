/** The revisions of a draft: what each changed, with a way back that adds a revision rather than taking any away. */
import { useState } from "react";
import { DiffView } from "../../features/code/lazy-code.tsx";
import { explainRefusal } from "../../features/sign-in.tsx";
import { getRevision, listRevisions } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import type { Revision } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { Button, Time } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { bytes } from "../../ui/format.ts";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Autosave } from "./autosave.ts";
import { session, useCreator } from "./store.ts";

export function HistoryDialog({ autosave, onClose }: { autosave: Autosave; onClose(): void }) {
  const id = useCreator((creator) => creator.draft.id) ?? "";
  const [chosen, setChosen] = useState<Revision | null>(null);
  const [older, setOlder] = useState<Revision[]>([]);
  const [cursor, setCursor] = useState<string | null>();
  const first = useResource(`history ${id}`, (signal) => listRevisions(id, undefined, signal), { topics: ["drafts"] });
  const more = async (at: string) => {
    try {
      const page = await listRevisions(id, at);
      setOlder((before) => [...before, ...page.items]);
      setCursor(page.next_cursor);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { tone: "bad" });
    }
  };
  return (
    <Dialog title="Revision history" wide onClose={onClose}>
      <Loaded resource={first}>
        {(page) => {
          const all = [...page.items, ...older.filter((o) => !page.items.some((i) => i.revision === o.revision))];
          const next = cursor === undefined ? page.next_cursor : cursor;
          const shown = chosen ?? all[1] ?? all[0];
          return (
            <div className="history">
              <ul className="revisions" aria-label="Revisions">
                {all.map((revision) => (
                  <li key={revision.revision}>
                    <button
                      type="button"
                      aria-pressed={revision.revision === shown?.revision}
                      onClick={() => setChosen(revision)}
                    >
                      <b className="num">{revision.revision}</b>
                      <span className="grow">
                        {revision.label || (revision === all[0] ? "Newest" : bytes(revision.size))}
                        <small>{revision.created_by}</small>
                      </span>
                      <Time at={revision.created_at} />
                    </button>
                  </li>
                ))}
                {next && (
                  <li>
                    <Button size="s" look="quiet" onClick={() => void more(next)}>
                      Show older ones
                    </Button>
                  </li>
                )}
              </ul>
              {shown && all[0] && (
                <Chosen key={shown.revision} id={id} revision={shown} newest={all[0].revision} onClose={onClose} />
              )}
            </div>
          );
        }}
      </Loaded>
      <NameIt autosave={autosave} onNamed={first.reload} />
    </Dialog>
  );
}

function Chosen({
  id,
  revision,
  newest,
  onClose,
}: {
  id: string;
  revision: Revision;
  newest: number;
  onClose(): void;
}) {
  const now = useCreator((creator) => creator.text);
  const readOnly = useCreator((creator) => creator.readOnly);
  const text = useResource(`revision ${id} ${revision.revision}`, (signal) =>
    getRevision(id, revision.revision, signal),
  );
  if (text.data === undefined) return text.error ? <Loaded resource={text}>{() => null}</Loaded> : <Skeleton />;
  const old = text.data;
  const restore = () => {
    session.replace(`Restore revision ${revision.revision}`, old);
    toast(`Restored revision ${revision.revision} as a new one`);
    onClose();
  };
  return (
    <div className="revision">
      {old === now ? (
        <p className="muted">This is what the canvas shows now.</p>
      ) : (
        <DiffView left={old} right={now} labels={[`Revision ${revision.revision}`, "now"]} />
      )}
      {old !== now && !readOnly && (
        <p className="row">
          <Button icon="retry" onClick={restore}>
            Restore {revision.revision} as {newest + 1}
          </Button>
          <span className="dim xs">Restoring adds a revision; none is lost.</span>
        </p>
      )}
    </div>
  );
}

function NameIt({ autosave, onNamed }: { autosave: Autosave; onNamed(): void }) {
  const [label, setLabel] = useState("");
  const [busy, setBusy] = useState(false);
  const name = async () => {
    if (!label.trim() || busy) return;
    setBusy(true);
    try {
      await autosave.label(label.trim());
      setLabel("");
      onNamed();
    } catch (error) {
      if (!explainRefusal(error, "name revisions", () => void name()))
        toast(error instanceof ApiError ? error.message : String(error), { tone: "bad" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="row name-revision">
      <input
        className="input grow"
        aria-label="Name for the newest revision"
        placeholder="Name the newest revision"
        maxLength={200}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          void name();
        }}
      />
      <Button busy={busy} onClick={() => void name()}>
        Name it
      </Button>
    </div>
  );
}
