/** The pipeline as a tree in run order: what narrow windows and screen readers get, with the selection of the canvas. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { removeTasks } from "../../../model/edit.ts";
import { Button } from "../../../ui/controls.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { toast } from "../../../ui/toast.tsx";
import { actions, useCreator } from "../store.ts";
import { startConnecting } from "./acts.ts";
import { openForm } from "./keys.ts";
import { matching, type OutlinePort, type OutlineTask, outlineTasks, summary } from "./outline-rows.ts";
import { canvas } from "./state.ts";

export default function Outline({ back }: { back: (() => void) | null }) {
  const document = useCreator((creator) => creator.document);
  const interfaces = useCreator((creator) => creator.interfaces);
  const references = useCreator((creator) => creator.references);
  const problemsOf = useCreator((creator) => creator.problemsOf);
  const [text, setText] = useState("");
  const tasks = useMemo(
    () => outlineTasks({ document, interfaces, references, problemsOf }),
    [document, interfaces, references, problemsOf],
  );
  const shown = useMemo(() => matching(tasks, text), [tasks, text]);
  const field = useRef<HTMLInputElement>(null);
  const isChosen = back !== null;
  useEffect(() => {
    if (isChosen) field.current?.focus();
  }, [isChosen]);
  return (
    <section className="outline" aria-label="List of tasks">
      <div className="row outline-head">
        <label className="input grow">
          <Icon name="search" />
          <input
            ref={field}
            type="text"
            enterKeyHint="search"
            autoComplete="off"
            className="grow"
            placeholder="Find a task, port or value"
            aria-label="Find a task, port or value"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <span className="dim sm num">{summary(shown)}</span>
        {back && (
          <Button icon="layout" onClick={back}>
            Canvas
          </Button>
        )}
      </div>
      {tasks.length === 0 ? (
        <p className="muted outline-note">There are no tasks yet.</p>
      ) : shown.length === 0 ? (
        <p className="muted outline-note">No task matches “{text}”.</p>
      ) : (
        <Tree tasks={shown} back={back} />
      )}
    </section>
  );
}

/** A task, or one of its ports. */
interface TreeRow {
  key: string;
  task: OutlineTask;
  port: OutlinePort | null;
}

function visibleRows(tasks: readonly OutlineTask[], open: ReadonlySet<string>): TreeRow[] {
  return tasks.flatMap((task) => [
    { key: task.id, task, port: null },
    ...(open.has(task.id)
      ? task.ports.map((port) => ({ key: `${task.id} ${port.side} ${port.name}`, task, port }))
      : []),
  ]);
}

/* Flat, with levels: what is read of a row is what stands in it. */
function Tree({ tasks, back }: { tasks: OutlineTask[]; back: (() => void) | null }) {
  const selection = useCreator((creator) => creator.selection);
  const readOnly = useCreator((creator) => creator.readOnly);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const selected = selection.kind === "tasks" ? selection.ids : NONE;
  const [at, setAt] = useState(() => [...selected][0] ?? "");
  const tree = useRef<HTMLUListElement>(null);
  const rows = visibleRows(tasks, open);
  const index = Math.max(
    0,
    rows.findIndex(({ key }) => key === at),
  );
  const { task, port } = rows[index]!;

  const toggle = (id: string, on: boolean) => {
    const next = new Set(open);
    if (on) next.add(id);
    else next.delete(id);
    setOpen(next);
  };
  const go = (row: TreeRow | undefined) => {
    if (!row) return;
    setAt(row.key);
    actions.select({ kind: "tasks", ids: new Set([row.task.id]) });
    focusRow(tree.current, row.key);
  };
  const remove = () => {
    actions.change(`Delete ${task.id}`, (doc) => removeTasks(doc, [task.id]));
    actions.say(`Deleted ${task.id}`);
    toast(`Deleted ${task.id}`, { action: { label: "Undo", run: actions.undo } });
    go(rows.slice(index).find((row) => row.task !== task) ?? rows.slice(0, index).findLast((row) => !row.port));
  };
  const connect = () => {
    if (!back || readOnly) return;
    go(rows[index]);
    back();
    if (!port) canvas.set({ listing: task.id });
    else {
      const end = { task: task.id, port: port.name };
      startConnecting(port.side === "in" ? { side: "to", end } : { side: "from", end }, true);
    }
  };
  const key = (event: KeyboardEvent<HTMLElement>) => {
    const isOpen = open.has(task.id);
    const acts: Record<string, () => void> = {
      ArrowDown: () => go(rows[index + 1]),
      ArrowUp: () => go(rows[index - 1]),
      Home: () => go(rows[0]),
      End: () => go(rows[rows.length - 1]),
      ArrowRight: () => (isOpen ? go(rows[index + 1]) : toggle(task.id, true)),
      ArrowLeft: () => (port ? go(rows.find((row) => row.task === task)) : toggle(task.id, false)),
      " ": () => go(rows[index]),
      Enter: () => {
        go(rows[index]);
        openForm();
      },
      c: connect,
      Delete: () => !readOnly && remove(),
    };
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  useEffect(
    () =>
      actions.onFocusTask((id) => {
        setAt(id);
        actions.select({ kind: "tasks", ids: new Set([id]) });
        focusRow(tree.current, id);
      }),
    [],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree is a list of items that are chosen
    <ul ref={tree} role="tree" aria-label="Tasks in run order" className="outline-tree" onKeyDown={key}>
      {rows.map((row, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys
        <li
          key={row.key}
          role="treeitem"
          aria-level={row.port ? 2 : 1}
          aria-expanded={row.port ? undefined : open.has(row.key)}
          aria-selected={!row.port && selected.has(row.key)}
          data-row={row.key}
          tabIndex={i === index ? 0 : -1}
          className={row.port ? `tree-port p p-${row.port.family}` : `tree-row k-${row.task.kind}`}
          onClick={() => go(row)}
        >
          {row.port ? (
            <PortRow port={row.port} />
          ) : (
            <TaskRow task={row.task} open={open.has(row.key)} toggle={() => toggle(row.key, !open.has(row.key))} />
          )}
        </li>
      ))}
    </ul>
  );
}

const NONE: ReadonlySet<string> = new Set();

function focusRow(tree: HTMLElement | null, key: string): void {
  const rows = [...(tree?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  rows.find((row) => row.dataset.row === key)?.focus();
}

function TaskRow({ task, open, toggle }: { task: OutlineTask; open: boolean; toggle(): void }) {
  const missing = task.ports.filter((port) => port.mark === "missing").map((port) => port.name);
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for the pointer only */}
      <span
        className="tree-fold"
        onClick={(event) => {
          event.stopPropagation();
          toggle();
        }}
      >
        <Icon name={open ? "down" : "right"} size={12} />
      </span>
      <span className={`kind k-${task.kind}`}>
        <Icon name={task.kind} />
      </span>
      <span className="grow tree-title">
        <b className="cut">{task.id}</b>
        <span className="dim xs cut">
          {task.component} {task.version}
        </span>
      </span>
      {missing.length > 0 && <span className="badge bad">{missing.join(", ")} missing</span>}
      {task.guard && <span className="badge cut">{task.guard}</span>}
      {task.exitHandler && <span className="badge">Exit handler</span>}
      {task.errors > 0 && <Mark className="sev-e" icon="error" n={task.errors} what="error" />}
      {task.warnings > 0 && <Mark className="sev-w" icon="warn" n={task.warnings} what="warning" />}
    </>
  );
}

const Mark = ({ className, icon, n, what }: { className: string; icon: string; n: number; what: string }) => (
  <span className={`row ${className}`}>
    <Icon name={icon} />
    {n}
    <span className="sr"> {n === 1 ? what : `${what}s`}</span>
  </span>
);

function PortRow({ port }: { port: OutlinePort }) {
  const dot = `dot ${port.mark === "filled" ? "on" : port.mark === "missing" ? "miss" : ""} ${port.file ? "file" : ""}`;
  return (
    <>
      <span className={dot} />
      <span className="mono">{port.name}</span>
      <span className="dim cut">{port.text}</span>
    </>
  );
}
