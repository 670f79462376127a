/** Asks for the parameters of a run and launches it. */
import { useEffect, useRef, useState } from "react";
import { launch, listEngines } from "../../net/hub.ts";
import { ApiError, idempotencyKey } from "../../net/request.ts";
import type { Engine, Port, Problem, Run, RunRequest } from "../../net/types.ts";
import { useResource } from "../../net/use-resource.ts";
import { Button, Field } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { explainRefusal, mayChange } from "../sign-in.tsx";
import { ParameterForm } from "./parameter-form.tsx";
import { type ParameterValues, parameterFaults, parametersOf } from "./parameters.ts";
import { problemsByInput, sentences } from "./problems.ts";
import { valueText } from "./values.ts";

export interface LaunchDialogProps {
  subject: { pipeline: string } | { document: string };
  /** of the pipeline */
  title: string;
  inputs: Port[];
  /** values to begin with, such as those of an earlier run */
  initial?: Record<string, unknown>;
  onClose(): void;
  onLaunched(run: Run): void;
}

const NO_FAULTS: ReadonlyMap<string, string> = new Map();

export default function LaunchDialog({ subject, title, inputs, initial = {}, onClose, onLaunched }: LaunchDialogProps) {
  const engines = useResource("engines", listEngines);
  const [values, setValues] = useState<ParameterValues>(() =>
    Object.fromEntries(Object.entries(initial).map(([name, value]) => [name, valueText(value)])),
  );
  const [name, setName] = useState("");
  const [chosen, setEngine] = useState<string>();
  const [faults, setFaults] = useState(NO_FAULTS);
  const [error, setError] = useState<ApiError>();
  const [others, setOthers] = useState<readonly Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  /** The same content tried again is the same launch to the hub. */
  const attempt = useRef({ content: "", key: "" });

  const all = engines.data?.items ?? [];
  const engine = all.find((one) => one.name === chosen) ?? all.find((one) => one.ready) ?? all[0];

  useEffect(() => form.current?.querySelector<HTMLElement>("input, textarea, select")?.focus(), []);
  useEffect(() => {
    if (faults.size) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [faults]);

  const submit = async () => {
    if (busy) return;
    setError(undefined);
    setOthers([]);
    const found = parameterFaults(inputs, values);
    setFaults(found);
    if (found.size || !mayChange("launch pipelines", () => void submit())) return;
    const request: RunRequest = { ...subject, parameters: parametersOf(inputs, values) as RunRequest["parameters"] };
    if (engine) request.engine = engine.name as RunRequest["engine"];
    if (name.trim()) request.name = name.trim();
    const content = JSON.stringify(request);
    if (content !== attempt.current.content) attempt.current = { content, key: idempotencyKey() };
    setBusy(true);
    try {
      onLaunched(await launch(request, attempt.current.key));
    } catch (cause) {
      setBusy(false);
      if (explainRefusal(cause, "launch pipelines", () => void submit())) return;
      const known = cause instanceof ApiError ? cause : new ApiError(0, "unexpected", String(cause));
      const { byInput, rest } = problemsByInput(known.problems, inputs);
      setFaults(byInput);
      setOthers(rest);
      setError(known);
      // What was refused for good would be refused under its old key for ever.
      if (!known.retryable) attempt.current = { content: "", key: "" };
    }
  };

  const change = (input: string, value: string | null) => {
    setValues((before) => ({ ...before, [input]: value }));
    if (faults.has(input)) setFaults(new Map([...faults].filter(([other]) => other !== input)));
  };

  return (
    <Dialog
      title={`Launch ${title}`}
      onClose={onClose}
      onSubmit={() => void submit()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" icon="play" type="submit" busy={busy}>
            Launch
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a key for all fields, Enter makes a line in texts */}
      <div
        className="launch"
        ref={form}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
        }}
      >
        {inputs.length === 0 && <p className="muted">This pipeline has no inputs.</p>}
        {inputs.some((port) => port.default != null) && (
          <p className="muted">A field left empty takes the value shown in it.</p>
        )}
        <ParameterForm inputs={inputs} values={values} faults={faults} onChange={change} />
        <Field label="Name of the run" help="Left empty, it is made from the pipeline's name.">
          {({ id, describedBy }) => (
            <input
              id={id}
              className="input"
              aria-describedby={describedBy}
              autoComplete="off"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        {engine && <EngineChoice engines={all} engine={engine} onChange={setEngine} />}
        {!engine && engines.error && (
          <p className="muted sm">Which engines there are is not known: {engines.error.message}</p>
        )}
        {error && <Refused error={error} problems={others} atFields={faults.size} />}
      </div>
    </Dialog>
  );
}

function EngineChoice({
  engines,
  engine,
  onChange,
}: {
  engines: readonly Engine[];
  engine: Engine;
  onChange(name: string): void;
}) {
  return (
    <div>
      <Field
        label="Engine"
        error={engine.ready ? undefined : `It is not ready: ${engine.reason ?? "the hub does not say why"}`}
      >
        {({ id, describedBy }) => (
          <select
            id={id}
            className="input"
            aria-describedby={describedBy}
            value={engine.name}
            onChange={(event) => onChange(event.currentTarget.value)}
          >
            {engines.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}, {one.ready ? "ready" : "not ready"}
              </option>
            ))}
          </select>
        )}
      </Field>
      {(engine.notes?.length ?? 0) > 0 && (
        <ul className="help launch-notes">
          {engine.notes!.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Refused({ error, problems, atFields }: { error: ApiError; problems: readonly Problem[]; atFields: number }) {
  const unreachable = error.status === 0;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error) element.current?.scrollIntoView({ block: "nearest" });
  }, [error]);
  return (
    <div className="launch-refused" role="alert" ref={element}>
      <p className="row">
        <Icon name="error" />
        <b>{unreachable ? "The hub does not answer" : "It was not launched"}</b>
      </p>
      <p>
        {unreachable
          ? "Nothing typed is lost. Launch it again when the hub is back; it starts once at most."
          : error.message}
        {!unreachable && error.hint && ` ${error.hint}`}
        {atFields > 0 && " What is wrong stands at the fields."}
      </p>
      {problems.length > 0 && (
        <ul>
          {problems.map((problem) => (
            <li key={`${problem.path} ${problem.code} ${problem.message}`}>
              {sentences(problem)}
              {problem.line ? <span className="dim num nowrap"> Line {problem.line}</span> : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
