/** What the hub found in one file: problems at their lines, or what goes in and out. */
import { useEffect, useRef, useState } from "react";
import type { Problem } from "../../net/types.ts";
import { assetPlace } from "../../route/places.ts";
import { Button, LinkButton } from "../../ui/controls.tsx";
import { bytes, counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { PortType } from "../../ui/ports.tsx";
import { KIND_WORDS } from "../../ui/words.ts";
import { textInArchive } from "./archive.ts";
import { asSentence, LIMIT, placeProblems, type Remedy, remediesOf, TEXT_LIMIT } from "./items.ts";
import { ProblemLines } from "./problem-lines.tsx";
import type { Item, useUploads } from "./use-uploads.ts";

interface Props {
  item: Item;
  change: ReturnType<typeof useUploads>["change"];
  check(id: number): void;
}

export function CheckPanel({ item, change, check }: Props) {
  const [editing, setEditing] = useState(false);
  const panel = useRef<HTMLElement>(null);
  const problems = item.error?.problems.length ? item.error.problems : (item.found?.problems ?? []);
  const shown = item.phase === "refused" || item.phase === "checking" ? problems : (item.found?.problems ?? []);
  const text = item.text;
  const inner = useTextInside(item, shown);
  const lines = (text ?? inner?.text)?.replace(/\n$/, "").split("\n") ?? [];
  const here = inner ? shown.filter((problem) => problem.file === inner.name) : shown;
  const { notes, rest: apart } = placeProblems(here, lines.length);
  const rest = [...apart, ...shown.filter((problem) => !here.includes(problem))];
  const done = item.phase === "published" || item.phase === "known";
  const jump = (line: number) => {
    const note = panel.current?.querySelector<HTMLElement>(`[data-line="${line}"]`);
    note?.scrollIntoView({ block: "center" });
    note?.focus({ preventScroll: true });
  };
  return (
    <section ref={panel} className="panel check-panel" aria-label={`Check of ${item.file.name}`}>
      <header>
        <span className="mono cut">{item.file.name}</span>
        <Counts problems={shown} />
        <span className="grow" />
        {text !== null && !done && (
          <Button size="s" icon={editing ? "check" : "draft"} onClick={() => setEditing(!editing)}>
            {editing ? "Show the lines" : "Edit here"}
          </Button>
        )}
      </header>
      <Answer item={item} change={change} check={check} />
      {shown.length > 1 && notes.size > 0 && !editing && (
        <ol className="problem-list" aria-label="Problems">
          {[...notes].flatMap(([line, at]) =>
            at.map((problem, i) => (
              <li key={`${line} ${i}`}>
                <button type="button" onClick={() => jump(line)}>
                  <SeverityIcon problem={problem} />
                  <span className="grow">{asSentence(problem.message, problem.path)}</span>
                  <span className="dim num">line {line}</span>
                </button>
              </li>
            )),
          )}
        </ol>
      )}
      {rest.length > 0 && <Rest problems={rest} message={item.error?.message ?? ""} />}
      {item.found && item.phase !== "refused" && !editing && <Interface item={item} />}
      {text !== null &&
        (editing ? (
          <Editor
            name={item.file.name}
            text={text}
            change={(changed) => change(item.id, { text: changed })}
            problems={shown}
          />
        ) : (
          <ProblemLines lines={lines} notes={notes} name={item.file.name} />
        ))}
      {inner && (
        <>
          <p className="inner-name dim">
            <span className="mono">{inner.name}</span> in {item.file.name}
          </p>
          <ProblemLines lines={lines} notes={notes} name={inner.name} />
        </>
      )}
      {text === null && !inner && item.phase !== "too-large" && (
        <p className="in muted">
          {/\.(tgz|tar|gz|zip)$/i.test(item.file.name)
            ? "The files of an archive are not shown here; problems name the file inside."
            : "This is no text that can be shown here."}
        </p>
      )}
    </section>
  );
}

/** The file inside an archive that a problem is about. */
function useTextInside({ file, text }: Item, problems: readonly Problem[]) {
  const [inner, setInner] = useState<{ of: File; name: string; text: string }>();
  const name = text === null ? problems.find((problem) => problem.file && problem.line)?.file : undefined;
  useEffect(() => {
    if (!name) return;
    let gone = false;
    void file
      .arrayBuffer()
      .then((bytes) => textInArchive(new Uint8Array(bytes), name))
      .then((found) => {
        if (!gone && found !== null && found.length <= TEXT_LIMIT) setInner({ of: file, name, text: found });
      });
    return () => {
      gone = true;
    };
  }, [file, name]);
  return inner?.of === file && inner.name === name ? inner : null;
}

export const SeverityIcon = ({ problem }: { problem: Problem }) => (
  <span className={problem.severity === "error" ? "sev-e" : "sev-w"}>
    <Icon name={problem.severity === "error" ? "error" : "warn"} />
    <span className="sr">{problem.severity}: </span>
  </span>
);

function Counts({ problems }: { problems: readonly Problem[] }) {
  const errors = problems.filter((p) => p.severity === "error").length;
  const warnings = problems.length - errors;
  return (
    <>
      {errors > 0 && (
        <span className="row sm sev-e counts">
          <Icon name="error" />
          {counted(errors, "error")}
        </span>
      )}
      {warnings > 0 && (
        <span className="row sm sev-w counts">
          <Icon name="warn" />
          {counted(warnings, "warning")}
        </span>
      )}
    </>
  );
}

/** The outcome in a sentence, with what one can do. */
function Answer({ item, change, check }: Props) {
  const { phase, error, found } = item;
  if (phase === "guest")
    return (
      <Box icon="lock">
        <b>Not checked.</b> The hub checks files for those who are signed in; it goes on by itself then.
      </Box>
    );
  if (phase === "too-large")
    return (
      <Box icon="error" bad>
        <b>
          {item.file.name} has {bytes(item.file.size)}; at most {LIMIT / 1024 / 1024} MiB are taken.
        </b>{" "}
        Nothing was sent. Leave out what the catalog need not hold, such as weights or tables, and name where they are.
      </Box>
    );
  if ((phase === "published" || phase === "known") && found)
    return (
      <Box
        icon="check"
        act={
          <LinkButton href={assetPlace(found, found.version)}>
            Open {found.name} {found.version}
          </LinkButton>
        }
      >
        <b>{phase === "known" ? "There is nothing to publish." : "Published."}</b>{" "}
        {phase === "known" && `These bytes are ${found.namespace}/${found.name} ${found.version} already.`}
      </Box>
    );
  if (phase !== "refused" || !error) return null;
  const remedies = remediesOf(error);
  const lined = error.problems.some((p) => p.line);
  if (lined && !remedies.length) return null;
  const apply = (remedy: Remedy) => {
    if (remedy.act === "kind") change(item.id, { kind: undefined }, false);
    else if (remedy.act === "set") change(item.id, { chosen: { ...item.chosen, ...remedy.change } }, false);
    else document.querySelector<HTMLInputElement>(`[data-upload-field="${remedy.field}"]`)?.select();
  };
  return (
    <Box
      icon="error"
      bad
      act={
        <>
          {remedies.map((remedy) => (
            <Button key={remedy.label} onClick={() => apply(remedy)}>
              {remedy.label}
            </Button>
          ))}
          {error.retryable && (
            <Button icon="retry" onClick={() => check(item.id)}>
              Try again
            </Button>
          )}
        </>
      }
    >
      <b>{asSentence(error.message)}</b> {error.hint && asSentence(error.hint)}
    </Box>
  );
}

const Box = ({
  icon,
  bad,
  act,
  children,
}: {
  icon: string;
  bad?: boolean;
  act?: React.ReactNode;
  children: React.ReactNode;
}) => (
  <div
    className={`answer ${bad ? "bad" : ""}`}
    role={bad ? "alert" : "status"}
    data-problem={bad}
    tabIndex={bad ? -1 : undefined}
  >
    <Icon name={icon} />
    <p className="grow">{children}</p>
    {act && <div className="row wrap">{act}</div>}
  </div>
);

/** Problems that no line here shows, without what the answer above says already. */
const Rest = ({ problems, message }: { problems: Problem[]; message: string }) => (
  <ul className="rest">
    {problems
      .filter((problem) => problem.line || problem.message !== message)
      .map((problem, i) => (
        <li key={i} data-problem tabIndex={-1}>
          <SeverityIcon problem={problem} />
          <span className="grow">
            {where(problem) && <b>{where(problem)}: </b>}
            {asSentence(problem.message, problem.path)} {asSentence(problem.hint ?? "")}
          </span>
          <span className="dim mono xs">{problem.code}</span>
        </li>
      ))}
  </ul>
);

function where({ file, line, column, path }: Problem): string {
  const parts = [file, line ? `line ${line}` : "", line && column ? `column ${column}` : "", line ? "" : path];
  return parts.filter(Boolean).join(", ");
}

function Interface({ item }: { item: Item }) {
  const { inputs, outputs } = item.found!.interface;
  if (!inputs.length && !outputs.length) return null;
  const side = (title: string, ports: typeof inputs) =>
    ports.length > 0 && (
      <div>
        <h3>{title}</h3>
        <ul>
          {ports.map((port) => (
            <li key={port.name} className="row wrap">
              <span className="mono">{port.name}</span>
              <PortType type={port.type} />
            </li>
          ))}
        </ul>
      </div>
    );
  return (
    <div className="in upload-ports">
      <p className="muted">
        {KIND_WORDS[item.found!.kind].article.replace(/^./, (c) => c.toUpperCase())} with{" "}
        {counted(inputs.length, "input")} and {counted(outputs.length, "output")}.
      </p>
      <div className="cols2">
        {side("Inputs", inputs)}
        {side("Outputs", outputs)}
      </div>
    </div>
  );
}

function Editor({
  name,
  text,
  change,
  problems,
}: {
  name: string;
  text: string;
  change(text: string): void;
  problems: readonly Problem[];
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  return (
    <div className="editor">
      <textarea
        ref={area}
        className="mono"
        aria-label={`Text of ${name}`}
        spellCheck={false}
        rows={Math.min(36, Math.max(12, text.split("\n").length + 1))}
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <div role="status">
        <ul className="rest">
          {problems.map((problem, i) => (
            <li key={i}>
              <SeverityIcon problem={problem} />
              <span className="grow">
                {where(problem) && <b>{where(problem)}: </b>}
                {asSentence(problem.message, problem.path)} {asSentence(problem.hint ?? "")}
              </span>
            </li>
          ))}
          {!problems.length && <li className="dim">Checked as you type. Your file itself is not changed.</li>}
        </ul>
      </div>
    </div>
  );
}
