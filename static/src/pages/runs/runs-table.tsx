/** Runs as rows, on a narrow screen as cards. */
import { Progress } from "../../features/runs/progress.tsx";
import { countsOf, lasted, progressWords } from "../../features/runs/run.ts";
import { isFinished, type Run } from "../../net/types.ts";
import { assetPlace, runPlace } from "../../route/places.ts";
import { Link } from "../../route/router.tsx";
import { Time } from "../../ui/controls.tsx";
import { duration } from "../../ui/format.ts";
import { StateLabel } from "../../ui/icon.tsx";

interface TableProps {
  items: readonly Run[];
  now: number;
  chosen: ReadonlySet<string>;
  onChoose(ids: readonly string[], on: boolean): void;
}

export function RunsTable({ items, now, chosen, onChoose }: TableProps) {
  const all = items.length > 0 && items.every((run) => chosen.has(run.id));
  const some = items.some((run) => chosen.has(run.id));
  return (
    <div className="panel">
      <table className="table runs">
        <thead>
          <tr>
            <th className="c-pick">
              <input
                type="checkbox"
                aria-label="Choose all runs of the list"
                checked={all}
                ref={(box) => {
                  if (box) box.indeterminate = some && !all;
                }}
                onChange={() =>
                  onChoose(
                    items.map((run) => run.id),
                    !all,
                  )
                }
              />
            </th>
            <th>State</th>
            <th>Run</th>
            <th>Pipeline</th>
            <th>Tasks</th>
            <th className="r">Duration</th>
            <th>Started</th>
            <th>Engine</th>
          </tr>
        </thead>
        <tbody>
          {items.map((run) => (
            <Row key={run.id} run={run} now={now} chosen={chosen.has(run.id)} onChoose={onChoose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ run, now, chosen, onChoose }: { run: Run; chosen: boolean } & Pick<TableProps, "now" | "onChoose">) {
  const counts = countsOf(run.message);
  const time = lasted(run, now);
  return (
    <tr className={isFinished(run.state) ? "" : "live"} aria-selected={chosen}>
      <td className="c-pick">
        <input
          type="checkbox"
          aria-label={`Choose ${run.name}, ${run.id.slice(-6)}`}
          checked={chosen}
          onChange={(event) => onChoose([run.id], event.currentTarget.checked)}
        />
      </td>
      <td className="c-state">
        <StateLabel state={run.state} />
      </td>
      <td className="c-name">
        <Link href={runPlace(run.id)} className="mono">
          {run.name}
          <span className="dim">-{run.id.slice(-6)}</span>
        </Link>
      </td>
      <td className="c-pipeline">
        {run.pipeline ? (
          <Link
            className="plain"
            href={assetPlace({ kind: "pipeline", ...run.pipeline }, run.pipeline.version)}
            title={run.pipeline.digest}
          >
            {run.pipeline.namespace}/{run.pipeline.name} <span className="num dim">{run.pipeline.version}</span>
          </Link>
        ) : (
          <span className="dim">a document</span>
        )}
      </td>
      <td className="c-tasks">
        {counts ? (
          <span className="row">
            <Progress counts={counts} />
            <span className="num dim sm">{progressWords(counts)}</span>
          </span>
        ) : (
          isFinished(run.state) && (
            <span className="dim sm cut why-short" title={run.message ?? undefined}>
              {run.message || run.reason}
            </span>
          )
        )}
      </td>
      <td className="r num c-time">{time === null ? "" : duration(time)}</td>
      <td className="num dim c-started">
        <Time at={run.started_at ?? run.created_at} now={now} />
      </td>
      <td className="dim c-engine">{run.engine}</td>
    </tr>
  );
}
