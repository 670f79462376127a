/** Nothing is selected: the pipeline itself. */
import { useId } from "react";
import { GrowingText } from "../../../features/launch/value-field.tsx";
import type { Source } from "../../../model/document.ts";
import { addInput, addOutput, setDescription, setName } from "../../../model/edit.ts";
import { IconButton } from "../../../ui/controls.tsx";
import { Icon, KindIcon } from "../../../ui/icon.tsx";
import { actions, useCreator } from "../store.ts";
import { removePort } from "./acts.ts";
import { Fault, PortDot, Problems, Section, useCommitted, useVisit } from "./fields.tsx";
import { OutputSource } from "./output-source.tsx";
import { SourceMenu } from "./source-menu.tsx";
import { choicesFor, freeName } from "./sources.ts";

export function PipelinePanel() {
  const document = useCreator((c) => c.document);
  const readOnly = useCreator((c) => c.readOnly);
  const problems = useCreator((c) => c.problems);
  const own = problems.filter(({ task, path }) => task === null && !/^\/(inputs|outputs)\//.test(path));
  const id = useId();
  const visit = useVisit();
  const name = useCommitted(document.name ?? "", (text) => {
    if (text === "") return "A pipeline needs a name.";
    actions.change("Rename the pipeline", (doc) => setName(doc, text));
    return null;
  });
  return (
    <>
      <div className="inspector-head">
        <div className="row top-row">
          <KindIcon kind="pipeline" size={20} />
          <div className="grow">
            <h2 className="sr">Pipeline {document.name}</h2>
            <input
              {...name.props}
              className="title-input"
              aria-label="Name of the pipeline"
              placeholder="Untitled pipeline"
              aria-describedby={name.error ? `${id}-name` : undefined}
              readOnly={readOnly}
            />
            <p className="sm dim from-line">No task selected: this is the pipeline itself</p>
          </div>
        </div>
        {name.error && <Fault id={`${id}-name`}>{name.error}</Fault>}
        <GrowingText
          className="input about-input"
          aria-label="Description of the pipeline"
          placeholder="What it does, in one sentence"
          readOnly={readOnly}
          value={document.description ?? ""}
          onFocus={visit.onFocus}
          onChange={(event) => {
            const text = event.currentTarget.value;
            actions.change("Describe the pipeline", (doc) => setDescription(doc, text || null), visit.merge());
          }}
        />
        <Problems problems={own} most={3} />
      </div>
      <div className="inspector-scroll">
        <Inputs />
        <Outputs />
      </div>
    </>
  );
}

function newInput() {
  const name = freeName(actions.current().document.inputs, "input");
  actions.change(`New input ${name}`, (doc) => addInput(doc, { name, type: "String" }));
  actions.select({ kind: "input", name });
  // Its name comes first, and is there to be typed over.
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>("#inspector input")?.select());
}

function Inputs() {
  const inputs = useCreator((c) => c.document.inputs);
  const readOnly = useCreator((c) => c.readOnly);
  const problems = useCreator((c) => c.problems);
  return (
    <Section
      title="Inputs"
      count={inputs.length}
      act={!readOnly && <IconButton label="Add an input" icon="plus" size="s" onClick={newInput} />}
    >
      {inputs.length === 0 && <p className="help">None yet: what a run may change is an input.</p>}
      <ul className="port-rows">
        {inputs.map((port, i) => (
          <li key={port.name}>
            <button
              type="button"
              className="port-row"
              onClick={() => actions.select({ kind: "input", name: port.name })}
              title={port.description ?? undefined}
            >
              <PortDot type={port.type} on />
              <span className="mono sm cut">{port.name}</span>
              <span className="mono xs dim">{port.type ?? "any"}</span>
              <span className="grow" />
              {port.default !== null ? (
                <span className="mono xs muted cut value">{port.default}</span>
              ) : (
                <span className="dim xs">{port.optional ? "optional" : "required"}</span>
              )}
              <Icon name="right" size={12} />
            </button>
            <Problems problems={problems.filter(({ path }) => new RegExp(`^/inputs/${i}(/|$)`).test(path))} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** The output takes name and type from what it passes on. */
function newOutput(source: Source) {
  const { document, interfaces } = actions.current();
  const { inputs, outputs } = choicesFor(document, interfaces, "new output");
  const wished = source.kind === "output" ? source.output : source.kind === "input" ? source.input : "output";
  const name = freeName(document.outputs, wished);
  const type =
    [...inputs, ...outputs].find((choice) => JSON.stringify(choice.source) === JSON.stringify(source))?.type ?? null;
  actions.change(`New output ${name}`, (doc) => addOutput(doc, { name, type }, source));
  actions.say(`Made the output ${name}`);
}

function Outputs() {
  const outputs = useCreator((c) => c.document.outputs);
  const readOnly = useCreator((c) => c.readOnly);
  const problems = useCreator((c) => c.problems);
  return (
    <Section
      title="Outputs"
      count={outputs.length}
      act={
        !readOnly && (
          <SourceMenu label="Add an output" adds button={<Icon name="plus" />} target="new output" onPick={newOutput} />
        )
      }
    >
      {outputs.length === 0 && <p className="help">None yet: what a run is for is an output.</p>}
      <ul className="port-rows">
        {outputs.map((port, i) => (
          <li key={port.name}>
            <div className="output-row">
              <button
                type="button"
                className="port-row"
                onClick={() => actions.select({ kind: "output", name: port.name })}
                title={port.description ?? undefined}
              >
                <PortDot type={port.type} on />
                <span className="mono sm cut">{port.name}</span>
              </button>
              <OutputSource name={port.name} brief />
              {!readOnly && (
                <IconButton
                  label={`Delete the output ${port.name}`}
                  icon="x"
                  size="s"
                  onClick={() => removePort("output", port.name)}
                />
              )}
            </div>
            <Problems problems={problems.filter(({ path }) => new RegExp(`^/outputs/${i}(/|$)`).test(path))} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
