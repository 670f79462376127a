/** Why the run as a whole is where it is, where no task says it. */
import type { FullRun } from "../../features/runs/run.ts";
import { countsOf } from "../../features/runs/run.ts";
import { listEngines } from "../../net/hub.ts";
import { useResource } from "../../net/use-resource.ts";
import { counted } from "../../ui/format.ts";
import { STATE_WORDS } from "../../ui/words.ts";

export function RunFate({ run }: { run: FullRun }) {
  if (run.state === "pending") return <Waits run={run} />;
  if (run.state !== "failed" && run.state !== "timed_out" && run.state !== "cancelled") return null;
  const reason = run.reason && run.reason !== "Failed" && run.reason !== "Cancelled" ? run.reason : null;
  return (
    <div className={`fate ${run.state === "cancelled" ? "" : "bad"}`}>
      <p>
        <b>{STATE_WORDS[run.state]}</b>
        {reason && <span className="dim"> {reason}</span>}
      </p>
      {run.message && !countsOf(run.message) && <p className="message">{run.message}</p>}
    </div>
  );
}

function Waits({ run }: { run: FullRun }) {
  const engine = useResource("engines", listEngines).data?.items.find((one) => one.name === run.engine);
  const why = !engine
    ? null
    : !engine.ready
      ? `Engine ${engine.name} is not ready${engine.reason ? `: ${engine.reason}` : "."}`
      : engine.max_runs
        ? `Engine ${engine.name} takes ${counted(engine.max_runs, "run")} at a time; further ones wait for a place.`
        : null;
  return (
    <div className="fate">
      <p>
        <b>{run.message || "Not started yet"}</b>
      </p>
      {why && <p>{why}</p>}
    </div>
  );
}
