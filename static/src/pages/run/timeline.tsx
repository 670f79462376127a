/** When each task ran, on one axis. */
import { type FullRun, type FullTask, lasted } from "../../features/runs/run.ts";
import { isFinished } from "../../net/types.ts";
import { Badge, IconButton } from "../../ui/controls.tsx";
import { duration, exact } from "../../ui/format.ts";
import { Icon, stateClass, stateIcon } from "../../ui/icon.tsx";
import { STATE_WORDS } from "../../ui/words.ts";
import type { Row } from "./rows.ts";
import { type Scale, scaleOf, tickWords } from "./timescale.ts";

interface TimelineProps {
  run: FullRun;
  rows: readonly Row[];
  now: number;
  selected: string | null;
  onSelect(id: string): void;
  open: boolean;
  onOpen?: ((open: boolean) => void) | undefined;
}

export function Timeline({ run, rows, now, selected, onSelect, open, onOpen }: TimelineProps) {
  const goingOn = !isFinished(run.state);
  const start = Date.parse(run.started_at ?? run.created_at);
  const end = run.finished_at ? Date.parse(run.finished_at) : now;
  const scale = scaleOf(start, end, goingOn);
  const longest = longestOf(rows, now);
  return (
    <section className="gantt" aria-label="Timeline">
      <header>
        <h2>Timeline</h2>
        <span className="dim sm cut">{longest && `longest: ${longest}`}</span>
        <span className="grow" />
        <Badge tone={goingOn ? "acc" : ""} title={exact(end)}>
          {run.started_at ? `${goingOn ? "now " : ""}${duration(end - start)}` : "not started"}
        </Badge>
        {onOpen && (
          <IconButton
            label={open ? "Fold timeline" : "Unfold timeline"}
            icon="down"
            size="s"
            className={open ? "" : "up"}
            aria-expanded={open}
            onClick={() => onOpen(!open)}
          />
        )}
      </header>
      {open && (
        <div className="bars">
          <div className="gl axis" aria-hidden="true">
            <span />
            <div className="trk">
              {scale.ticks.map((t) => (
                <em key={t} style={{ left: `${scale.at(start + t)}%` }}>
                  {tickWords(t)}
                </em>
              ))}
            </div>
            <span />
          </div>
          {rows.map((row) => (
            <Line
              key={row.id}
              row={row}
              scale={scale}
              now={now}
              goingOn={goingOn}
              selected={row.id === selected}
              onSelect={onSelect}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function longestOf(rows: readonly Row[], now: number): string | null {
  let best: Row | null = null;
  let most = 0;
  for (const row of rows) {
    const time = spanOf(row, now);
    if (time <= most) continue;
    best = row;
    most = time;
  }
  return best && `${best.title}, ${duration(most)}`;
}

/** From its first beginning to its last end. */
function spanOf(row: Row, now: number): number {
  const ran = row.iterations.filter((t) => t.started_at);
  if (!ran.length) return 0;
  const start = Math.min(...ran.map((t) => Date.parse(t.started_at!)));
  return Math.max(...ran.map((t) => (t.finished_at ? Date.parse(t.finished_at) : now))) - start;
}

interface LineProps {
  row: Row;
  scale: Scale;
  now: number;
  goingOn: boolean;
  selected: boolean;
  onSelect(id: string): void;
}

function Line({ row, scale, now, goingOn, selected, onSelect }: LineProps) {
  const many = row.iterations.length > 1;
  const time = spanOf(row, now);
  const ran = row.iterations.some((t) => t.started_at);
  return (
    <>
      <button
        type="button"
        className={`gl ${selected ? "is-sel" : ""}`}
        aria-pressed={selected}
        onClick={() => onSelect(row.id)}
      >
        <span className={stateClass(row.state)}>
          <Icon name={stateIcon(row.state)} />
          <span className="cut">
            {row.title} {many && <span className="dim">× {row.iterations.length}</span>}
          </span>
          <span className="sr">, {STATE_WORDS[row.state]} </span>
        </span>
        <Track tasks={many ? [] : row.iterations} row={row} scale={scale} now={now} goingOn={goingOn} />
        <span>{ran ? duration(time) : ""}</span>
      </button>
      {many &&
        row.iterations.map((task) => (
          <div className="gl sub" key={task.matrix}>
            <span className={stateClass(task.state)}>
              <Icon name={stateIcon(task.state)} />
              <span className="cut">iteration {(task.matrix ?? 0) + 1}</span>
            </span>
            <Track tasks={[task]} row={row} scale={scale} now={now} goingOn={goingOn} />
            <span>{task.started_at ? duration(lasted(task, now)!) : ""}</span>
          </div>
        ))}
    </>
  );
}

function Track({
  tasks,
  row,
  scale,
  now,
  goingOn,
}: Omit<LineProps, "selected" | "onSelect"> & { tasks: readonly FullTask[] }) {
  return (
    <span className="trk" aria-hidden="true">
      {scale.ticks.map((t) => (
        <b key={t} style={{ left: `${scale.at(scale.start + t)}%` }} />
      ))}
      {tasks.map((task) => {
        if (!task.started_at)
          return (
            row.state === "pending" &&
            goingOn && <i key={task.matrix} className="wait" style={{ left: `${scale.at(now)}%`, right: 0 }} />
          );
        const left = scale.at(Date.parse(task.started_at));
        const right = scale.at(task.finished_at ? Date.parse(task.finished_at) : now);
        return (
          <i
            key={task.matrix}
            className={stateClass(task.state)}
            style={{ left: `${left}%`, width: `max(3px, ${right - left}%)` }}
          />
        );
      })}
      {goingOn && <s style={{ left: `${scale.at(now)}%` }} />}
    </span>
  );
}
