/** What an argument, a condition or an output of the pipeline can take its value from. */
import type { PipelineDocument, Port, Source } from "../../../model/document.ts";
import {
  canConnect,
  edges,
  type From,
  fittingSources,
  type Interfaces,
  interfaceOf,
  runOrder,
  type To,
  wouldCycle,
} from "../../../model/graph.ts";
import { fits, isFile, whyNot } from "../../../model/types.ts";

/** `condition`: a comparison that decides whether the task runs. */
export type Target = To | { condition: string } | "new output";

export interface Choice {
  label: string;
  type: string | null;
  source: Source;
}

export interface Choices {
  inputs: Choice[];
  outputs: Choice[];
  refused: Choice[];
  /** why one is refused; asked only for those that are shown, as it may take a walk through the whole graph */
  reason(choice: Choice): string;
}

interface Judge {
  fits(choice: Choice): boolean;
  reason(choice: Choice): string;
}

export function choicesFor(doc: PipelineDocument, interfaces: Interfaces, target: Target): Choices {
  const all = [...inputsOf(doc), ...outputsOf(doc, interfaces)];
  const judge = judgeOf(doc, interfaces, target);
  const fitting = all.filter(judge.fits);
  return {
    inputs: fitting.filter(({ source }) => source.kind === "input"),
    outputs: fitting.filter(({ source }) => source.kind === "output"),
    refused: all.filter((choice) => !judge.fits(choice)),
    reason: judge.reason,
  };
}

function judgeOf(doc: PipelineDocument, interfaces: Interfaces, target: Target): Judge {
  if (target === "new output") return { fits: () => true, reason: () => "" };
  return "condition" in target ? comparing(doc, target.condition) : connecting(doc, interfaces, target);
}

function inputsOf(doc: PipelineDocument): Choice[] {
  return doc.inputs.map(({ name, type }) => ({ label: name, type, source: { kind: "input", input: name } }));
}

function outputsOf(doc: PipelineDocument, interfaces: Interfaces): Choice[] {
  return runOrder(doc).flatMap((task) => {
    const ports = interfaceOf(doc.tasks.get(task)!, interfaces)?.outputs ?? [];
    return ports.map(
      ({ name, type }): Choice => ({
        label: `${task} › ${name}`,
        type,
        source: { kind: "output", task, output: name },
      }),
    );
  });
}

function fromOf(source: Source): From {
  if (source.kind === "input") return { input: source.input };
  return source.kind === "output" ? { task: source.task, port: source.output } : { input: "" };
}

function connecting(doc: PipelineDocument, interfaces: Interfaces, to: To): Judge {
  const fitting = new Set(fittingSources(doc, interfaces, to).map((from) => JSON.stringify(from)));
  const type = portOf(doc, interfaces, to)?.type ?? null;
  return {
    fits: ({ source }) => fitting.has(JSON.stringify(fromOf(source))),
    reason(choice) {
      if (!fits(choice.type, type)) return whyNot(choice.type, type);
      const verdict = canConnect(doc, interfaces, fromOf(choice.source), to);
      return verdict.ok ? "" : verdict.reason;
    },
  };
}

function portOf(doc: PipelineDocument, interfaces: Interfaces, to: To): Port | undefined {
  if ("output" in to) return doc.outputs.find(({ name }) => name === to.output);
  const task = doc.tasks.get(to.task);
  return task && interfaceOf(task, interfaces)?.inputs.find(({ name }) => name === to.port);
}

function comparing(doc: PipelineDocument, task: string): Judge {
  const after = tasksAfter(doc, task);
  return {
    fits: ({ source, type }) =>
      !isFile(type) &&
      !(source.kind === "output" && (after.has(source.task) || doc.tasks.get(source.task)?.exitHandler)),
    reason({ source, type }) {
      if (isFile(type)) return "A file cannot be compared.";
      if (source.kind !== "output") return "";
      if (source.task === task) return "A task cannot wait for itself.";
      if (doc.tasks.get(source.task)?.exitHandler)
        return `${source.task} is an exit handler: it runs after all other tasks.`;
      const path = wouldCycle(doc, source.task, task);
      return path ? `That would be a circle: ${path.join(" → ")}.` : "";
    },
  };
}

/** The task and all that run after it. */
function tasksAfter(doc: PipelineDocument, task: string): Set<string> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges(doc)) {
    if (from.kind === "task" && to.kind === "task") next.set(from.task, [...(next.get(from.task) ?? []), to.task]);
  }
  const after = new Set([task]);
  for (const id of after) for (const one of next.get(id) ?? []) after.add(one);
  return after;
}

/** A name that is free: the wished one, or with -2 and so on behind it. */
export function freeName(taken: readonly { name: string }[], wished: string): string {
  let name = wished;
  for (let n = 2; taken.some((one) => one.name === name); n++) name = `${wished}-${n}`;
  return name;
}
