/** The pipeline creator: opens a draft and lays out palette, canvas, text, inspector and problems. */
import { useEffect, useMemo, useRef, useState } from "react";
import { forget, type Resource, useResource } from "../../net/use-resource.ts";
import { useSession } from "../../net/use-session.ts";
import { creatorPlace } from "../../route/places.ts";
import { guardLeaving, useQuery, useTitle } from "../../route/router.tsx";
import { LinkButton } from "../../ui/controls.tsx";
import { Failure, Skeleton } from "../../ui/states.tsx";
import { type Address, loadStart, type Open, openDraft, type Start } from "./draft.ts";
import { actions, useCreator } from "./store.ts";
import { Studio } from "./studio.tsx";

const KEPT = "creator ";

export default function Page({ draft }: { draft: string }) {
  const query = useQuery();
  const address = { draft, from: query.get("from"), use: query.get("use") };
  return <Opened key={useOpening(address)} address={address} />;
}

/** Another number when another draft is asked for; not when the new one that is open gets its own address. */
function useOpening({ draft, from, use }: Address): number {
  const asked = draft === "new" ? `new ${from} ${use}` : draft;
  const opening = useRef({ asked, number: 0 });
  if (asked !== opening.current.asked) {
    const same = asked === actions.current().draft.id;
    opening.current = { asked, number: opening.current.number + (same ? 0 : 1) };
  }
  return opening.current.number;
}

function Opened({ address }: { address: Address }) {
  const [asked] = useState(address);
  // An editor never begins with what was kept from before: it may have been changed since.
  useMemo(() => forget(KEPT), []);
  const start = useResource(`${KEPT}${JSON.stringify(asked)}`, (signal) => loadStart(asked, signal));
  const open = useOpen(start);
  if (start.error && !open) return <NotOpened start={start} />;
  if (!open) return <Skeleton lines={6} />;
  return <Session open={open} />;
}

/** Opened once; what is loaded later is the business of saving. */
function useOpen(start: Resource<Start>): Open | null {
  const [open, setOpen] = useState<Open | null>(null);
  const loaded = start.data !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first that is loaded is what is opened
  useEffect(() => {
    if (!loaded) return;
    const opened = openDraft(start.data!);
    setOpen(opened);
    return () => opened.close();
  }, [loaded]);
  return open;
}

function NotOpened({ start }: { start: Resource<Start> }) {
  useTitle("Pipeline creator");
  return (
    <div className="page">
      <h1 className="sr">Pipeline creator</h1>
      {start.error && <Failure error={start.error} retry={start.reload} />}
      <p className="row creator-elsewhere">
        <LinkButton href={creatorPlace()}>All drafts</LinkButton>
        {start.error?.status === 404 && <LinkButton href={creatorPlace("new")}>New pipeline</LinkButton>}
      </p>
    </div>
  );
}

const UNSAVED = "What was changed last is not saved yet. Leave all the same? This browser keeps it for you.";

function Session({ open }: { open: Open }) {
  const title = useCreator((creator) => creator.draft.title);
  const signedIn = useSession()?.authenticated ?? false;
  useTitle(`${title} · Pipeline creator`);
  useEffect(() => {
    if (signedIn) open.autosave.saveNow();
  }, [signedIn, open]);
  useEffect(
    () =>
      guardLeaving(() => {
        const { state, error } = actions.current().save;
        const stuck = state === "retrying" || state === "conflict" || state === "guest" || error !== null;
        return stuck && open.autosave.unsaved ? UNSAVED : null;
      }),
    [open],
  );
  return <Studio open={open} />;
}
