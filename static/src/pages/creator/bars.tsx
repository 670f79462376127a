/** What is to be decided before going on: a newer revision by somebody else, or changes that an earlier tab left. */
import { useEffect, useState } from "react";
import { DiffView } from "../../features/code/lazy-code.tsx";
import { listRevisions } from "../../net/hub.ts";
import { useResource } from "../../net/use-resource.ts";
import { Button } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ago } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import type { Theirs } from "./autosave.ts";
import { dropBackup } from "./backup.ts";
import type { Open } from "./draft.ts";
import { session, useCreator } from "./store.ts";

export function ConflictBar({ open }: { open: Open }) {
  const state = useCreator((creator) => creator.save.state);
  const theirs = open.autosave.conflict;
  return state === "conflict" && theirs ? <Conflict open={open} theirs={theirs} /> : null;
}

function Conflict({ open, theirs }: { open: Open; theirs: Theirs }) {
  const { autosave } = open;
  const [comparing, setComparing] = useState(false);
  const id = autosave.draftId;
  const revisions = useResource(id && `revisions ${id} ${theirs.revision}`, (signal) =>
    listRevisions(id ?? "", undefined, signal),
  );
  const by = revisions.data?.items.find((one) => one.revision === theirs.revision)?.created_by || "Somebody";
  const acts = (
    <>
      <Button onClick={() => autosave.takeTheirs()}>Take theirs</Button>
      <Button onClick={() => autosave.keepBoth()}>Keep both</Button>
      <Button onClick={() => autosave.keepMine()}>Keep mine</Button>
    </>
  );
  return (
    <>
      <div className="notice bad creator-bar" role="alert">
        <Icon name="warn" />
        <span className="grow">
          <b>Saved elsewhere.</b> {by} saved revision {theirs.revision} {ago(theirs.at)}; your changes are not saved
          yet. Both are safe until you choose.
        </span>
        <Button onClick={() => setComparing(true)}>Compare</Button>
        {acts}
      </div>
      {comparing && <Compare theirs={theirs} by={by} acts={acts} onClose={() => setComparing(false)} />}
    </>
  );
}

function Compare({
  theirs,
  by,
  acts,
  onClose,
}: {
  theirs: Theirs;
  by: string;
  acts: React.ReactNode;
  onClose(): void;
}) {
  const mine = useCreator((creator) => creator.text);
  return (
    <Dialog title="Compare" wide onClose={onClose} foot={acts}>
      <DiffView left={theirs.text} right={mine} labels={[`Revision ${theirs.revision}, ${by}`, "yours, now"]} />
      <p className="help">
        Keep mine saves yours as the next revision. Take theirs leaves yours to Undo. Keep both makes yours a draft of
        its own.
      </p>
    </Dialog>
  );
}

export function BackupBar({ open }: { open: Open }) {
  const [backup, setBackup] = useState(open.backup);
  const [comparing, setComparing] = useState(false);
  const text = useCreator((creator) => creator.text);
  useEffect(() => setBackup(open.backup), [open]);
  if (!backup) return null;
  const done = () => {
    dropBackup(backup.key);
    setBackup(null);
  };
  const restore = () => {
    session.replace("Restore unsaved changes", backup.text);
    done();
  };
  return (
    <>
      <div className="notice creator-bar" role="status">
        <Icon name="history" />
        <span className="grow">Changes made {ago(backup.at)} in this browser were not saved.</span>
        <Button onClick={() => setComparing(true)}>Compare</Button>
        <Button onClick={done}>Discard them</Button>
        <Button look="primary" onClick={restore}>
          Restore unsaved changes
        </Button>
      </div>
      {comparing && (
        <Dialog title="Compare" wide onClose={() => setComparing(false)}>
          <DiffView left={text} right={backup.text} labels={["What is here", "what was not saved"]} />
        </Dialog>
      )}
    </>
  );
}
