/** The run as a whole: what came out, what it was given. Stands where a task stands when one is chosen. */
import { type FullRun, lasted } from "../../features/runs/run.ts";
import { isFinished } from "../../net/types.ts";
import { Digest } from "../../ui/controls.tsx";
import { duration, exact } from "../../ui/format.ts";
import { StateLabel } from "../../ui/icon.tsx";
import { Values } from "./values.tsx";

export function RunSummary({ run, now }: { run: FullRun; now: number }) {
  const time = lasted(run, now);
  const facts: [string, React.ReactNode][] = [
    ["State", <StateLabel key="state" state={run.state} />],
    ["Message", run.message],
    ["Engine", run.engine],
    ["Pipeline", run.pipeline && `${run.pipeline.namespace}/${run.pipeline.name} ${run.pipeline.version}`],
    ["Digest", run.pipeline && <Digest key="digest" digest={run.pipeline.digest} />],
    ["Launched by", run.created_by],
    ["Created", exact(run.created_at)],
    ["Started", run.started_at && exact(run.started_at)],
    ["Finished", run.finished_at && exact(run.finished_at)],
    ["Duration", time !== null && duration(time)],
    ["Run", <code key="id">{run.id}</code>],
  ];
  return (
    <div className="in summary">
      <h2>Results</h2>
      <Values
        values={run.results}
        none={
          isFinished(run.state)
            ? "The run wrote no results."
            : "They are written when the tasks that make them are done."
        }
      />
      <h2>Parameters</h2>
      <Values values={run.parameters} none="The pipeline takes no parameters." />
      <h2>Run</h2>
      <dl className="runfacts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}
