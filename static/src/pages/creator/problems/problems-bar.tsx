/** What is wrong with the pipeline, below the canvas: each problem leads to its place, and some can be repaired here. */
import { useId, useRef } from "react";
import { setReference } from "../../../model/edit.ts";
import { getAsset } from "../../../net/hub.ts";
import { useResource } from "../../../net/use-resource.ts";
import { Button, IconButton } from "../../../ui/controls.tsx";
import { counted } from "../../../ui/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import { actions, useCreator } from "../store.ts";
import { type Fix, fixOf, unknownVersion } from "./fixes.ts";
import { countOf, type Problem } from "./problem.ts";
import { inputIndex, sentenceOf } from "./sentence.ts";

const ICONS = { error: "error", warning: "warn", info: "info" } as const;
const CLASSES = { error: "sev-e", warning: "sev-w", info: "dim" } as const;

interface ProblemsProps {
  open: boolean;
  setOpen(open: boolean): void;
  /** shows a line of the text */
  showLine(line: number): void;
}

export function ProblemsBar({ open, setOpen, showLine }: ProblemsProps) {
  const problems = useCreator((creator) => creator.problems);
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const any = problems.length > 0;
  return (
    <section className="problems" aria-label="Problems">
      <header>
        <h2>Problems</h2>
        <Counts problems={problems} />
        <span className="grow" />
        <Summary />
        {any && (
          <IconButton
            label={open ? "Fold problems" : "Show problems"}
            icon="down"
            size="s"
            className={open ? "" : "turned"}
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            onClick={() => setOpen(!open)}
          />
        )}
      </header>
      {open && any && (
        <ul id={id} ref={list} onKeyDown={(event) => moveFocus(event, list.current)}>
          {problems.map((problem, i) => (
            <Row
              key={`${problem.code} ${problem.path} ${problem.message}`}
              problem={problem}
              first={i === 0}
              showLine={showLine}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function Counts({ problems }: { problems: readonly Problem[] }) {
  const checking = useCreator((creator) => creator.checking);
  const checked = useCreator((creator) => creator.checkedIn !== null);
  const empty = useCreator((creator) => creator.document.tasks.size === 0);
  const errors = countOf(problems, "error");
  const warnings = countOf(problems, "warning");
  const notes = countOf(problems, "info");
  return (
    <span className="row" role="status">
      {errors > 0 && <Count severity="error" text={counted(errors, "error")} />}
      {warnings > 0 && <Count severity="warning" text={counted(warnings, "warning")} />}
      {notes > 0 && <Count severity="info" text={counted(notes, "note")} />}
      {problems.length === 0 && <span className="dim">{nothing(empty, checked, checking)}</span>}
    </span>
  );
}

const nothing = (empty: boolean, checked: boolean, checking: boolean) =>
  empty ? "Nothing to check yet" : checked ? "None found" : checking ? "Checking" : "Not checked";

const Count = ({ severity, text }: { severity: Problem["severity"]; text: string }) => (
  <span className={`row count ${CLASSES[severity]}`}>
    <Icon name={ICONS[severity]} />
    {text}
  </span>
);

function Summary() {
  const document = useCreator((creator) => creator.document);
  const checkedIn = useCreator((creator) => creator.checkedIn);
  const handlers = [...document.tasks.values()].filter((task) => task.exitHandler).length;
  const tasks = document.tasks.size - handlers;
  return (
    <span className="dim num wide">
      {counted(tasks, "task")}
      {handlers > 0 && `, ${counted(handlers, "exit handler")}`}
      {checkedIn !== null && ` · checked in ${checkedIn} ms`}
    </span>
  );
}

/** Leads to what it is about. */
export function showProblem(problem: Problem, showLine: (line: number) => void) {
  if (problem.task !== null) {
    actions.select({ kind: "tasks", ids: new Set([problem.task]) });
    actions.focusTask(problem.task);
    return;
  }
  const index = inputIndex(problem.path);
  const input = index === null ? undefined : actions.current().document.inputs[index];
  if (input) actions.select({ kind: "input", name: input.name });
  if (problem.line) showLine(problem.line);
}

function Row({ problem, first, showLine }: { problem: Problem; first: boolean; showLine(line: number): void }) {
  const document = useCreator((creator) => creator.document);
  const interfaces = useCreator((creator) => creator.interfaces);
  const readOnly = useCreator((creator) => creator.readOnly);
  const fix = readOnly ? null : fixOf(problem, document, interfaces);
  const version = readOnly ? null : unknownVersion(problem, document);
  const pieces = sentenceOf(problem);
  return (
    <li>
      <button
        type="button"
        className="problem"
        tabIndex={first ? 0 : -1}
        title={pieces.map((piece) => piece.text).join("")}
        onClick={() => showProblem(problem, showLine)}
      >
        <span className={`count ${CLASSES[problem.severity]}`}>
          <Icon name={ICONS[problem.severity]} />
          <span className="sr">{problem.severity}: </span>
        </span>
        <span className="cut">
          {pieces.map(({ look, text }, i) => {
            const key = `${i}${text}`;
            return look === "task" ? <b key={key}>{text}</b> : look === "code" ? <code key={key}>{text}</code> : text;
          })}
        </span>
        <span className="dim mono xs nowrap">
          {problem.code}
          {problem.line && ` · line ${problem.line}`}
        </span>
      </button>
      {fix && <FixButton fix={fix} />}
      {version && <LatestButton {...version} />}
    </li>
  );
}

function FixButton({ fix }: { fix: Fix }) {
  const run = () => {
    const merge = `fix ${Date.now()}`;
    for (const step of fix.steps) actions.change(fix.label, step, merge);
    actions.say(fix.label);
  };
  return (
    <Button size="s" onClick={run}>
      {fix.label}
    </Button>
  );
}

/** Shown once the hub has said that there is another version. */
function LatestButton({ task, namespace, name }: { task: string; namespace: string; name: string }) {
  const asset = useResource(`latest ${namespace}/${name}`, (signal) =>
    getAsset({ namespace, name, kind: "component" }, signal),
  );
  const latest = asset.data?.value.latest?.version;
  if (!latest) return null;
  const label = `Use ${latest}`;
  return (
    <Button
      size="s"
      title="The newest version"
      onClick={() => actions.change(label, (doc) => setReference(doc, task, `${namespace}/${name}@${latest}`))}
    >
      {label}
    </Button>
  );
}

/** Arrows walk through the problems, Home and End go to the ends. */
function moveFocus(event: React.KeyboardEvent, list: HTMLElement | null) {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY }[event.key];
  if (step === undefined || !list) return;
  const rows = [...list.querySelectorAll<HTMLElement>(".problem")];
  const row = (event.target as HTMLElement).closest("li")?.querySelector<HTMLElement>(".problem");
  const at = row ? rows.indexOf(row) : 0;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}
