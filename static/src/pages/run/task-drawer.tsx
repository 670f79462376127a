/** One task of the run: what became of it and why, its log, values and part of the manifest. */
import { useEffect, useRef } from "react";
import { Code } from "../../features/code/lazy-code.tsx";
import { type FullStep, lasted } from "../../features/runs/run.ts";
import { isFinished, type Run, type Task } from "../../net/types.ts";
import { assetPlace } from "../../route/places.ts";
import { Digest, IconButton, LinkButton, Tabs } from "../../ui/controls.tsx";
import { duration, exact } from "../../ui/format.ts";
import { StateIcon, StateLabel } from "../../ui/icon.tsx";
import { STATE_WORDS } from "../../ui/words.ts";
import { LogView } from "./log-view.tsx";
import { type ManifestTask, partOf } from "./part.ts";
import { isIgnored, type Row, whenWords, whySkipped } from "./rows.ts";
import { Values } from "./values.tsx";

export type DrawerTab = "logs" | "values" | "yaml" | "details";
export const TABS: readonly DrawerTab[] = ["logs", "values", "yaml", "details"];

export interface DrawerProps {
  run: Run;
  row: Row;
  byId: ReadonlyMap<string, Row>;
  manifest: string | null;
  now: number;
  tab: DrawerTab;
  onTab(tab: DrawerTab): void;
  follow: boolean;
  onFollow(on: boolean): void;
  /** It lies over the page, as on a phone. */
  sheet: boolean;
  onClose(): void;
}

export function TaskDrawer(props: DrawerProps) {
  const { run, row, byId, manifest, now, tab, onTab, follow, onFollow, sheet, onClose } = props;
  const close = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (sheet) close.current?.querySelector("button")?.focus();
  }, [sheet]);
  const component = componentOf(row.plan);
  const inputs = Object.keys(row.task.params ?? {}).length;
  const results = Object.keys(row.task.results ?? {}).length;
  return (
    <aside
      className="drawer"
      aria-label={`Task ${row.title}`}
      {...(sheet && { role: "dialog", "aria-modal": true })}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !(event.target as HTMLElement).closest("input")) onClose();
      }}
    >
      <header className="drawerhead">
        <StateIcon state={row.state} alone />
        <h2 className="cut grow" title={row.title}>
          {row.title}
        </h2>
        {component && (
          <LinkButton look="quiet" size="s" icon="ext" href={component.place} title={`Component ${component.label}`}>
            <span className="cut">{component.label}</span>
          </LinkButton>
        )}
        <div ref={close}>
          <IconButton label="Close task" icon="x" size="s" onClick={onClose} />
        </div>
      </header>
      <Why row={row} byId={byId} run={run} now={now} />
      {row.iterations.length > 1 ? (
        <table className="table sm tries" aria-label="Iterations">
          <tbody>
            {row.iterations.map((task) => (
              <tr key={task.matrix}>
                <td>Iteration {(task.matrix ?? 0) + 1}</td>
                <td>
                  <StateLabel state={task.state} />
                </td>
                <td className="dim">{task.message}</td>
                <td className="r num">{task.started_at ? duration(lasted(task, now)!) : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        (row.task.attempts?.length ?? 0) > 1 && <Attempts attempts={row.task.attempts!} now={now} />
      )}
      <Tabs
        label="Task"
        tabs={[
          { id: "logs", label: "Logs" },
          { id: "values", label: "Inputs & results", count: inputs + results ? `${inputs} + ${results}` : undefined },
          { id: "yaml", label: "YAML" },
          { id: "details", label: "Details" },
        ]}
        value={tab}
        onChange={(id) => onTab(id as DrawerTab)}
      >
        {tab === "logs" && <LogView key={row.id} run={run.id} row={row} follow={follow} onFollow={onFollow} />}
        {tab === "values" && (
          <div className="in">
            <h3>Inputs</h3>
            <Values
              values={row.task.params}
              none={row.state === "pending" ? "Not known yet." : "It takes no values."}
            />
            <h3>Results</h3>
            <Values
              values={row.task.results}
              none={isFinished(row.state) ? "It wrote no results." : "Nothing written yet."}
            />
          </div>
        )}
        {tab === "yaml" &&
          (manifest !== null && row.plan ? (
            <Code text={partOf(manifest, row.plan)} language="yaml" label={`Manifest of ${row.title}`} />
          ) : (
            <p className="lognote">The manifest does not describe this task.</p>
          ))}
        {tab === "details" && <Details {...props} />}
      </Tabs>
    </aside>
  );
}

function componentOf(plan: ManifestTask | null): { place: string; label: string } | null {
  const [, namespace, name, version] = /^([^/@]+)\/([^/@]+)@(.+)$/.exec(plan?.component ?? "") ?? [];
  if (!namespace || !name || !version) return null;
  return { place: assetPlace({ kind: "component", namespace, name }, version), label: `${name} ${version}` };
}

/** The sentence that explains the state, where it is not simply good. */
function Why({ row, byId, run, now }: Pick<DrawerProps, "row" | "byId" | "run" | "now">) {
  const { state, task } = row;
  if (state === "succeeded" || state === "running" || (state === "pending" && !task.message)) return null;
  const time = lasted(task, now);
  const message = state === "skipped" ? whySkipped(row, byId, run).long : task.message;
  const reason =
    task.reason &&
    !["Failed", "Cancelled", "TaskRunCancelled", "TaskRunTimeout", "FailureIgnored"].includes(task.reason);
  return (
    <div className={`fate ${state === "failed" || state === "timed_out" ? "bad" : ""}`}>
      <p>
        <b>
          {STATE_WORDS[state]}
          {time !== null && ` after ${duration(time)}`}
        </b>
        {reason && state !== "skipped" && <span className="dim"> {task.reason}</span>}
      </p>
      {message && <p className="message">{message}</p>}
      {isIgnored(row) && <p className="dim">The run goes on: this task may fail.</p>}
    </div>
  );
}

function Details({ row, byId, run, now }: DrawerProps) {
  const { task, plan } = row;
  const needs = [...(plan?.needs.keys() ?? [])].map((id) => byId.get(id)?.title ?? id);
  const facts: [string, React.ReactNode][] = [
    ["State", <StateLabel key="state" state={row.state} />],
    ["Reason", task.reason],
    ["Message", task.message],
    ["Component", plan?.component],
    ["Digest", plan?.digest && <Digest key="digest" digest={plan.digest} />],
    ["Waits for", needs.join(", ")],
    ["Runs if", plan?.when.map((w) => whenWords(w, byId, run)).join(", and ")],
    ["Runs at the end", plan?.finally ? "yes, whatever the other tasks' states" : null],
    ["Retries", plan?.retries ? `at most ${plan.retries}` : null],
    ["Time limit", plan?.timeout],
    ["May fail", plan?.goesOn ? "yes, the run goes on" : null],
    ["Attempt", task.attempt],
    ["Started", task.started_at && exact(task.started_at)],
    ["Finished", task.finished_at && exact(task.finished_at)],
    ["Name at the engine", <code key="name">{task.tekton_name}</code>],
  ];
  return (
    <div className="in">
      <dl className="runfacts">
        {facts.map(
          ([name, value]) =>
            value !== null &&
            value !== undefined &&
            value !== "" && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {(task.steps?.length ?? 0) > 0 && <Steps steps={task.steps!} now={now} />}
    </div>
  );
}

function Steps({ steps, now }: { steps: readonly FullStep[]; now: number }) {
  return (
    <>
      <h3>Steps</h3>
      <table className="table sm">
        <thead>
          <tr>
            <th>Step</th>
            <th>State</th>
            <th>Exit code</th>
            <th className="r">Duration</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => {
            const time = lasted(step, now);
            return (
              <tr key={step.name}>
                <td className="mono">{step.name}</td>
                <td>
                  <StateLabel state={step.state} />
                </td>
                <td className="num">{step.exit_code}</td>
                <td className="r num">{time === null ? "" : duration(time)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

/** The newest on top, as it is the one that the rest of the drawer tells of; the log has all. */
const Attempts = ({ attempts, now }: { attempts: NonNullable<Task["attempts"]>; now: number }) => (
  <table className="table sm tries" aria-label="Attempts">
    <tbody>
      {attempts.toReversed().map((one) => (
        <tr key={one.attempt}>
          <td>Attempt {one.attempt}</td>
          <td>
            <StateLabel state={one.state} />
          </td>
          <td className="dim">{one.message || one.reason}</td>
          <td className="r num">{one.started_at ? duration(lasted(one, now)!) : ""}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
