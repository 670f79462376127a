/** The top of a run: its state, what it ran, how far it is, and what can be done with it. */
import { useState } from "react";
import { Confirm, useRunActs } from "../../features/runs/acts.tsx";
import { LaunchLater } from "../../features/runs/launch-later.tsx";
import { Progress } from "../../features/runs/progress.tsx";
import { type Counts, type FullRun, lasted, mayCancel, mayResume, progressWords } from "../../features/runs/run.ts";
import { mayChange } from "../../features/sign-in.tsx";
import { getVersion } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import type { Port } from "../../net/types.ts";
import { assetPlace, runPlace, runsPlace } from "../../route/places.ts";
import { Link, navigate } from "../../route/router.tsx";
import { Badge, Button, Digest, Time } from "../../ui/controls.tsx";
import { counted, duration } from "../../ui/format.ts";
import { Icon, StateLabel, stateClass } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { toast } from "../../ui/toast.tsx";

/** A run younger than this is cancelled without a question. */
const ASK_AFTER = 60_000;

interface HeadProps {
  run: FullRun;
  title: string;
  counts: Counts;
  now: number;
  reload(): void;
  onManifest(): void;
}

export function RunHead({ run, title, counts, now, reload, onManifest }: HeadProps) {
  const [asking, setAsking] = useState<"cancel" | "delete" | null>(null);
  const [inputs, setInputs] = useState<Port[] | null>(null);
  const { act, busy } = useRunActs((what, [first]) => {
    if ((what === "again" || what === "resume") && first?.result) navigate(runPlace(first.result.id));
    else if (what === "delete") navigate(runsPlace());
    else reload();
  });
  const time = lasted(run, now);
  const words = progressWords(counts);
  const cancel = () => ((time ?? 0) > ASK_AFTER ? setAsking("cancel") : void act("cancel", [run]));
  const change = async () => {
    if (!run.pipeline || !mayChange("launch pipelines", () => void change())) return;
    try {
      const version = await getVersion({ kind: "pipeline", ...run.pipeline }, run.pipeline.digest);
      setInputs(version.interface.inputs);
    } catch (error) {
      toast(error instanceof ApiError ? error.message : String(error), { tone: "bad" });
    }
  };
  return (
    <header className="runhead">
      <span className={`bigstate ${stateClass(run.state)}`}>
        <StateLabel state={run.state} />
      </span>
      <div className="grow titles">
        <h1 className="cut" title={title}>
          {title}
        </h1>
        <div className="sm dim about">
          {run.pipeline ? (
            <Link href={assetPlace({ kind: "pipeline", ...run.pipeline }, run.pipeline.version)}>
              {run.pipeline.namespace}/{run.pipeline.name} {run.pipeline.version}
            </Link>
          ) : (
            <span>from a document</span>
          )}
          {run.pipeline && (
            <span className="wide">
              <Digest digest={run.pipeline.digest} />
            </span>
          )}
          <span>
            {run.started_at ? "started " : "created "}
            <Time at={run.started_at ?? run.created_at} now={now} />
            {run.created_by && ` by ${run.created_by}`}
          </span>
          <span>on {run.engine}</span>
          {run.retry_of && (
            <span>
              again after <Link href={runPlace(run.retry_of)}>an earlier run</Link>
            </span>
          )}
          {run.resume_of && (
            <span>
              goes on from <Link href={runPlace(run.resume_of)}>an earlier run</Link>
            </span>
          )}
          {run.archived_at && <Badge>Archived</Badge>}
        </div>
      </div>
      <div className="howfar">
        <div className="row sm num">
          <span className="grow">{words}</span>
          <span className="dim">{time === null ? "" : duration(time)}</span>
        </div>
        <Progress counts={counts} />
      </div>
      <div className="acts">
        <Button icon="file" onClick={onManifest}>
          Manifest
        </Button>
        {mayResume(run) && (
          <Button
            icon="play"
            busy={busy === "resume"}
            onClick={() => void act("resume", [run])}
            title="Runs what is left; what succeeded keeps its results"
          >
            Resume
          </Button>
        )}
        <Button icon="retry" busy={busy === "again"} onClick={() => void act("again", [run])}>
          Run again
        </Button>
        {mayCancel(run) && (
          <Button look="danger" icon="stop" busy={busy === "cancel"} onClick={cancel}>
            Cancel run
          </Button>
        )}
        {(run.pipeline || !mayCancel(run)) && (
          <Menu label="More" className="btn icon" align="right" button={<Icon name="more" />}>
            {(close) => {
              const item = (label: string, run: () => void) => (
                <button
                  type="button"
                  role="menuitem"
                  onClick={() => {
                    close();
                    run();
                  }}
                >
                  {label}
                </button>
              );
              return (
                <>
                  {run.pipeline && item("Run again with other parameters…", () => void change())}
                  {!mayCancel(run) && !run.archived_at && item("Archive", () => void act("archive", [run]))}
                  {!mayCancel(run) && item("Delete…", () => setAsking("delete"))}
                </>
              );
            }}
          </Menu>
        )}
      </div>
      {asking === "cancel" && (
        <Confirm
          title="Cancel run"
          keep="Let it run"
          onClose={() => setAsking(null)}
          onConfirm={() => void act("cancel", [run])}
        >
          {`It has run for ${duration(time ?? 0)}. ${counted(counts.running ?? 0, "running task")} will be ended; what is finished stays.`}
        </Confirm>
      )}
      {asking === "delete" && (
        <Confirm
          title="Delete run"
          keep="Keep it"
          onClose={() => setAsking(null)}
          onConfirm={() => void act("delete", [run])}
        >
          {`${run.name}, its results and its logs are gone for good. To take it out of the list only, archive it.`}
        </Confirm>
      )}
      {inputs && run.pipeline && (
        <LaunchLater
          subject={{ pipeline: `${run.pipeline.namespace}/${run.pipeline.name}@${run.pipeline.digest}` }}
          title={title}
          inputs={inputs}
          initial={run.parameters}
          onClose={() => setInputs(null)}
          onLaunched={(launched) => {
            setInputs(null);
            navigate(runPlace(launched.id));
          }}
        />
      )}
    </header>
  );
}
