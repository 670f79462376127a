/** What asks before something is done with the whole pipeline. */
import { useEffect, useState } from "react";
import { DeleteDraftDialog } from "../../features/drafts/delete-draft.tsx";
import LaunchDialog from "../../features/launch/launch-dialog.tsx";
import { explainRefusal, mayChange } from "../../features/sign-in.tsx";
import { changeText } from "../../model/document.ts";
import { setName } from "../../model/edit.ts";
import { createDraft } from "../../net/hub.ts";
import { idempotencyKey } from "../../net/request.ts";
import { creatorPlace, runPlace } from "../../route/places.ts";
import { navigate } from "../../route/router.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Autosave } from "./autosave.ts";
import { readReference } from "./draft.ts";
import { HistoryDialog } from "./history-dialog.tsx";
import { PublishDialog } from "./publish/publish-dialog.tsx";
import { actions, useCreator } from "./store.ts";

export type DialogName = "launch" | "publish" | "history" | "delete" | "duplicate";

interface CreatorDialogProps {
  name: DialogName;
  autosave: Autosave;
  onClose(): void;
}

export function CreatorDialog({ name, autosave, onClose }: CreatorDialogProps) {
  if (name === "launch") return <Launch onClose={onClose} />;
  if (name === "publish") return <Publish autosave={autosave} onClose={onClose} />;
  if (name === "history") return <HistoryDialog autosave={autosave} onClose={onClose} />;
  if (name === "delete") return <Delete autosave={autosave} onClose={onClose} />;
  return <Duplicate onClose={onClose} />;
}

function Launch({ onClose }: { onClose(): void }) {
  // What is launched is what was there when it was asked for.
  const [{ text, document, draft }] = useState(actions.current);
  return (
    <LaunchDialog
      subject={{ document: text }}
      title={draft.title}
      inputs={document.inputs}
      onClose={onClose}
      onLaunched={(run) => navigate(runPlace(run.id))}
    />
  );
}

function Publish({ autosave, onClose }: { autosave: Autosave; onClose(): void }) {
  const basedOn = useCreator((creator) => creator.draft.basedOn);
  return (
    <PublishDialog
      basedOn={basedOn ? readReference(basedOn).name : null}
      onClose={onClose}
      // The name is a help for the history; that it was published does not depend on it.
      onPublished={({ version }) => void autosave.label(`Published ${version}`).catch(() => {})}
    />
  );
}

function Delete({ autosave, onClose }: { autosave: Autosave; onClose(): void }) {
  const { id, title } = useCreator((creator) => creator.draft);
  const gone = () => {
    autosave.abandon();
    navigate(creatorPlace());
  };
  return id === null ? null : <DeleteDraftDialog draft={{ id, title }} onClose={onClose} onDeleted={gone} />;
}

/** No dialog: a draft with the same text, which opens. */
function Duplicate({ onClose }: { onClose(): void }) {
  useEffect(() => {
    void duplicate();
    onClose();
  }, [onClose]);
  return null;
}

async function duplicate() {
  if (!mayChange("keep drafts", () => void duplicate())) return;
  const { document, draft } = actions.current();
  const title = `${draft.title} (copy)`;
  const text = changeText(document.text, setName(document, title));
  const based = draft.basedOn ? { based_on: draft.basedOn } : {};
  try {
    const copy = await createDraft({ document: text, title, ...based }, idempotencyKey());
    navigate(creatorPlace(copy.value.id));
    toast("This is the copy; the first one stays as it was");
  } catch (error) {
    if (explainRefusal(error, "keep drafts", () => void duplicate())) return;
    toast(error instanceof Error ? error.message : String(error), { tone: "bad" });
  }
}
