/** The form of what is selected on the canvas: one task, several, a port of the pipeline, or else the pipeline. */

import { useEffect } from "react";
import { Button } from "../../../ui/controls.tsx";
import { counted } from "../../../ui/format.ts";
import { lazily, PRELOAD_AFTER } from "../../../ui/lazy.tsx";
import { actions, useCreator } from "../store.ts";
import { duplicate, remove } from "./acts.ts";
import { PipelinePanel } from "./pipeline-panel.tsx";

const PortPanel = lazily(() => import("./port-panel.tsx"));
const TaskPanel = lazily(() => import("./task-panel.tsx"));

export function Inspector() {
  useEffect(() => {
    const timer = setTimeout(() => {
      TaskPanel.preload();
      PortPanel.preload();
    }, PRELOAD_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return (
    <aside id="inspector" className="inspector" tabIndex={-1} aria-label="Settings of what is selected">
      <Selected />
    </aside>
  );
}

function Selected() {
  const selection = useCreator((c) => c.selection);
  const document = useCreator((c) => c.document);
  if (selection.kind === "none") return <PipelinePanel />;
  if (selection.kind === "tasks") {
    const ids = [...selection.ids];
    const task = ids.length === 1 ? document.tasks.get(ids[0]!) : undefined;
    return task ? <TaskPanel task={task} /> : <Several ids={ids} />;
  }
  const ports = selection.kind === "input" ? document.inputs : document.outputs;
  const port = ports.find(({ name }) => name === selection.name);
  return port ? <PortPanel key={selection.kind} side={selection.kind} port={port} /> : <PipelinePanel />;
}

function Several({ ids }: { ids: readonly string[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  return (
    <div className="inspector-head several">
      <h2>{counted(ids.length, "task")} selected</h2>
      <ul className="port-rows">
        {ids.map((id) => (
          <li key={id}>
            <button
              type="button"
              className="port-row"
              onClick={() => actions.select({ kind: "tasks", ids: new Set([id]) })}
            >
              <span className="cut">{id}</span>
            </button>
          </li>
        ))}
      </ul>
      {!readOnly && (
        <div className="row wrap">
          <Button icon="copy" onClick={() => duplicate(ids)}>
            Duplicate
          </Button>
          <Button icon="x" look="danger" onClick={() => remove(ids)}>
            Delete
          </Button>
        </div>
      )}
    </div>
  );
}
