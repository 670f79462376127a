/** How a task runs: retries, time limit, order, what becomes of the run when it fails, and whether it runs at all. */
import { useId, useState } from "react";
import type { PipelineDocument, Task } from "../../../model/document.ts";
import { setContinueOnError, setDependsOn, setExitHandler, setRetries, setTimeout } from "../../../model/edit.ts";
import { canOrder, edges, runOrder } from "../../../model/graph.ts";
import { Chip, Segmented } from "../../../ui/controls.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Menu } from "../../../ui/menu.tsx";
import { actions, type Problem, useCreator } from "../store.ts";
import { ConditionEditor } from "./condition.tsx";
import { durationFault } from "./duration.ts";
import { Fault, Problems, placeInTask, Section, useVisit } from "./fields.tsx";

const MOST_RETRIES = 1000;

/** How many options differ from the default. */
export const optionsSet = (task: Task) =>
  [
    task.retries !== null,
    task.timeout !== null,
    task.continueOnError,
    task.dependsOn.length > 0,
    task.exitHandler,
    task.condition.kind !== "none",
    task.iterate !== null,
  ].filter(Boolean).length;

/** The option that a problem of a task is about; null: none of them. */
export function optionOf(problem: Problem): string | null {
  const [part, key] = placeInTask(problem);
  if (part === "isEnabled") return "condition";
  if (part === "executionOptions") return "retries";
  if (part !== "annotations") return null;
  if (key?.startsWith("component-hub.dev/")) return key.slice("component-hub.dev/".length);
  return /depend/.test(problem.message) ? "depends-on" : null;
}

export function Options({ task, problems }: { task: Task; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const about = (option: string) => problems.filter((problem) => optionOf(problem) === option);
  return (
    <>
      <section className="fs" aria-label="Running">
        <div className="f2">
          <Retries task={task} problems={about("retries")} />
          <TimeLimit task={task} problems={about("timeout")} />
        </div>
        <div className="option-row">
          <span className="label" aria-hidden="true">
            On error
          </span>
          <fieldset disabled={readOnly} className="bare-set">
            <Segmented
              label="On error"
              value={task.continueOnError ? "continue" : "stop"}
              options={[
                { value: "stop", label: "Stop the run" },
                { value: "continue", label: "Run goes on" },
              ]}
              onChange={(value) =>
                actions.change(`On error of ${task.id}`, (doc) =>
                  setContinueOnError(doc, task.id, value === "continue"),
                )
              }
            />
          </fieldset>
        </div>
        <Problems problems={about("on-error")} />
      </section>
      <DependsOn task={task} problems={about("depends-on")} />
      <ExitHandler task={task} problems={about("exit-handler")} />
      <ConditionEditor task={task} problems={about("condition")} />
      {task.iterate !== null && (
        <Section title="Loop">
          <p className="sm">
            Runs once for each item of <span className="mono">{task.iterate}</span>.
          </p>
          <p className="help">It can be changed in the YAML.</p>
          <Problems problems={about("iterate")} />
        </Section>
      )}
    </>
  );
}

/** What is typed stays, also where it is no number and so is not written. */
function Retries({ task, problems }: { task: Task; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const id = useId();
  const visit = useVisit();
  const [wrong, setWrong] = useState<string | null>(null);
  const type = (text: string) => {
    const good = /^\d{1,4}$/.test(text) && Number(text) <= MOST_RETRIES;
    setWrong(good || text === "" ? null : text);
    if (good || text === "")
      actions.change(`Retries of ${task.id}`, (doc) => setRetries(doc, task.id, Number(text) || null), visit.merge());
  };
  return (
    <div>
      <label className="label" htmlFor={id}>
        Retries
      </label>
      <div className={`bind ${wrong === null ? "" : "bad"}`}>
        <input
          id={id}
          className="bare"
          inputMode="numeric"
          autoComplete="off"
          placeholder="0"
          readOnly={readOnly}
          aria-invalid={wrong !== null || undefined}
          aria-describedby={`${id}-about`}
          value={wrong ?? task.retries ?? ""}
          onFocus={visit.onFocus}
          onChange={(event) => type(event.currentTarget.value.trim())}
        />
        <span className="from">times</span>
      </div>
      <div id={`${id}-about`}>
        {wrong !== null && <Fault>A whole number from 0 to {MOST_RETRIES}; it is not written yet.</Fault>}
        <Problems problems={wrong === null ? problems : []} />
      </div>
    </div>
  );
}

function TimeLimit({ task, problems }: { task: Task; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const id = useId();
  const visit = useVisit();
  const wrong = task.timeout === null ? null : durationFault(task.timeout);
  return (
    <div>
      <label className="label" htmlFor={id}>
        Time limit
      </label>
      <div className={`bind ${wrong ? "bad" : ""}`}>
        <input
          id={id}
          className="bare"
          autoComplete="off"
          spellCheck={false}
          placeholder="none"
          readOnly={readOnly}
          aria-invalid={wrong !== null || undefined}
          aria-describedby={`${id}-about`}
          value={task.timeout ?? ""}
          onFocus={visit.onFocus}
          onChange={(event) => {
            const text = event.currentTarget.value;
            actions.change(`Time limit of ${task.id}`, (doc) => setTimeout(doc, task.id, text), visit.merge());
          }}
        />
        <span className="from">an attempt</span>
      </div>
      <div id={`${id}-about`}>
        {wrong ? <Fault>{wrong}</Fault> : <p className="help">Such as 90s, 15m or 1h30m.</p>}
        <Problems problems={problems.filter(({ code }) => code !== "invalid_timeout")} />
      </div>
    </div>
  );
}

/** Tasks whose values or conditions this one takes: their order needs no word. */
function takesFrom(doc: PipelineDocument, id: string): string[] {
  const before = edges(doc).flatMap(({ kind, from, to }) =>
    kind !== "order" && from.kind === "task" && to.kind === "task" && to.task === id ? [from.task] : [],
  );
  return [...new Set(before)];
}

function DependsOn({ task, problems }: { task: Task; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const document = useCreator((c) => c.document);
  const connected = takesFrom(document, task.id);
  const set = (ids: string[]) => actions.change(`What ${task.id} depends on`, (doc) => setDependsOn(doc, task.id, ids));
  return (
    <Section
      title="Depends on"
      count={connected.length + task.dependsOn.length}
      act={
        !readOnly && (
          <Menu label="Add a task to wait for" className="btn quiet icon s" align="right" button={<Icon name="plus" />}>
            {(close) => <Waitable task={task} onPick={(id) => [close(), set([...task.dependsOn, id])]} />}
          </Menu>
        )
      }
    >
      {connected.length + task.dependsOn.length === 0 ? (
        <p className="help">No other task: it starts at once.</p>
      ) : (
        <div className="row wrap chips">
          {connected.map((id) => (
            <span
              key={id}
              className="chip"
              title={`It takes something from ${id}; remove that connection to remove this`}
            >
              <Icon name="link" size={12} />
              {id}
            </span>
          ))}
          {task.dependsOn.map((id) =>
            readOnly ? (
              <span key={id} className="chip">
                {id}
              </span>
            ) : (
              <Chip
                key={id}
                label={`Do not wait for ${id}`}
                remove={() => set(task.dependsOn.filter((other) => other !== id))}
              >
                {id}
              </Chip>
            ),
          )}
        </div>
      )}
      <Problems problems={problems} />
    </Section>
  );
}

function Waitable({ task, onPick }: { task: Task; onPick(id: string): void }) {
  const { document } = actions.current();
  const others = runOrder(document).filter((id) => id !== task.id && !task.dependsOn.includes(id));
  if (!others.length) return <p className="menu-note">There is no other task.</p>;
  return (
    <>
      {others.map((id) => {
        const verdict = canOrder(document, id, task.id);
        return verdict.ok ? (
          <button key={id} type="button" role="menuitem" tabIndex={-1} onClick={() => onPick(id)}>
            {id}
          </button>
        ) : (
          <button key={id} type="button" role="menuitem" aria-disabled="true" tabIndex={-1}>
            <span>
              {id}
              <span className="why">{verdict.reason}</span>
            </span>
          </button>
        );
      })}
    </>
  );
}

/** Why a task cannot become an exit handler; empty where it can. */
function notAtExit(doc: PipelineDocument, task: Task, isPipeline: boolean): string {
  if (isPipeline) return "Not possible: an exit handler is a single component, not a pipeline.";
  if (task.dependsOn.length) return "Not possible now: it depends on single tasks, and an exit handler waits for all.";
  const needed = edges(doc).find(({ from, to }) => from.kind === "task" && from.task === task.id && to.kind === "task");
  return needed?.to.kind === "task" ? `Not possible now: ${needed.to.task} needs this task.` : "";
}

function ExitHandler({ task, problems }: { task: Task; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const document = useCreator((c) => c.document);
  const reference = useCreator((c) => (task.reference.key === null ? undefined : c.references.get(task.reference.key)));
  const id = useId();
  const why = task.exitHandler ? "" : notAtExit(document, task, reference?.kind === "pipeline");
  return (
    <section className="fs" aria-label="Exit handler">
      <div className="row">
        <button
          type="button"
          className="switch"
          role="switch"
          aria-checked={task.exitHandler}
          aria-labelledby={`${id}-name`}
          aria-describedby={why ? `${id}-why` : undefined}
          disabled={readOnly || why !== ""}
          onClick={() =>
            actions.change(`Exit handler ${task.id}`, (doc) => setExitHandler(doc, task.id, !task.exitHandler))
          }
        />
        <span className="grow">
          <b className="sm" id={`${id}-name`}>
            Exit handler
          </b>{" "}
          <span className="muted sm">runs after the last task, whatever its state</span>
        </span>
      </div>
      {why && (
        <p className="help" id={`${id}-why`}>
          {why}
        </p>
      )}
      <Problems problems={problems} />
    </section>
  );
}
