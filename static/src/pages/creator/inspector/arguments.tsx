/** The inputs of a task, and where each takes its value from. */
import { useId, useRef } from "react";
import { ValueField } from "../../../features/launch/value-field.tsx";
import { fault, fieldKind, shownDefault, valueHelp } from "../../../features/launch/values.ts";
import type { Interface, Port, Source, Task } from "../../../model/document.ts";
import { addInput, setArgument } from "../../../model/edit.ts";
import { interfaceOf } from "../../../model/graph.ts";
import { IconButton } from "../../../ui/controls.tsx";
import { actions, type Problem, useCreator } from "../store.ts";
import { Fault, PortDot, Problems, placeInTask, useVisit } from "./fields.tsx";
import { Group, SOURCE_WORDS, SourceItem, SourceMenu, SourceText } from "./source-menu.tsx";
import { freeName } from "./sources.ts";

export function Arguments({ task, problems }: { task: Task; problems: readonly Problem[] }) {
  const interfaces = useCreator((c) => c.interfaces);
  const known = interfaceOf(task, interfaces);
  const at = (name: string) =>
    problems.filter((problem) => {
      const [part, argument] = placeInTask(problem);
      return part === "arguments" && argument === name;
    });
  const unknown = [...task.arguments].filter(([name]) => !known?.inputs.some((port) => port.name === name));
  return (
    <>
      {!known && (
        <p className="inspector-note muted">
          The component is not known, so only the arguments that the pipeline gives are shown.
        </p>
      )}
      {known?.inputs.length === 0 && unknown.length === 0 && (
        <p className="inspector-note muted">This task takes no inputs.</p>
      )}
      {known?.inputs.map((port) => (
        <Argument key={port.name} task={task} port={port} problems={at(port.name)} />
      ))}
      {unknown.map(([name, source]) => (
        <Unknown key={name} task={task} name={name} source={source} known={known} problems={at(name)} />
      ))}
      <Outputs known={known} />
    </>
  );
}

const isSet = (source: Source | null): source is Exclude<Source, { kind: "constant" }> =>
  source !== null && source.kind !== "constant";

function Argument({ task, port, problems }: { task: Task; port: Port; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const visit = useVisit();
  const source = task.arguments.get(port.name) ?? null;
  const required = !port.optional && port.default === null;
  const typed = source?.kind === "constant" ? fault(source.text, port.type) : null;
  const shown = typed ? problems.filter((problem) => problem.code !== "type_mismatch") : problems;
  const put = (next: Source | null, merge?: string) =>
    actions.change(`Change ${port.name} of ${task.id}`, (doc) => setArgument(doc, task.id, port.name, next), merge);
  const focusField = () =>
    requestAnimationFrame(() => row.current?.querySelector<HTMLElement>("textarea, input, select")?.focus());
  const makeInput = () => {
    const name = freeName(actions.current().document.inputs, port.name);
    const merge = `input of ${task.id} ${port.name} ${name}`;
    const label = `New pipeline input ${name}`;
    const { type, description, default: byDefault, optional } = port;
    actions.change(label, (doc) => addInput(doc, { name, type, description, default: byDefault, optional }), merge);
    actions.change(label, (doc) => setArgument(doc, task.id, port.name, { kind: "input", input: name }), merge);
    actions.say(`Made the pipeline input ${name}`);
  };
  const from = source ? SOURCE_WORDS[source.kind] : port.default === null ? "Not set" : "Default";
  const help = helpOf(port, source);
  const describedBy = [help && `${id}-help`, (typed || shown.length > 0) && `${id}-faults`].filter(Boolean).join(" ");

  return (
    <div className="arg" ref={row}>
      <div className="arg-label label">
        <PortDot type={port.type} on={source !== null} missing={required && source === null} />
        <label className="mono cut" htmlFor={isSet(source) ? undefined : id} title={port.name}>
          {port.name}
        </label>
        <span className="dim mono xs">{port.type ?? "any"}</span>
        <span className="grow" />
        {required && <span className="dim xs">required</span>}
      </div>
      <div className="arg-field">
        <div className={`bind ${isSet(source) ? "ref" : ""} ${typed ? "bad" : ""}`}>
          {isSet(source) ? (
            <SourceText source={source} />
          ) : (
            <ValueField
              id={id}
              className="bare"
              type={port.type}
              value={source?.text ?? null}
              byDefault={port.default}
              placeholder={placeholderOf(port, source)}
              describedBy={describedBy || undefined}
              invalid={typed !== null || shown.some(({ severity }) => severity === "error")}
              required={required}
              disabled={readOnly}
              onFocus={visit.onFocus}
              onChange={(text) => put(text === null ? null : { kind: "constant", text }, visit.merge())}
            />
          )}
          {readOnly ? (
            <span className="from">{from}</span>
          ) : (
            <SourceMenu
              label={`${port.name}: ${from}. Change where the value comes from`}
              button={from}
              target={{ task: task.id, port: port.name }}
              current={source}
              onPick={put}
            >
              {(close) => (
                <>
                  <SourceItem
                    checked={source?.kind === "constant"}
                    onPick={() => {
                      close();
                      if (source?.kind !== "constant") put(firstConstant(port));
                      focusField();
                    }}
                  >
                    Constant
                  </SourceItem>
                  <SourceItem
                    checked={source === null}
                    onPick={() => {
                      close();
                      put(null);
                      focusField();
                    }}
                  >
                    {port.default === null ? "Not set" : `Default ${shownDefault(port.default)}`}
                  </SourceItem>
                  <Group title="New">
                    <SourceItem
                      checked={false}
                      onPick={() => {
                        close();
                        makeInput();
                      }}
                    >
                      New pipeline input…
                    </SourceItem>
                  </Group>
                </>
              )}
            </SourceMenu>
          )}
        </div>
        {help && (
          <p className="help" id={`${id}-help`}>
            {help}
          </p>
        )}
        {(typed || shown.length > 0) && (
          <div id={`${id}-faults`}>
            {typed && <Fault>{typed}</Fault>}
            <Problems problems={shown} />
          </div>
        )}
      </div>
    </div>
  );
}

/** What a constant begins with: something that is good already, or nothing where that cannot be guessed. */
function firstConstant(port: Port): Source | null {
  const kind = fieldKind(port.type);
  const text = port.default ?? (kind === "boolean" ? "true" : kind === "text" ? "" : null);
  return text === null ? null : { kind: "constant", text };
}

function placeholderOf(port: Port, source: Source | null): string {
  if (source?.kind === "constant" && fieldKind(port.type) !== "boolean") return "Empty text";
  return port.default === null ? "" : `Default ${shownDefault(port.default)}`;
}

function helpOf(port: Port, source: Source | null): string {
  const how = isSet(source) ? null : valueHelp(port.type);
  const byDefault =
    source?.kind === "constant" && port.default !== null ? `Default ${shownDefault(port.default)}` : null;
  const facts = [byDefault, how].filter(Boolean).map((fact) => `${fact}.`);
  if (source?.kind === "other") facts.push("It can be changed in the YAML.");
  return [port.description, ...facts].filter(Boolean).join(" ");
}

/** An argument for an input that the component does not have, or not any more. */
function Unknown({
  task,
  name,
  source,
  known,
  problems,
}: {
  task: Task;
  name: string;
  source: Source;
  known: Interface | null;
  problems: readonly Problem[];
}) {
  const readOnly = useCreator((c) => c.readOnly);
  const free = known?.inputs.filter((port) => !task.arguments.has(port.name)) ?? [];
  const moved = free.length === 1 ? free[0] : undefined;
  return (
    <div className="arg">
      <div className="arg-label label">
        <span className="mono cut">{name}</span>
        {known && <span className="dim xs">not an input of this version</span>}
      </div>
      <div className="arg-field">
        <div className="bind ref">
          <SourceText source={source} />
          {!readOnly && (
            <IconButton
              label={`Remove ${name}`}
              icon="x"
              size="s"
              onClick={() =>
                actions.change(`Remove ${name} of ${task.id}`, (doc) => setArgument(doc, task.id, name, null))
              }
            />
          )}
        </div>
        <Problems problems={problems} />
        {moved && !readOnly && source.kind !== "other" && (
          <button
            type="button"
            className="btn s"
            onClick={() => {
              const merge = `move ${task.id} ${name}`;
              const label = `Use it for ${moved.name}`;
              actions.change(label, (doc) => setArgument(doc, task.id, moved.name, source), merge);
              actions.change(label, (doc) => setArgument(doc, task.id, name, null), merge);
            }}
          >
            Use it for {moved.name}
          </button>
        )}
      </div>
    </div>
  );
}

function Outputs({ known }: { known: Interface | null }) {
  if (!known?.outputs.length) return null;
  return (
    <section className="fs" aria-label="Outputs">
      <h3>
        Outputs <span className="num">{known.outputs.length}</span>
      </h3>
      <ul className="port-list">
        {known.outputs.map((port) => (
          <li key={port.name}>
            <PortDot type={port.type} on />
            <span className="mono sm">{port.name}</span> <span className="mono xs dim">{port.type ?? "any"}</span>
            {port.description && <p className="help">{port.description}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
