import assert from "node:assert/strict";
import { test } from "node:test";
import { type Interface, readDocument } from "../../../model/document.ts";
import { choicesFor, freeName } from "./sources.ts";

const port = (name: string, type: string | null) => ({ name, type, optional: false, default: null, description: null });
const interfaces = new Map<string, Interface>([
  [
    "step",
    {
      inputs: [port("n", "Integer"), port("table", "Dataset")],
      outputs: [port("count", "Integer"), port("rows", "Dataset")],
    },
  ],
]);
const doc = readDocument(`
name: x
inputs: [{name: number, type: Integer}, {name: words, type: JsonArray}]
outputs: [{name: result, type: Integer}]
implementation:
  graph:
    tasks:
      first: {componentRef: {name: step}}
      second: {componentRef: {name: step}, arguments: {n: {taskOutput: {taskId: first, outputName: count}}}}
      last: {componentRef: {name: step}, annotations: {component-hub.dev/exit-handler: true}}
`);
const labels = (choices: { label: string }[]) => choices.map(({ label }) => label);

test("an argument takes what fits by type and makes no circle", () => {
  const { inputs, outputs, refused, reason } = choicesFor(doc, interfaces, { task: "second", port: "n" });
  assert.deepEqual(labels(inputs), ["number"]);
  assert.deepEqual(labels(outputs), ["first › count"]);
  const reasons = new Map(refused.map((choice) => [choice.label, reason(choice)]));
  assert.match(reasons.get("words") ?? "", /JsonArray cannot be used/);
  assert.match(reasons.get("first › rows") ?? "", /Dataset cannot be used/);
  assert.match(reasons.get("last › count") ?? "", /exit handler/);
  assert.match(reasons.get("second › count") ?? "", /itself/);
});

test("what would close a circle is refused with its path", () => {
  const { outputs, refused, reason } = choicesFor(doc, interfaces, { task: "first", port: "n" });
  assert.deepEqual(labels(outputs), []);
  assert.match(reason(refused.find(({ label }) => label === "second › count")!), /circle: .*first/);
});

test("a condition compares values, not files, of tasks that run before", () => {
  const { inputs, outputs, refused, reason } = choicesFor(doc, interfaces, { condition: "second" });
  assert.deepEqual(labels(inputs), ["number", "words"]);
  assert.deepEqual(labels(outputs), ["first › count"]);
  assert.match(reason(refused.find(({ label }) => label === "first › rows")!), /file/);
});

test("an output of the pipeline takes from exit handlers too", () => {
  assert.deepEqual(labels(choicesFor(doc, interfaces, { output: "result" }).outputs), [
    "first › count",
    "second › count",
    "last › count",
  ]);
});

test("a taken name gets a number", () => {
  assert.equal(freeName([], "rows"), "rows");
  assert.equal(freeName([{ name: "rows" }, { name: "rows-2" }], "rows"), "rows-3");
});
