/* The pipeline as a list: tasks in run order, each with what it takes and what takes from it. */
import type { PipelineDocument, Source } from "../../../model/document.ts";
import { edges, type Interfaces, interfaceOf, runOrder } from "../../../model/graph.ts";
import type { Reference } from "../../../net/types.ts";
import { counted } from "../../../ui/format.ts";
import { type PortView, taskView } from "./view.ts";

export interface OutlinePort extends PortView {
  side: "in" | "out";
  /** "← rows of load", "→ train › table and 2 more" */
  text: string;
}

export interface OutlineTask {
  id: string;
  kind: "component" | "pipeline";
  component: string;
  version: string;
  exitHandler: boolean;
  guard: string | null;
  errors: number;
  warnings: number;
  ports: OutlinePort[];
}

interface Facts {
  document: PipelineDocument;
  interfaces: Interfaces;
  references: ReadonlyMap<string, Reference>;
  problemsOf(task: string): readonly { severity: string }[];
}

export function outlineTasks({ document, interfaces, references, problemsOf }: Facts): OutlineTask[] {
  const takers = takersOf(document);
  return runOrder(document).map((id) => {
    const task = document.tasks.get(id)!;
    const used = new Set([...(takers.get(id)?.keys() ?? [])]);
    const view = taskView({
      task,
      interface: interfaceOf(task, interfaces),
      reference: references.get(task.reference.key ?? "") ?? references.get(task.reference.name ?? ""),
      used,
      problems: problemsOf(id),
      unfolded: true,
      typeOf: () => null,
    });
    const inputs = view.inputs.map(
      (port): OutlinePort => ({ ...port, side: "in", text: `← ${given(task.arguments.get(port.name), port)}` }),
    );
    const outputs = view.outputs.map(
      (port): OutlinePort => ({ ...port, side: "out", text: `→ ${taken(takers.get(id)?.get(port.name))}` }),
    );
    const { kind, component, version, exitHandler, errors, warnings } = view;
    const guard = view.guard?.text ?? null;
    return { id, kind, component, version, exitHandler, guard, errors, warnings, ports: [...inputs, ...outputs] };
  });
}

/** By task and output: where its value goes. */
function takersOf(document: PipelineDocument): Map<string, Map<string, string[]>> {
  const takers = new Map<string, Map<string, string[]>>();
  for (const { kind, from, to } of edges(document)) {
    if (from.kind !== "task" || kind === "order") continue;
    const ports = takers.get(from.task) ?? new Map<string, string[]>();
    takers.set(from.task, ports);
    const where =
      to.kind === "output"
        ? `output ${to.output}`
        : to.kind === "input"
          ? to.input
          : to.port
            ? `${to.task} › ${to.port}`
            : `condition of ${to.task}`;
    ports.set(from.port, [...(ports.get(from.port) ?? []), where]);
  }
  return takers;
}

function given(source: Source | undefined, port: PortView): string {
  if (!source)
    return port.value?.icon === "loop" ? "one item after the other" : port.mark === "missing" ? "missing" : "not set";
  if (source.kind === "constant") return source.text === "" ? "empty" : source.text;
  if (source.kind === "input") return `pipeline input ${source.input}`;
  return source.kind === "output" ? `${source.task} › ${source.output}` : source.label;
}

function taken(takers: string[] | undefined): string {
  if (!takers?.length) return "nothing yet";
  return takers.length === 1 ? takers[0]! : `${takers[0]} and ${takers.length - 1} more`;
}

/** Rows whose task, component, port or value holds all words of a text. */
export function matching(tasks: readonly OutlineTask[], text: string): OutlineTask[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...tasks];
  return tasks.filter((task) => {
    const all = [task.id, task.component, ...task.ports.flatMap((port) => [port.name, port.text])]
      .join(" ")
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export const summary = (tasks: readonly OutlineTask[]): string => counted(tasks.length, "task");
