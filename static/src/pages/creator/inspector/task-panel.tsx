/** One task: what it is, what it takes, how it runs. */
import { useId, useState } from "react";
import type { Task } from "../../../model/document.ts";
import { renameTask } from "../../../model/edit.ts";
import type { Reference } from "../../../net/types.ts";
import { assetPlace } from "../../../route/places.ts";
import { Link } from "../../../route/router.tsx";
import { Button, Tabs } from "../../../ui/controls.tsx";
import { counted, shortDigest } from "../../../ui/format.ts";
import { Icon, KindIcon } from "../../../ui/icon.tsx";
import { Menu } from "../../../ui/menu.tsx";
import { actions, type Problem, useCreator } from "../store.ts";
import { duplicate, remove } from "./acts.ts";
import { Arguments } from "./arguments.tsx";
import { Fault, Problems, placeInTask, useCommitted } from "./fields.tsx";
import { Options, optionOf, optionsSet } from "./options.tsx";
import { comparePlace, useDiff, VersionDialog, verdictWords } from "./version-dialog.tsx";

export default function TaskPanel({ task }: { task: Task }) {
  const [tab, setTab] = useState("arguments");
  const [dialog, setDialog] = useState<{ wanted?: string } | null>(null);
  const problems = useCreator((c) => c.problemsOf)(task.id);
  const reference = useCreator((c) => (task.reference.key === null ? undefined : c.references.get(task.reference.key)));
  const placed = (problem: Problem) => placeInTask(problem)[0] === "arguments" && placeInTask(problem).length > 1;
  const ofOptions = problems.filter((problem) => !placed(problem) && optionOf(problem) !== null);
  const ofArguments = problems.filter(placed);
  const elsewhere = problems.filter((problem) => !placed(problem) && optionOf(problem) === null);
  const [hidden, other] = tab === "arguments" ? [ofOptions, "Options"] : [ofArguments, "Arguments"];
  return (
    <>
      <div className="inspector-head">
        <Head task={task} reference={reference} onReplace={() => setDialog({})} />
        {reference && <News reference={reference} onUpgrade={(wanted) => setDialog({ wanted })} />}
        <Problems problems={elsewhere} most={3} />
        {hidden.length > 0 && (
          <Button
            size="s"
            look="quiet"
            icon={hidden.some(({ severity }) => severity === "error") ? "error" : "warn"}
            onClick={() => setTab(other.toLowerCase())}
          >
            {counted(hidden.length, "problem")} in {other}
          </Button>
        )}
      </div>
      <Tabs
        label="Settings of the task"
        tabs={[
          { id: "arguments", label: "Arguments", count: task.arguments.size || undefined },
          { id: "options", label: "Options", count: optionsSet(task) || undefined },
        ]}
        value={tab}
        onChange={setTab}
      >
        {tab === "arguments" ? (
          <Arguments key={task.id} task={task} problems={problems} />
        ) : (
          <Options key={task.id} task={task} problems={problems} />
        )}
      </Tabs>
      {dialog && reference && (
        <VersionDialog task={task} reference={reference} wanted={dialog.wanted} onClose={() => setDialog(null)} />
      )}
    </>
  );
}

function Head({ task, reference, onReplace }: { task: Task; reference: Reference | undefined; onReplace(): void }) {
  const readOnly = useCreator((c) => c.readOnly);
  const id = useId();
  const name = useCommitted(task.id, (text) => rename(task.id, text));
  return (
    <>
      <div className="row top-row">
        <KindIcon kind={reference?.kind ?? "component"} size={20} />
        <div className="grow">
          <h2 className="sr">Task {task.id}</h2>
          <input
            {...name.props}
            className="title-input"
            aria-label="Name of the task"
            aria-describedby={name.error ? id : undefined}
            readOnly={readOnly}
          />
          <p className="sm dim from-line">
            <From task={task} reference={reference} />
          </p>
        </div>
        {!readOnly && (
          <Menu label="More for this task" className="btn quiet icon s" align="right" button={<Icon name="more" />}>
            {(close) => (
              <>
                <button type="button" role="menuitem" tabIndex={-1} onClick={() => [close(), duplicate([task.id])]}>
                  Duplicate <kbd>Ctrl D</kbd>
                </button>
                {reference && (
                  <button type="button" role="menuitem" tabIndex={-1} onClick={() => [close(), onReplace()]}>
                    Replace the version…
                  </button>
                )}
                <button type="button" role="menuitem" tabIndex={-1} onClick={() => remove([task.id])}>
                  Delete <kbd>Del</kbd>
                </button>
              </>
            )}
          </Menu>
        )}
      </div>
      {name.error && <Fault id={id}>{name.error}</Fault>}
    </>
  );
}

function rename(id: string, text: string): string | null {
  if (text === "") return "A task needs a name.";
  const { document, selection } = actions.current();
  if (!document.tasks.has(id)) return null;
  if (document.tasks.has(text)) return `There is a task ${text} already.`;
  const selected = selection.kind === "tasks" && selection.ids.has(id);
  actions.change(`Rename ${id} to ${text}`, (doc) => renameTask(doc, id, text));
  if (selected) actions.select({ kind: "tasks", ids: new Set([text]) });
  actions.say(`Renamed ${id} to ${text}`);
  return null;
}

/** "train-gb 2.3.0 · sha256:77ab01c9" */
function From({ task, reference }: { task: Task; reference: Reference | undefined }) {
  if (reference)
    return (
      <>
        <Link href={assetPlace(reference, reference.version)}>{reference.name}</Link>{" "}
        <span className="num" title={reference.digest}>
          {reference.version} · sha256:{shortDigest(reference.digest)}
        </span>
      </>
    );
  if (task.reference.key !== null) return <span className="mono">{task.reference.key}</span>;
  return <>{task.reference.inline ? "Written into this pipeline" : "Refers to no component"}</>;
}

/** A newer version, and whether this one is still recommended. */
function News({ reference, onUpgrade }: { reference: Reference; onUpgrade(version: string): void }) {
  const readOnly = useCreator((c) => c.readOnly);
  const { latest, version, deprecated, name } = reference;
  const newer = latest !== null && latest !== version ? latest : null;
  const diff = useDiff(reference, newer);
  return (
    <>
      {deprecated && (
        <p className="inspector-news warn">
          <Icon name="warn" />
          <span className="grow">{name} is deprecated.</span>
        </p>
      )}
      {newer !== null && (
        <p className="inspector-news">
          <span className="grow">
            {newer} is out{diff.data && `: ${verdictWords(diff.data)}`}.
          </span>
          <Link href={comparePlace(reference, newer)}>Compare</Link>
          {!readOnly && (
            <button type="button" className="linklike" onClick={() => onUpgrade(newer)}>
              Upgrade
            </button>
          )}
        </p>
      )}
    </>
  );
}
