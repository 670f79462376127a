import assert from "node:assert/strict";
import test from "node:test";
import { quickParse } from "./quick.ts";
import { corpusPipelines, largePipeline, randomNumbers, starterPipelines } from "./testing.ts";
import { parse } from "./tree.ts";

/** Null, or the same as the parser. */
function check(text: string): boolean {
  const quick = quickParse(text);
  if (!quick) return false;
  const { root, errors } = parse(text);
  assert.deepEqual(errors, [], text);
  assert.deepEqual(quick, root, text);
  return true;
}

function tasksOf(text: string): string[] {
  const [, tasks] = text.split("    tasks:\n");
  return (tasks ?? "").split(/^(?= {6}\S)/m).map((task) => task.replace(/^ {4}outputValues[\s\S]*/m, ""));
}

test("the usual tasks are read without the parser, and as it reads them", () => {
  let read = 0;
  const tasks = starterPipelines().flatMap(({ text }) => tasksOf(text));
  for (const task of tasks) if (check(task)) read++;
  assert.ok(read > tasks.length * 0.7, `${read} of ${tasks.length}`);
  for (const task of tasksOf(largePipeline(20))) assert.ok(check(task));
});

test("whatever happens to a task, it is read as the parser reads it or not at all", () => {
  const random = randomNumbers(11);
  const pieces = [
    ..."{}[]:,#&*!|>'\"%@-? \n\t\r=.~<é\\0a",
    ": ",
    " #",
    "- ",
    "''",
    "\n  ",
    "\n          ",
    "a: b",
    "{a: b}",
    ", ",
    "---\n",
    "...",
    " :",
    "<<",
  ];
  const texts = [...starterPipelines(), ...corpusPipelines()]
    .flatMap(({ text }) => tasksOf(text))
    .filter((t) => t.length < 2000);
  let read = 0;
  for (let i = 0; i < 20000; i++) {
    let text = texts[random(texts.length)]!;
    for (let k = 1 + random(2); k > 0; k--) {
      const from = random(text.length + 1);
      text = text.slice(0, from) + (random(4) ? pieces[random(pieces.length)] : "") + text.slice(from + random(3));
    }
    if (check(text)) read++;
  }
  assert.ok(read > 1000, `${read} were read`);
});
