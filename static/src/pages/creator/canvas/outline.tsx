/** The pipeline as a tree in run order: what narrow windows and screen readers get, with the selection of the canvas. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { removeTasks } from "../../../model/edit.ts";
import { Button } from "../../../ui/controls.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { toast } from "../../../ui/toast.tsx";
import { actions, useCreator } from "../store.ts";
import { openForm } from "./keys.ts";
import { matching, type OutlinePort, type OutlineTask, outlineTasks, summary } from "./outline-rows.ts";
import { canvas } from "./state.ts";

export function Outline({ back }: { back: (() => void) | null }) {
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

function Tree({ tasks, back }: { tasks: OutlineTask[]; back: (() => void) | null }) {
  const selection = useCreator((creator) => creator.selection);
  const readOnly = useCreator((creator) => creator.readOnly);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const selected = selection.kind === "tasks" ? selection.ids : NONE;
  const [at, setAt] = useState(() => [...selected][0] ?? tasks[0]!.id);
  const current = tasks.some(({ id }) => id === at) ? at : tasks[0]!.id;
  const tree = useRef<HTMLUListElement>(null);

  const toggle = (id: string, on: boolean) => {
    const next = new Set(open);
    if (on) next.add(id);
    else next.delete(id);
    setOpen(next);
  };
  const go = (id: string | undefined) => {
    if (id === undefined) return;
    setAt(id);
    actions.select({ kind: "tasks", ids: new Set([id]) });
    const rows = [...(tree.current?.querySelectorAll<HTMLElement>("[data-task]") ?? [])];
    rows.find((row) => row.dataset.task === id)?.focus();
  };
  const key = (event: KeyboardEvent<HTMLElement>) => {
    const index = tasks.findIndex(({ id }) => id === current);
    const isOpen = open.has(current);
    const acts: Record<string, () => void> = {
      ArrowDown: () => go(tasks[index + 1]?.id),
      ArrowUp: () => go(tasks[index - 1]?.id),
      Home: () => go(tasks[0]?.id),
      End: () => go(tasks[tasks.length - 1]?.id),
      ArrowRight: () => !isOpen && toggle(current, true),
      ArrowLeft: () => isOpen && toggle(current, false),
      " ": () => go(current),
      Enter: () => {
        go(current);
        openForm();
      },
      c: () => {
        if (!back || readOnly) return;
        go(current);
        back();
        canvas.set({ listing: current });
      },
      Delete: () => !readOnly && remove(current, tasks[index + 1]?.id ?? tasks[index - 1]?.id),
    };
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const remove = (id: string, next: string | undefined) => {
    actions.change(`Delete ${id}`, (doc) => removeTasks(doc, [id]));
    actions.say(`Deleted ${id}`);
    toast(`Deleted ${id}`, { action: { label: "Undo", run: actions.undo } });
    go(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree is a list of items that are chosen
    <ul ref={tree} role="tree" aria-label="Tasks in run order" className="outline-tree" onKeyDown={key}>
      {tasks.map((task) => (
        <Row
          key={task.id}
          task={task}
          open={open.has(task.id)}
          selected={selected.has(task.id)}
          current={task.id === current}
          select={() => go(task.id)}
          toggle={() => toggle(task.id, !open.has(task.id))}
        />
      ))}
    </ul>
  );
}

const NONE: ReadonlySet<string> = new Set();

interface RowProps {
  task: OutlineTask;
  open: boolean;
  selected: boolean;
  current: boolean;
  select(): void;
  toggle(): void;
}

function Row({ task, open, selected, current, select, toggle }: RowProps) {
  const id = useId();
  const missing = task.ports.filter((port) => port.mark === "missing").map((port) => port.name);
  return (
    <li
      role="treeitem"
      aria-expanded={open}
      aria-selected={selected}
      aria-labelledby={id}
      data-task={task.id}
      tabIndex={current ? 0 : -1}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the item around it is what is selected */}
      <div id={id} className={`tree-row k-${task.kind}`} onClick={select}>
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
        {task.guard && <span className="badge">{task.guard}</span>}
        {task.exitHandler && <span className="badge">Exit handler</span>}
        {task.errors > 0 && <Mark className="sev-e" icon="error" n={task.errors} what="error" />}
        {task.warnings > 0 && <Mark className="sev-w" icon="warn" n={task.warnings} what="warning" />}
      </div>
      {open && (
        // biome-ignore lint/a11y/useSemanticElements: a group of a tree
        <ul role="group">
          {task.ports.map((port) => (
            <PortRow key={`${port.side} ${port.name}`} port={port} />
          ))}
        </ul>
      )}
    </li>
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
    <li role="treeitem" tabIndex={-1} aria-selected={false} className={`tree-port p p-${port.family}`}>
      <span className={dot} />
      <span className="mono">{port.name}</span>
      <span className="dim cut">{port.text}</span>
    </li>
  );
}
