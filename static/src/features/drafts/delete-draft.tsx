/** Deletes a draft after asking; *Undo* brings its newest text back. */
import { useState } from "react";
import * as hub from "../../net/hub.ts";
import { ApiError, idempotencyKey } from "../../net/request.ts";
import { creatorPlace } from "../../route/places.ts";
import { navigate } from "../../route/router.tsx";
import { Button } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { toast } from "../../ui/toast.tsx";
import { explainRefusal, mayChange } from "../sign-in.tsx";

interface DeleteDraftProps {
  draft: { id: string; title: string };
  onDeleted(): void;
  onClose(): void;
}

export function DeleteDraftDialog({ draft, onDeleted, onClose }: DeleteDraftProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const remove = async () => {
    if (busy || !mayChange("delete drafts", () => void remove())) return;
    setBusy(true);
    setError(undefined);
    try {
      const last = await hub.getDraft(draft.id);
      await hub.deleteDraft(draft.id, last.etag);
      onDeleted();
      toast(`Deleted ${draft.title}`, { action: { label: "Undo", run: () => void bringBack(last.value) } });
    } catch (cause) {
      if (cause instanceof ApiError && cause.status === 404) return onDeleted();
      if (!explainRefusal(cause, "delete drafts", () => void remove()))
        setError(cause instanceof ApiError ? cause : new ApiError(0, "unexpected", String(cause)));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Delete draft"
      onClose={onClose}
      onSubmit={() => void remove()}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" type="submit" busy={busy}>
            Delete draft
          </Button>
        </>
      }
    >
      <p>
        <b>{draft.title}</b> and all its revisions are deleted. What was published from it stays, and so do its runs.
      </p>
      {error && (
        <p className="help bad" role="alert">
          <Icon name="error" size={12} />
          {error.message} {error.hint}
        </p>
      )}
    </Dialog>
  );
}

type Deleted = Awaited<ReturnType<typeof hub.getDraft>>["value"];

async function bringBack({ document = "", title, asset, revision }: Deleted) {
  const based_on = asset ? `${asset.namespace}/${asset.name}@${asset.version}` : undefined;
  const draft = { document, title, ...(based_on ? { based_on } : {}) };
  try {
    const { value } = await hub.createDraft(draft, idempotencyKey());
    const text =
      revision > 1 ? `${title} is back, without its ${counted(revision - 1, "older revision")}` : `${title} is back`;
    toast(text, { action: { label: "Open", run: () => navigate(creatorPlace(value.id)) } });
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { tone: "bad" });
  }
}
