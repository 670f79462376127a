/* Names of nodes and handles on the canvas; any task or port name may be in them. */
import type { From, To } from "../../../model/graph.ts";

/** What a connection starts or ends with. */
export type PortEnd = { side: "from"; end: From } | { side: "to"; end: To };
export type NodeName = { kind: "task" | "input" | "output"; name: string };

export const nodeId = (kind: NodeName["kind"], name: string): string => `${kind}/${encodeURIComponent(name)}`;
export const inHandle = (port: string): string => `in/${encodeURIComponent(port)}`;
export const outHandle = (port: string): string => `out/${encodeURIComponent(port)}`;
/** Where edges end that carry no value. */
export const ORDER_IN = "order-in";
export const ORDER_OUT = "order-out";
export const GUARD = "guard";
/** The only handle of an input or output of the pipeline. */
export const PIPELINE_PORT = "port";

export function nameOfNode(id: string): NodeName {
  const at = id.indexOf("/");
  return { kind: id.slice(0, at) as NodeName["kind"], name: decodeURIComponent(id.slice(at + 1)) };
}

export function endOf(node: string, handle: string | null | undefined): PortEnd | null {
  const { kind, name } = nameOfNode(node);
  if (kind === "input") return { side: "from", end: { input: name } };
  if (kind === "output") return { side: "to", end: { output: name } };
  const [side, port] = (handle ?? "").split("/");
  if (port === undefined) return null;
  const end = { task: name, port: decodeURIComponent(port) };
  return side === "in" ? { side: "to", end } : { side: "from", end };
}

export function nodeOfEnd({ end }: PortEnd): string {
  if ("task" in end) return nodeId("task", end.task);
  return "input" in end ? nodeId("input", end.input) : nodeId("output", end.output);
}

export function handleOfEnd({ side, end }: PortEnd): string {
  if (!("task" in end)) return PIPELINE_PORT;
  return side === "from" ? outHandle(end.port) : inHandle(end.port);
}

/** One text for a port. */
export const portKey = (port: PortEnd): string => `${nodeOfEnd(port)} ${handleOfEnd(port)}`;

export function portName({ end }: PortEnd): string {
  if ("task" in end) return end.port;
  return "input" in end ? end.input : end.output;
}

/** "table of train", "the input rows" */
export function spokenPort(port: PortEnd): string {
  const { end } = port;
  if ("task" in end) return `${end.port} of ${end.task}`;
  return "input" in end ? `the input ${end.input}` : `the output ${end.output}`;
}
