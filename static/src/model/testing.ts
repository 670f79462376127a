/* For the tests of this folder. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PipelineDocument } from "./document.ts";

const STARTER = join(process.cwd(), "../catalog/starter/pipelines");

export function starterPipelines(): { name: string; text: string }[] {
  const names = readdirSync(STARTER).filter((name) => existsSync(join(STARTER, name, "pipeline.yaml")));
  return names.map((name) => ({ name, text: readFileSync(join(STARTER, name, "pipeline.yaml"), "utf8") }));
}

/** Pipelines of other people, of the folder that CORPUS names. */
export function corpusPipelines(): { name: string; text: string }[] {
  const folder = process.env.CORPUS;
  if (!folder) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /\.ya?ml$/.test(path));
  const texts = files.map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
  return texts.filter(({ text }) => /^ +graph:/m.test(text));
}

/** What a document says, without where it says it. */
export function meaning(doc: PipelineDocument) {
  const plain = <T extends { line: number }>({ line: _, ...rest }: T) => rest;
  return {
    name: doc.name,
    description: doc.description,
    inputs: doc.inputs.map(plain),
    outputs: doc.outputs.map(plain),
    tasks: [...doc.tasks.values()].map(plain),
    outputValues: doc.outputValues,
    errors: doc.errors,
  };
}
export type Meaning = ReturnType<typeof meaning>;

/** All that a reading gives but the tree. */
export function visible(doc: PipelineDocument) {
  const { tree: _, ...rest } = doc;
  return rest;
}

/** Numbers from 0 to below n, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  };
}

/** A pipeline of many tasks in the style of the starter pipelines. */
export function largePipeline(count: number): string {
  const random = randomNumbers(7);
  const value = (i: number, distance: number) => {
    const from = i - 1 - random(distance);
    return from < 0 ? "some text" : `{taskOutput: {taskId: task-${from}, outputName: text}}`;
  };
  const task = (i: number) => `      task-${i}:
        # step number ${i}
        componentRef: {name: starter/concat-text}
        arguments:
          first: ${value(i, 20)}
          second: ${random(10) < 4 ? value(i, 60) : "'2'"}
          separator: ', '
        annotations:
          component-hub.dev/timeout: 2m
          editor.position: '{"x":${(i % 30) * 280},"y":${Math.floor(i / 30) * 140}}'
`;
  const head = "name: Large\nimplementation:\n  graph:\n    tasks:\n";
  return head + Array.from({ length: count }, (_, i) => task(i)).join("");
}
