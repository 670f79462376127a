/** The tasks as a tree in run order: what the graph shows, for reading row by row. */
import { useRef, useState } from "react";
import { type FullTask, lasted } from "../../features/runs/run.ts";
import type { Run } from "../../net/types.ts";
import { capital, duration, exact } from "../../ui/format.ts";
import { Icon, StateIcon } from "../../ui/icon.tsx";
import { STATE_WORDS } from "../../ui/words.ts";
import { type Row, secondLine } from "./rows.ts";

interface TaskListProps {
  run: Run;
  rows: readonly Row[];
  byId: ReadonlyMap<string, Row>;
  now: number;
  selected: string | null;
  onSelect(id: string): void;
}

interface Line {
  key: string;
  row: Row;
  /** null: the task itself */
  iteration: FullTask | null;
}

/** The word for the state where the node shows the time only, which has a column here. */
function line(row: Row, byId: ReadonlyMap<string, Row>, run: Run, now: number): string {
  const second = secondLine(row, byId, run, now);
  if (row.iterations.length > 1) return capital(second);
  if (row.state === "skipped") return `Skipped: ${second}`;
  if (row.state !== "succeeded" && row.state !== "running") return capital(second);
  return STATE_WORDS[row.state] + ((row.task.attempt ?? 1) > 1 ? `, attempt ${row.task.attempt}` : "");
}

export function TaskList({ run, rows, byId, now, selected, onSelect }: TaskListProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const lines = rows.flatMap((row): Line[] => [
    { key: row.id, row, iteration: null },
    ...(row.iterations.length > 1 && !folded.has(row.id)
      ? row.iterations.map((iteration) => ({ key: `${row.id} ${iteration.matrix}`, row, iteration }))
      : []),
  ]);
  const entry = lines.some((l) => l.key === focused) ? focused : (selected ?? lines[0]?.key);

  const fold = (id: string, on: boolean) => {
    const next = new Set(folded);
    if (on) next.add(id);
    else next.delete(id);
    setFolded(next);
  };
  const keys = (event: React.KeyboardEvent) => {
    const at = lines.findIndex((l) => l.key === (event.target as HTMLElement).dataset.key);
    const line = lines[at];
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const opens = line.row.iterations.length > 1 && !line.iteration;
    let to: number | null = null;
    if (event.key === "ArrowDown") to = at + 1;
    else if (event.key === "ArrowUp") to = at - 1;
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = lines.length - 1;
    else if (event.key === "ArrowRight" && opens) fold(line.row.id, false);
    else if (event.key === "ArrowLeft" && opens) fold(line.row.id, true);
    else if (event.key === "ArrowLeft" && line.iteration) to = lines.findIndex((l) => l.key === line.row.id);
    else if (event.key === "Enter" || event.key === " ") onSelect(line.row.id);
    else return;
    event.preventDefault();
    const next = to === null ? undefined : lines[to];
    if (!next) return;
    setFocused(next.key);
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(next.key)}"]`)?.focus();
  };

  return (
    <div className="tasklist" role="tree" aria-label="Tasks in run order" ref={list} onKeyDown={keys}>
      {lines.map(({ key, row, iteration }) => {
        const task = iteration ?? row.task;
        const time = lasted(task, now);
        const title = iteration ? `iteration ${(iteration.matrix ?? 0) + 1}` : row.title;
        const many = row.iterations.length > 1 && !iteration;
        const second = iteration ? iteration.message || STATE_WORDS[iteration.state] : line(row, byId, run, now);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys of all its items
          <div
            key={key}
            role="treeitem"
            aria-level={iteration ? 2 : 1}
            aria-selected={row.id === selected && !iteration}
            aria-expanded={many ? !folded.has(row.id) : undefined}
            data-key={key}
            tabIndex={key === entry ? 0 : -1}
            className={iteration ? "sub" : ""}
            onClick={() => onSelect(row.id)}
            onFocus={() => setFocused(key)}
          >
            <StateIcon state={iteration ? iteration.state : row.state} alone />
            <span className="grow">
              <span className="name cut">{title}</span>
              <small className="cut">{second}</small>
            </span>
            {!iteration && row.plan?.finally && (
              <span className="badge wide" title="Runs after the last task, whatever its state">
                exit handler
              </span>
            )}
            {!iteration && (
              <span className="part cut dim wide">{row.plan?.component?.split("/").at(-1)?.replace("@", " ")}</span>
            )}
            <span className="num dim" title={task.started_at ? exact(task.started_at) : undefined}>
              {time === null ? "" : duration(time)}
            </span>
            <Icon name="right" />
          </div>
        );
      })}
    </div>
  );
}
