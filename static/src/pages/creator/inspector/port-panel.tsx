/** An input or output of the pipeline itself. */
import { useId } from "react";
import { GrowingText, ValueField } from "../../../features/launch/value-field.tsx";
import { fault, valueHelp } from "../../../features/launch/values.ts";
import type { PipelineDocument, PipelinePort } from "../../../model/document.ts";
import { changeInput, changeOutput, type PortChange } from "../../../model/edit.ts";
import { edges } from "../../../model/graph.ts";
import { Button, IconButton } from "../../../ui/controls.tsx";
import { actions, type Problem, useCreator } from "../store.ts";
import { removePort } from "./acts.ts";
import { Fault, PortDot, Problems, Section, useCommitted, useVisit } from "./fields.tsx";
import { OutputSource } from "./output-source.tsx";

type Side = "input" | "output";

const TYPES = [
  "String",
  "Integer",
  "Float",
  "Boolean",
  "JsonArray",
  "JsonObject",
  "Dataset",
  "Model",
  "Metrics",
  "ClassificationMetrics",
  "HTML",
  "Markdown",
  "Artifact",
  "URI",
];

const change = (side: Side, name: string, to: PortChange, merge?: string) =>
  actions.change(
    `Change the ${side} ${name}`,
    (doc) => (side === "input" ? changeInput(doc, name, to) : changeOutput(doc, name, to)),
    merge,
  );

function rename(side: Side, name: string, text: string): string | null {
  if (text === "") return `An ${side} needs a name.`;
  const { document, selection } = actions.current();
  const ports = side === "input" ? document.inputs : document.outputs;
  if (!ports.some((port) => port.name === name)) return null;
  if (ports.some((port) => port.name === text)) return `There is an ${side} ${text} already.`;
  const selected = selection.kind === side && selection.name === name;
  change(side, name, { name: text });
  if (selected) actions.select({ kind: side, name: text });
  return null;
}

/** Problems at /inputs/2 or below it. */
function problemsAt(problems: readonly Problem[], side: Side, index: number): Problem[] {
  const path = `/${side}s/${index}`;
  return problems.filter((problem) => problem.path === path || problem.path.startsWith(`${path}/`));
}

export default function PortPanel({ side, port }: { side: Side; port: PipelinePort }) {
  const document = useCreator((c) => c.document);
  const readOnly = useCreator((c) => c.readOnly);
  const all = useCreator((c) => c.problems);
  const ports = side === "input" ? document.inputs : document.outputs;
  const problems = problemsAt(
    all,
    side,
    ports.findIndex(({ name }) => name === port.name),
  );
  const atDefault = problems.filter(({ path }) => path.endsWith("/default"));
  const id = useId();
  const visit = useVisit();
  const name = useCommitted(port.name, (text) => rename(side, port.name, text));
  const type = useCommitted(
    port.type ?? "",
    (text) => {
      change(side, port.name, { type: text || null });
      return null;
    },
    port.name,
  );
  return (
    <>
      <div className="inspector-head">
        <div className="row top-row">
          <PortDot type={port.type} on />
          <div className="grow">
            <h2>{port.name}</h2>
            <p className="sm dim">{side === "input" ? "Input" : "Output"} of the pipeline</p>
          </div>
          {!readOnly && (
            <IconButton
              label={`Delete the ${side} ${port.name}`}
              icon="x"
              size="s"
              onClick={() => removePort(side, port.name)}
            />
          )}
        </div>
        <Problems problems={problems.filter((problem) => !atDefault.includes(problem))} />
      </div>
      <div className="inspector-scroll">
        <div className="fs">
          <div className="form-row">
            <label className="label" htmlFor={`${id}-name`}>
              Name
            </label>
            <div>
              <input
                {...name.props}
                id={`${id}-name`}
                className="input"
                readOnly={readOnly}
                aria-describedby={`${id}-n`}
              />
              <div id={`${id}-n`}>{name.error && <Fault>{name.error}</Fault>}</div>
            </div>
          </div>
          <div className="form-row">
            <label className="label" htmlFor={`${id}-type`}>
              Type
            </label>
            <div>
              <input
                {...type.props}
                id={`${id}-type`}
                className="input"
                list={`${id}-types`}
                placeholder="any"
                readOnly={readOnly}
              />
              <datalist id={`${id}-types`}>
                {TYPES.map((one) => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            </div>
          </div>
          {side === "input" && <DefaultField port={port} problems={atDefault} />}
          <div className="form-row">
            <label className="label" htmlFor={`${id}-about`}>
              Description
            </label>
            <GrowingText
              id={`${id}-about`}
              className="input"
              readOnly={readOnly}
              value={port.description ?? ""}
              onFocus={visit.onFocus}
              onChange={(event) =>
                change(side, port.name, { description: event.currentTarget.value || null }, visit.merge())
              }
            />
          </div>
        </div>
        {side === "output" ? <OutputValue name={port.name} /> : <UsedAt document={document} name={port.name} />}
      </div>
    </>
  );
}

function DefaultField({ port, problems }: { port: PipelinePort; problems: readonly Problem[] }) {
  const readOnly = useCreator((c) => c.readOnly);
  const id = useId();
  const visit = useVisit();
  const wrong = port.default === null ? null : fault(port.default, port.type);
  const help = valueHelp(port.type);
  return (
    <>
      <div className="form-row">
        <label className="label" htmlFor={`${id}-default`}>
          Default
        </label>
        <div>
          <ValueField
            id={`${id}-default`}
            type={port.type}
            value={port.default}
            byDefault={null}
            placeholder="none"
            describedBy={`${id}-about`}
            invalid={wrong !== null}
            disabled={readOnly}
            onFocus={visit.onFocus}
            onChange={(text) => change("input", port.name, { default: text }, visit.merge())}
          />
          <div id={`${id}-about`}>
            {wrong ? <Fault>{wrong}</Fault> : help && <p className="help">{help}.</p>}
            <Problems problems={wrong ? [] : problems} />
          </div>
        </div>
      </div>
      <div className="form-row">
        <span className="label" id={`${id}-optional`}>
          Optional
        </span>
        <div className="row">
          <button
            type="button"
            className="switch"
            role="switch"
            aria-checked={port.optional}
            aria-labelledby={`${id}-optional`}
            disabled={readOnly}
            onClick={() => change("input", port.name, { optional: !port.optional })}
          />
          <span className="muted sm">{port.optional ? "may be left out" : "a run needs a value"}</span>
        </div>
      </div>
    </>
  );
}

function UsedAt({ document, name }: { document: PipelineDocument; name: string }) {
  const uses = edges(document).filter(({ from }) => from.kind === "input" && from.input === name);
  return (
    <Section title="Used by" count={uses.length}>
      {uses.length === 0 && <p className="help">Nothing yet: choose it as the source of an argument.</p>}
      <div className="row wrap chips">
        {uses.map(({ id, to, kind }) =>
          to.kind === "task" ? (
            <Button key={id} size="s" onClick={() => openTask(to.task)}>
              {kind === "condition" ? `Condition of ${to.task}` : `${to.task} › ${to.port}`}
            </Button>
          ) : (
            to.kind === "output" && (
              <Button key={id} size="s" onClick={() => actions.select({ kind: "output", name: to.output })}>
                Output {to.output}
              </Button>
            )
          ),
        )}
      </div>
    </Section>
  );
}

function openTask(id: string) {
  actions.select({ kind: "tasks", ids: new Set([id]) });
  actions.focusTask(id);
}

function OutputValue({ name }: { name: string }) {
  const source = useCreator((c) => c.document.outputValues.get(name));
  return (
    <Section title="Value">
      <OutputSource name={name} />
      {source?.kind === "output" && (
        <Button size="s" look="quiet" onClick={() => openTask(source.task)}>
          Show {source.task}
        </Button>
      )}
    </Section>
  );
}
