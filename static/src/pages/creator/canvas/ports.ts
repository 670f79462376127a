/* Ports by what the document and the catalog say of them. */
import type { Interface, Port, Source } from "../../../model/document.ts";
import { type From, fittingPorts, interfaceOf, type To } from "../../../model/graph.ts";
import type { Creator } from "../store.ts";
import type { Split } from "./bridge.ts";
import type { Flow } from "./flow.ts";
import type { PortEnd } from "./ids.ts";

export function typeOfPort({ document, interfaces }: Creator, { side, end }: PortEnd): string | null {
  if ("input" in end) return document.inputs.find((port) => port.name === end.input)?.type ?? null;
  if ("output" in end) return document.outputs.find((port) => port.name === end.output)?.type ?? null;
  const task = document.tasks.get(end.task);
  const known = task && interfaceOf(task, interfaces);
  return known?.[side === "from" ? "outputs" : "inputs"].find((port) => port.name === end.port)?.type ?? null;
}

export const sourceOf = (from: From): Source =>
  "input" in from ? { kind: "input", input: from.input } : { kind: "output", task: from.task, output: from.port };

/** The ports by which a component would go into a connection, those of the same type first. */
export function splitPorts(
  component: Interface,
  from: string | null,
  to: string | null,
): { input: Port; output: Port } | null {
  const [input] = fittingPorts(component, from, "inputs");
  const [output] = fittingPorts(component, to, "outputs");
  return input && output ? { input, output } : null;
}

export function splitOf(creator: Creator, flow: Flow, id: string | null, component: Interface): Split | null {
  const edge = flow.edges.find((one) => one.id === id);
  if (edge?.kind !== "data") return null;
  const { from, to } = edge.model;
  if (from.kind === "output" || to.kind === "input") return null;
  const start = from.kind === "task" ? { task: from.task, port: from.port } : { input: from.input };
  const end: To = to.kind === "task" ? { task: to.task, port: to.port } : { output: to.output };
  const types = [typeOfPort(creator, { side: "from", end: start }), typeOfPort(creator, { side: "to", end })] as const;
  const ports = splitPorts(component, ...types);
  return ports && { edge: edge.id, from: sourceOf(start), to: end, input: ports.input.name, output: ports.output.name };
}
