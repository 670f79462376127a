/** What can be done about a problem by one press. */
import type { PipelineDocument, Port, Source, TextChange } from "../../../model/document.ts";
import { pointerPath } from "../../../model/document.ts";
import { addInput, setArgument } from "../../../model/edit.ts";
import { type Interfaces, interfaceOf } from "../../../model/graph.ts";
import type { Problem } from "./problem.ts";

export interface Fix {
  label: string;
  /** one after the other, each on the document that the one before leaves */
  steps: ((document: PipelineDocument) => TextChange[])[];
}

/** Null where the hub's words are all there is. */
export function fixOf(problem: Problem, document: PipelineDocument, interfaces: Interfaces): Fix | null {
  const task = problem.task === null ? undefined : document.tasks.get(problem.task);
  if (!task) return null;
  const portOf = (name: string) => interfaceOf(task, interfaces)?.inputs.find((port) => port.name === name) ?? null;
  if (problem.code === "missing_input") {
    const input = quoted(problem.message);
    return input === null ? null : asPipelineInput(document, task.id, input, portOf(input));
  }
  const argument = argumentOf(problem.path);
  if (argument === null || !task.arguments.has(argument)) return null;
  const source = task.arguments.get(argument)!;
  if (problem.code === "unknown_graph_input" && source.kind === "input") {
    return {
      label: `Add the input ${source.input}`,
      steps: [(doc) => addInput(doc, { name: source.input, ...described(portOf(argument)) })],
    };
  }
  if (["unknown_argument", "unknown_output", "unknown_task", "type_mismatch"].includes(problem.code)) {
    return { label: removal(source), steps: [(doc) => setArgument(doc, task.id, argument, null)] };
  }
  return null;
}

const removal = (source: Source) =>
  source.kind === "constant" || source.kind === "other" ? "Remove it" : "Disconnect";

function asPipelineInput(document: PipelineDocument, task: string, input: string, port: Port | null): Fix {
  const taken = (name: string) => document.inputs.some((other) => other.name === name);
  let name = input;
  if (taken(name)) name = `${task}_${input}`;
  for (let n = 2; taken(name); n++) name = `${task}_${input}_${n}`;
  return {
    label: "Make it a pipeline input",
    steps: [
      (doc) => addInput(doc, { name, ...described(port) }),
      (doc) => setArgument(doc, task, input, { kind: "input", input: name }),
    ],
  };
}

const described = (port: Port | null) => ({
  ...(port?.type ? { type: port.type } : {}),
  ...(port?.description ? { description: port.description } : {}),
});

const quoted = (message: string) => /"([^"]+)"/.exec(message)?.[1] ?? null;

/** The argument that a pointer into a task's arguments is about. */
function argumentOf(pointer: string): string | null {
  const path = pointerPath(pointer);
  const at = path.indexOf("arguments");
  return at < 0 ? null : (path[at + 1] ?? null);
}

/** A reference with a version that is not known: the name without it may be. */
export function unknownVersion(
  problem: Problem,
  document: PipelineDocument,
): { task: string; namespace: string; name: string } | null {
  if (problem.code !== "unknown_component" || problem.task === null) return null;
  const key = document.tasks.get(problem.task)?.reference.name ?? "";
  const match = /^([^/@]+)\/([^/@]+)@.+$/.exec(key);
  return match ? { task: problem.task, namespace: match[1]!, name: match[2]! } : null;
}
