/** What one was doing, and whether it can go on: drafts, runs, what is new, engines, who one is. */
import type { ReactNode } from "react";
import { LaunchStarter } from "../../features/runs/launch-starter.tsx";
import { countsOf, lasted, progressWords } from "../../features/runs/run.ts";
import { useNow } from "../../features/runs/use-now.ts";
import { openSignIn } from "../../features/sign-in.tsx";
import { listAssets, listDrafts, listEngines, listRuns } from "../../net/hub.ts";
import { type Asset, type Draft, type Engine, isFinished, type Run } from "../../net/types.ts";
import { type Resource, useResource } from "../../net/use-resource.ts";
import { signOut, useSession } from "../../net/use-session.ts";
import { assetPlace, creatorPlace, runPlace, runsPlace, uploadPlace } from "../../route/places.ts";
import { Link, useScrollBack, useTitle } from "../../route/router.tsx";
import { Badge, Button, LinkButton, Time } from "../../ui/controls.tsx";
import { capital, counted, duration } from "../../ui/format.ts";
import { KindIcon, StateIcon } from "../../ui/icon.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import { KIND_WORDS, STATE_WORDS } from "../../ui/words.ts";

const ROWS = 5;

export default function WorkspacePage() {
  useTitle("Workspace");
  const drafts = useResource("drafts here", (signal) => listDrafts({ limit: ROWS }, signal), { topics: ["drafts"] });
  const runs = useResource("runs here", (signal) => listRuns({ limit: ROWS }, signal), { topics: ["runs"] });
  const assets = useResource("newest assets", (signal) => listAssets({ sort: "updated", limit: ROWS }, signal), {
    topics: ["assets"],
  });
  const engines = useResource("engines", listEngines);
  const now = useNow(runs.data?.items.some((run) => !isFinished(run.state)) ?? false);
  useScrollBack(drafts.data !== undefined && runs.data !== undefined);
  return (
    <div className="scroll" data-scroll>
      <div className="page">
        <header className="row runshead wrap">
          <h1 className="grow">Workspace</h1>
          <LinkButton icon="upload" href={uploadPlace()}>
            Upload
          </LinkButton>
          <LinkButton look="primary" icon="plus" href={creatorPlace("new")}>
            New pipeline
          </LinkButton>
        </header>
        <div className="cols2 workspace">
          <Part title="Drafts" all="All drafts" href={creatorPlace()} resource={drafts}>
            {({ items }) =>
              items.length ? (
                items.map((draft) => <DraftRow key={draft.id} draft={draft} />)
              ) : (
                <Empty
                  icon="draft"
                  title="No drafts"
                  actions={<LinkButton href={creatorPlace("new")}>Begin a pipeline</LinkButton>}
                >
                  A pipeline that is being built is kept here with each of its revisions.
                </Empty>
              )
            }
          </Part>
          <Part title="Recent runs" all="All runs" href={runsPlace()} resource={runs}>
            {({ items }) =>
              items.length ? (
                items.map((run) => <RunRow key={run.id} run={run} now={now} />)
              ) : (
                <Empty icon="run" title="No runs yet" actions={<LaunchStarter />}>
                  What is launched is kept here with its log and what came out.
                </Empty>
              )
            }
          </Part>
          <Part title="Recently published" resource={assets}>
            {({ items }) =>
              items.length ? (
                items.map((asset) => <AssetLine key={`${asset.namespace} ${asset.kind} ${asset.name}`} asset={asset} />)
              ) : (
                <Empty
                  icon="upload"
                  title="Nothing published yet"
                  actions={<LinkButton href={uploadPlace()}>Upload an asset</LinkButton>}
                >
                  What anybody publishes at this hub stands here first.
                </Empty>
              )
            }
          </Part>
          <div className="stacked">
            <Part title="Engines" resource={engines}>
              {({ items }) =>
                items.length ? (
                  items.map((engine) => <EngineRow key={engine.name} engine={engine} />)
                ) : (
                  <Empty icon="cpu" title="No engine">
                    This hub was set up without one, so pipelines can be built and compiled, not launched.
                  </Empty>
                )
              }
            </Part>
            <Who />
          </div>
        </div>
      </div>
    </div>
  );
}

interface PartProps<T> {
  title: string;
  all?: string;
  href?: string;
  resource: Resource<T>;
  children(data: T): ReactNode;
}

function Part<T>({ title, all, href, resource, children }: PartProps<T>) {
  return (
    <section className="panel" aria-label={title}>
      <header>
        <h2 className="grow">{title}</h2>
        {all && href && (
          <Link className="sm" href={href}>
            {all}
          </Link>
        )}
      </header>
      <div className="list">
        {resource.data === undefined ? (
          <div className="in">
            <Loaded resource={resource}>{() => null}</Loaded>
          </div>
        ) : (
          children(resource.data)
        )}
      </div>
    </section>
  );
}

interface LineProps {
  href: string;
  icon: ReactNode;
  title: ReactNode;
  second: string;
  at: string;
  children?: ReactNode;
}

const Line = ({ href, icon, title, second, at, children }: LineProps) => (
  <Link href={href}>
    {icon}
    <span className="grow">
      <span className="cut title">{title}</span>
      <span className="dim sm cut second">{second}</span>
    </span>
    {children}
    <span className="num dim sm when">
      <Time at={at} />
    </span>
  </Link>
);

function DraftRow({ draft }: { draft: Draft }) {
  const base = draft.asset ? `from ${draft.asset.namespace}/${draft.asset.name} ${draft.asset.version}` : "new";
  return (
    <Line
      href={creatorPlace(draft.id)}
      icon={<KindIcon kind="pipeline" />}
      title={draft.title || "Untitled pipeline"}
      second={`revision ${draft.revision} · ${base}`}
      at={draft.updated_at}
    />
  );
}

function RunRow({ run, now }: { run: Run; now: number }) {
  const counts = countsOf(run.message);
  const time = lasted(run, now);
  const said = counts ? progressWords(counts) : isFinished(run.state) ? run.message || run.reason : null;
  return (
    <Line
      href={runPlace(run.id)}
      icon={<StateIcon state={run.state} alone />}
      title={<span className="mono">{run.name}</span>}
      second={[said ?? STATE_WORDS[run.state], time !== null && duration(time)].filter(Boolean).join(" · ")}
      at={run.started_at ?? run.created_at}
    />
  );
}

function AssetLine({ asset }: { asset: Asset }) {
  const by = asset.provider ? ` by ${asset.provider}` : "";
  return (
    <Line
      href={assetPlace(asset)}
      icon={<KindIcon kind={asset.kind} />}
      title={asset.title}
      second={`${capital(KIND_WORDS[asset.kind].one)}${by}${asset.latest ? ` · ${asset.latest.version}` : ""}`}
      at={asset.updated_at}
    />
  );
}

function EngineRow({ engine }: { engine: Engine }) {
  const limits = [
    engine.sandbox,
    engine.max_runs && `${counted(engine.max_runs, "run")} at a time`,
    engine.parallel_tasks && `${counted(engine.parallel_tasks, "task")} of a run at a time`,
  ].filter(Boolean);
  return (
    <div className="engine">
      <div className="row wrap">
        <b>{engine.name}</b>
        <Badge tone={engine.ready ? "ok" : "warn"} icon={engine.ready ? "check" : "warn"}>
          {engine.ready ? "Ready" : "Not ready"}
        </Badge>
        <span className="dim sm">{limits.join(" · ")}</span>
      </div>
      {!engine.ready && <p>{engine.reason || "The engine does not say why."}</p>}
      {(engine.notes?.length ?? 0) > 0 && (
        <ul className="notes sm muted">
          {engine.notes!.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Who() {
  const session = useSession();
  if (!session) return null;
  const leave = () =>
    signOut().then(
      () => toast("Signed out"),
      (error) => toast(error instanceof Error ? error.message : String(error), { tone: "bad" }),
    );
  return (
    <section className="panel" aria-label="Session">
      <header>
        <h2 className="grow">Session</h2>
        {!session.authenticated ? (
          <Button size="s" onClick={openSignIn}>
            How to sign in
          </Button>
        ) : (
          session.via === "cookie" && (
            <Button size="s" onClick={() => void leave()}>
              Sign out
            </Button>
          )
        )}
      </header>
      <p className="in">
        {session.authenticated
          ? `Signed in as ${session.principal?.name ?? "somebody"}: this browser may publish, save and launch.`
          : "You are reading as a guest. Publishing, saving and launching need the link that the hub printed when it started."}
      </p>
    </section>
  );
}
