/** All drafts, last changed first; the way into the pipeline creator. */
import { useEffect, useState } from "react";
import { DeleteDraftDialog } from "../../features/drafts/delete-draft.tsx";
import { SignInNotice } from "../../features/sign-in.tsx";
import { listDrafts } from "../../net/hub.ts";
import type { Draft } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { assetPlace, browsePlace, creatorPlace } from "../../route/places.ts";
import { Link, navigate, useQuery, useScrollBack, useTitle } from "../../route/router.tsx";
import { Button, IconButton, LinkButton, Time } from "../../ui/controls.tsx";
import { KindIcon } from "../../ui/icon.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";

const PAGE = 50;
const NEW = creatorPlace("new");

export default function Page() {
  useTitle("Pipeline creator");
  const query = useQuery();
  const [use, from] = [query.get("use"), query.get("from")];
  useEffect(() => {
    if (use || from)
      navigate(creatorPlace("new", { ...(use ? { use } : {}), ...(from ? { from } : {}) }), { replace: true });
  }, [use, from]);
  const first = useResource("drafts", (signal) => listDrafts({ limit: PAGE }, signal), { topics: ["drafts"] });
  useScrollBack(first.data !== undefined);
  return (
    <div className="scroll" data-scroll>
      <div className="page">
        <header className="drafts-head">
          <div className="grow">
            <h1>Pipeline creator</h1>
            <p className="muted">Drafts of pipelines that are being built, last changed first.</p>
          </div>
          <LinkButton look="primary" icon="plus" href={NEW}>
            New pipeline
          </LinkButton>
        </header>
        <SignInNotice act="keep drafts" />
        <Loaded resource={first} lines={6}>
          {(page) => <Drafts items={page.items} cursor={page.next_cursor} reload={first.reload} />}
        </Loaded>
      </div>
    </div>
  );
}

function Drafts({ items, cursor, reload }: { items: Draft[]; cursor: string | null; reload(): void }) {
  const [more, setMore] = useState<Draft[]>([]);
  const [next, setNext] = useState<string | null>();
  const [doomed, setDoomed] = useState<Draft>();
  const all = [...items, ...more.filter((draft) => !items.some((other) => other.id === draft.id))];
  const following = next === undefined ? cursor : next;
  const load = async (at: string) => {
    try {
      const page = await listDrafts({ limit: PAGE, cursor: at });
      setMore((before) => [...before, ...page.items]);
      setNext(page.next_cursor);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { tone: "bad" });
    }
  };
  if (all.length === 0) return <NoDrafts />;
  return (
    <>
      <ul className="drafts" aria-label="Drafts">
        {all.map((draft) => (
          <Row key={draft.id} draft={draft} remove={() => setDoomed(draft)} />
        ))}
      </ul>
      {following && (
        <p className="drafts-more">
          <Button onClick={() => void load(following)}>Show more</Button>
        </p>
      )}
      {doomed && (
        <DeleteDraftDialog
          draft={doomed}
          onClose={() => setDoomed(undefined)}
          onDeleted={() => {
            setMore((before) => before.filter((draft) => draft.id !== doomed.id));
            setDoomed(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}

function NoDrafts() {
  return (
    <Empty
      icon="draft"
      title="No drafts yet"
      actions={
        <>
          <LinkButton look="primary" icon="plus" href={NEW}>
            New pipeline
          </LinkButton>
          <LinkButton href={browsePlace("pipeline")}>Start from a pipeline</LinkButton>
        </>
      }
    >
      A draft is kept by itself while a pipeline is being built.
    </Empty>
  );
}

function Row({ draft, remove }: { draft: Draft; remove(): void }) {
  const { asset } = draft;
  return (
    <li>
      <KindIcon kind="pipeline" size={20} />
      <div className="grow">
        <Link className="drafts-title cut" href={creatorPlace(draft.id)}>
          {draft.title}
        </Link>
        <p className="dim sm cut">
          Revision {draft.revision}
          {asset && (
            <>
              {" · based on "}
              <Link href={assetPlace({ ...asset, kind: "pipeline" }, asset.version)}>
                {asset.namespace}/{asset.name} {asset.version}
              </Link>
            </>
          )}
        </p>
      </div>
      <span className="dim sm nowrap">
        <Time at={draft.updated_at} />
      </span>
      <IconButton label={`Delete ${draft.title}`} icon="x" size="s" onClick={remove} />
    </li>
  );
}
