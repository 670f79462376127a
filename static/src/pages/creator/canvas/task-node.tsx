/* A task on the canvas. */
import type { NodeProps } from "@xyflow/react";
import { memo, useContext, useMemo } from "react";
import { counted } from "../../../ui/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import { useCreator } from "../store.ts";
import { DetailContext } from "./detail.ts";
import type { PillNode as FlowPillNode, TaskNode as FlowTaskNode } from "./flow.ts";
import { inHandle, nodeId, outHandle, PIPELINE_PORT, type PortEnd } from "./ids.ts";
import { PortMark } from "./port.tsx";
import { canvas, useCanvas } from "./state.ts";
import { type PortView, ROW, rowCentre, type TaskView } from "./view.ts";

/** Everything else about a node, such as its place, is none of its drawing. */
const sameDrawing = (a: NodeProps, b: NodeProps) => a.data === b.data && a.selected === b.selected;

export const TaskNode = memo(function TaskNode({ data: view, selected }: NodeProps<FlowTaskNode>) {
  const detail = useContext(DetailContext);
  const id = nodeId("task", view.id);
  const fades = useCanvas(
    ({ connecting }) => connecting !== null && !connecting.nodes.has(id) && !isEndAt(connecting.port, view.id),
  );
  const state = `${selected ? "sel" : ""} ${view.errors ? "err" : ""} ${fades ? "fade" : ""}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: one of many things on a canvas, reached by keys of its own
    <article
      role="group"
      aria-roledescription="task"
      aria-label={view.label}
      aria-current={selected || undefined}
      tabIndex={-1}
      data-task={view.id}
      className={`node k-${view.kind} ${detail === 1 ? "" : "far"} ${state}`}
    >
      {view.loop !== null && <Loop input={view.loop} />}
      {detail === 1 ? <Full view={view} /> : detail > 0 && <b className="far-title">{view.id}</b>}
    </article>
  );
}, sameDrawing);

const isEndAt = ({ end }: PortEnd, task: string) => "task" in end && end.task === task;

function Full({ view }: { view: TaskView }) {
  const readOnly = useCreator((creator) => creator.readOnly);
  const problems = view.errors || view.warnings;
  return (
    <>
      {problems > 0 && (
        <span
          className={`bubble ${view.errors ? "" : "w"}`}
          title={counted(problems, view.errors ? "error" : "warning")}
        >
          {problems}
        </span>
      )}
      {view.guard && (
        <span
          className={`pill guard p p-${view.guard.family}`}
          title={`${view.guard.text}. Otherwise the task and all that needs it are skipped.`}
        >
          <Icon name="branch" size={12} />
          <span className="cut">{view.guard.text}</span>
        </span>
      )}
      <Head view={view} />
      <Rows view={view} readOnly={readOnly} />
    </>
  );
}

function Head({ view }: { view: TaskView }) {
  return (
    <header className={`k-${view.kind}`}>
      <Icon name={view.kind} />
      <span className="grow" title={`${view.id}: ${view.component} ${view.version}`}>
        <b className="cut">{view.id}</b>
        <small>
          <span className="cut">{view.component}</span>
          <span className="num">{view.version}</span>
        </small>
      </span>
      {view.retries !== null && (
        <Flag icon="retry" text={`${view.retries}`} title={`Tried again up to ${counted(view.retries, "time")}`} />
      )}
      {view.timeout !== null && <Flag icon="clock" text={view.timeout} title={`Times out after ${view.timeout}`} />}
      {view.goesOn && <Flag icon="flag" text="" title="The run goes on if this task fails" />}
    </header>
  );
}

const Flag = ({ icon, text, title }: { icon: string; text: string; title: string }) => (
  <span className="mini" title={title}>
    <Icon name={icon} />
    {text}
  </span>
);

function Rows({ view, readOnly }: { view: TaskView; readOnly: boolean }) {
  const count = Math.max(view.inputs.length, view.outputs.length);
  if (count === 0 && !view.folded) return null;
  return (
    <ul>
      {Array.from({ length: count }, (_, row) => {
        const [input, output] = [view.inputs[row], view.outputs[row]];
        return (
          <li key={`${input?.name ?? ""} ${output?.name ?? ""}`}>
            {input ? <Input task={view.id} port={input} row={row} readOnly={readOnly} /> : <span />}
            {output && <Output task={view.id} port={output} row={row} readOnly={readOnly} />}
          </li>
        );
      })}
      {view.folded && <Fold view={view} />}
    </ul>
  );
}

interface PortRow {
  task: string;
  port: PortView;
  row: number;
  readOnly: boolean;
}

function Input({ task, port, row, readOnly }: PortRow) {
  const end = useMemo<PortEnd>(() => ({ side: "to", end: { task, port: port.name } }), [task, port.name]);
  const off = useCanvas(({ connecting }) => connecting !== null);
  return (
    <span className={`pt ${off ? "dim" : ""}`} title={`${port.name}: ${port.type ?? "any type"}`}>
      <PortMark id={inHandle(port.name)} port={end} top={rowCentre(row)} connectable={!readOnly} {...looks(port)} />
      <span className="cut">{port.name}</span>
      {port.value && (
        <span className="mini cut" title={`Value: ${port.value.text}`}>
          {port.value.icon && <Icon name={port.value.icon} />}
          <span className="cut">{port.value.text}</span>
        </span>
      )}
    </span>
  );
}

function Output({ task, port, row, readOnly }: PortRow) {
  const end = useMemo<PortEnd>(() => ({ side: "from", end: { task, port: port.name } }), [task, port.name]);
  return (
    <span className="pt out" title={`${port.name}: ${port.type ?? "any type"}`}>
      <span className="cut">{port.name}</span>
      <PortMark id={outHandle(port.name)} port={end} top={rowCentre(row)} connectable={!readOnly} {...looks(port)} />
    </span>
  );
}

const looks = ({ type, family, file, mark }: PortView) => ({ type, family, file, mark });

/** The folded inputs; what fits among them shows when the pointer with a connection comes over the node. */
function Fold({ view }: { view: TaskView }) {
  const fits = useCanvas(({ connecting }) =>
    connecting && !view.unfolded
      ? (view.folded?.names ?? []).filter((name) =>
          connecting.fitting.has(`${nodeId("task", view.id)} ${inHandle(name)}`),
        ).length
      : 0,
  );
  const unfold = () => canvas.unfold(view.id, !view.unfolded);
  const label = fits
    ? `${counted(fits, "folded input fits", "folded inputs fit")}`
    : view.unfolded
      ? "Fold"
      : view.folded?.label;
  return (
    <li className="rest" style={{ height: ROW }}>
      <button
        type="button"
        tabIndex={-1}
        title={view.folded?.names.join(", ")}
        className={`nodrag ${fits ? "fits" : ""}`}
        aria-expanded={view.unfolded}
        onClick={(event) => {
          event.stopPropagation();
          unfold();
        }}
        onPointerEnter={fits ? unfold : undefined}
      >
        {label}
      </button>
    </li>
  );
}

function Loop({ input }: { input: string }) {
  return (
    <span className="frame">
      <span className="frame-title">
        <Icon name="loop" size={12} />
        <b>for each</b> {input}
      </span>
    </span>
  );
}

/* ---- inputs and outputs of the pipeline */

export const PillNode = memo(function PillNode({ data: pill, selected }: NodeProps<FlowPillNode>) {
  const detail = useContext(DetailContext);
  const readOnly = useCreator((creator) => creator.readOnly);
  const end = useMemo<PortEnd>(
    () =>
      pill.side === "input" ? { side: "from", end: { input: pill.name } } : { side: "to", end: { output: pill.name } },
    [pill.side, pill.name],
  );
  const fades = useCanvas(({ connecting }) => {
    if (!connecting) return false;
    const id = nodeId(pill.side, pill.name);
    const { end: from } = connecting.port;
    const own = "input" in from ? nodeId("input", from.input) : "output" in from ? nodeId("output", from.output) : "";
    return !connecting.nodes.has(id) && own !== id;
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: one of many things on a canvas, reached by keys of its own
    <article
      role="group"
      aria-roledescription={`pipeline ${pill.side}`}
      aria-label={pill.label}
      aria-current={selected || undefined}
      tabIndex={-1}
      data-pill={`${pill.side}/${pill.name}`}
      className={`node ioput k-pipeline ${detail === 1 ? "" : "far"} ${selected ? "sel" : ""} ${fades ? "fade" : ""}`}
    >
      {detail === 1 ? (
        <header className="k-pipeline">
          {pill.side === "input" && <Icon name="pipeline" />}
          <span className="grow">
            <b className="cut mono">{pill.name}</b>
            <small>
              <span className="cut">
                pipeline {pill.side} · {pill.type ?? "any type"}
              </span>
            </small>
          </span>
          {pill.side === "output" && <Icon name="pipeline" />}
          <PortMark
            id={PIPELINE_PORT}
            port={end}
            top={21}
            connectable={!readOnly}
            type={pill.type}
            family={pill.family}
            file={pill.file}
            mark={pill.mark}
          />
        </header>
      ) : (
        detail > 0 && <b className="far-title mono">{pill.name}</b>
      )}
    </article>
  );
}, sameDrawing);
