import assert from "node:assert/strict";
import test from "node:test";
import { copyTasks, duplicateTasks, pasteText } from "./clipboard.ts";
import {
  applyChanges,
  emptyDocument,
  type PipelineDocument,
  readDocument,
  type Source,
  type TextChange,
} from "./document.ts";
import * as edit from "./edit.ts";
import { largePipeline } from "./testing.ts";

const ADDED: Source = { kind: "output", task: "a", output: "text" };

function edited(text: string, ...edits: ((doc: PipelineDocument) => TextChange[])[]): string {
  return edits.reduce((doc, one) => applyChanges(doc, one(doc)), readDocument(text)).text;
}

const GRAPH = "name: P\nimplementation:\n  graph:\n    tasks:\n";
const AB = `${GRAPH}      # first
      a:
        componentRef: {name: echo} # keep
      # second
      b:
        componentRef: {name: echo}
        arguments:
          text: {taskOutput: {taskId: a, outputName: text}}
        annotations:
          component-hub.dev/depends-on: [a]
      # behind
    outputValues:
      out: {taskOutput: {taskId: a, outputName: text}}
`;

test("a task added to an empty pipeline is written in block style", () => {
  const task = {
    id: "a",
    key: "starter/echo@1.0.0",
    position: { x: 36.4, y: 18 },
    arguments: new Map([["text", ADDED]]),
  };
  assert.equal(
    edited(emptyDocument("P"), (doc) => edit.addTask(doc, task)),
    `${GRAPH}      a:
        componentRef: {name: starter/echo@1.0.0}
        arguments:
          text: {taskOutput: {taskId: a, outputName: text}}
        annotations:
          editor.position: '{"x":36,"y":18}'
`,
  );
});

test("a task added to a JSON document is JSON", () => {
  const text = '{"implementation": {"graph": {"tasks": {"a": {"componentRef": {"name": "echo"}}}}}}';
  const result = edited(text, (doc) =>
    edit.addTask(doc, { id: "b", key: "echo", position: null, arguments: new Map([["n", ADDED]]) }),
  );
  assert.deepEqual(JSON.parse(result).implementation.graph.tasks.b.arguments.n, {
    taskOutput: { taskId: "a", outputName: "text" },
  });
});

test("removing a task takes out what refers to it, the maps that are empty then, and no comment that is not its own", () => {
  assert.equal(
    edited(AB, (doc) => edit.removeTasks(doc, ["a"])),
    `${GRAPH}      # first
      # second
      b:
        componentRef: {name: echo}
      # behind
`,
  );
});

test("a pipeline whose last task is removed keeps an empty map of tasks", () => {
  const text = edited(AB, (doc) => edit.removeTasks(doc, ["a", "b"]));
  assert.equal(text, `${GRAPH.trimEnd()} {}\n      # first\n      # second\n      # behind\n`);
  const again = edited(text, (doc) => edit.addTask(doc, { id: "c", key: "echo", position: null }));
  assert.deepEqual([...readDocument(again).tasks.keys()], ["c"]);
});

test("renaming a task renames it wherever it is named, with quotes where the name needs them", () => {
  const text = edited(AB, (doc) => edit.renameTask(doc, "a", "no"));
  assert.equal(
    text,
    AB.replace("      a:", '      "no":')
      .replace(/taskId: a/g, "taskId: 'no'")
      .replace("[a]", "['no']"),
  );
});

test("moving a task changes nothing but its position, and keeps what else an editor stores there", () => {
  const at = (position: string) => `${GRAPH}      a: # x\n        annotations: {editor.position: ${position}} # y\n`;
  const move = (doc: PipelineDocument) => edit.moveTasks(doc, new Map([["a", { x: 5, y: 6 }]]));
  assert.equal(edited(at(`'{"x":1,"y":2,"width":9}'`), move), at(`'{"x":5,"y":6,"width":9}'`));
  assert.equal(edited(at('"{\\"x\\":1,\\"y\\":2}"'), move), at('"{\\"x\\":5,\\"y\\":6}"'));
});

test("an argument in block style gives way to one in flow style and keeps its place", () => {
  const block =
    "          text: # why\n            taskOutput:\n              taskId: a\n              outputName: text\n          x: 1\n";
  const text = `${GRAPH}      b:\n        arguments:\n${block}`;
  assert.equal(
    edited(text, (doc) => edit.setArgument(doc, "b", "text", { kind: "input", input: "in" })),
    `${GRAPH}      b:\n        arguments:\n          text: {graphInput: {inputName: in}} # why\n          x: 1\n`,
  );
});

test("constants are written so that they stay texts, in the quotes that were there", () => {
  const set = (was: string, text: string) => {
    const before = `${GRAPH}      b:\n        arguments:\n          x: ${was}\n`;
    const result = edited(before, (doc) => edit.setArgument(doc, "b", "x", { kind: "constant", text }));
    return result.slice(before.indexOf("x: ") + 3, -1);
  };
  assert.equal(set("1", "2"), "'2'");
  assert.equal(set('"1"', "two"), '"two"');
  assert.equal(set("one", "two words"), "two words");
  assert.equal(set("one # c", "no"), "'no' # c");
  assert.equal(set("one", "a\nb\n"), "|\n            a\n            b");
  assert.equal(set("|\n            a\n            b", "c"), "c");
});

test("a condition is written as KFP writes it, and one that changes is changed where it stands", () => {
  const text = edited(AB, (doc) =>
    edit.setCondition(doc, "b", [
      { operator: "==", left: ADDED, right: { kind: "constant", text: "1" } },
      { operator: "!=", left: { kind: "input", input: "in" }, right: { kind: "constant", text: "x" } },
    ]),
  );
  const condition = `        isEnabled:
          and:
            op1:
              "==":
                op1: {taskOutput: {taskId: a, outputName: text}}
                op2: '1'
            op2:
              "!=":
                op1: {graphInput: {inputName: in}}
                op2: x
        annotations:
`;
  assert.equal(text, AB.replace("        annotations:\n", condition));
  const doc = readDocument(text.replace("op2: x\n", "op2: x # why\n"));
  const { condition: read } = doc.tasks.get("b")!;
  assert.equal(read.kind, "simple");
  const all = read.kind === "simple" ? read.all.map((one) => ({ ...one, operator: "==" as const })) : [];
  assert.equal(applyChanges(doc, edit.setCondition(doc, "b", all)).text, doc.text.replace('"!="', '"=="'));
});

test("settings of a task are found again, and removing them leaves nothing behind", () => {
  const set = edited(
    AB,
    (doc) => edit.setRetries(doc, "a", 3),
    (doc) => edit.setTimeout(doc, "a", "30s"),
    (doc) => edit.setContinueOnError(doc, "a", true),
    (doc) => edit.setExitHandler(doc, "a", true),
  );
  const { retries, timeout, continueOnError, exitHandler } = readDocument(set).tasks.get("a")!;
  assert.deepEqual([retries, timeout, continueOnError, exitHandler], [3, "30s", true, true]);
  const back = edited(
    set,
    (doc) => edit.setRetries(doc, "a", null),
    (doc) => edit.setTimeout(doc, "a", null),
    (doc) => edit.setContinueOnError(doc, "a", false),
    (doc) => edit.setExitHandler(doc, "a", false),
  );
  assert.equal(back, AB);
});

test("depends-on keeps the list as it is written, also as JSON text, and fields that are unknown stay", () => {
  const list = `${GRAPH}      b:\n        annotations:\n          component-hub.dev/depends-on:\n          - a # first\n          - c\n        x: {y: z}\n`;
  assert.equal(
    edited(list, (doc) => edit.setDependsOn(doc, "b", ["a", "d"])),
    list.replace("- c\n", "- d\n"),
  );
  const json = `${GRAPH}      b:\n        annotations:\n          component-hub.dev/depends-on: '["a", "c"]'\n`;
  assert.deepEqual(readDocument(json).tasks.get("b")?.dependsOn, ["a", "c"]);
  assert.match(
    edited(json, (doc) => edit.setDependsOn(doc, "b", ["a"])),
    /depends-on: \[a\]\n$/,
  );
});

test("another version replaces the reference and what the document held of the old one", () => {
  const text = `${GRAPH}      a:\n        componentRef:\n          name: echo@1 # c\n          url: http://x\n          spec:\n            name: x\n          favorited: true\n`;
  assert.equal(
    edited(text, (doc) => edit.setReference(doc, "a", "echo@2")),
    `${GRAPH}      a:\n        componentRef:\n          name: echo@2 # c\n          favorited: true\n`,
  );
  const digest = `sha256:${"0".repeat(64)}`;
  const flow = edited(AB, (doc) => edit.setReference(doc, "a", digest));
  assert.match(flow, new RegExp(`a:\n +componentRef: {digest: '${digest}'} # keep`));
});

test("inputs and outputs stand where they belong, and go with what uses them", () => {
  const text = edited(
    AB,
    (doc) => edit.addInput(doc, { name: "rows", type: "Integer", default: "5", position: { x: 1, y: 2 } }),
    (doc) => edit.addInput(doc, { name: "no", optional: true }),
    (doc) => edit.addOutput(doc, { name: "result", type: "Model" }, { kind: "input", input: "rows" }),
    (doc) => edit.setArgument(doc, "b", "n", { kind: "input", input: "rows" }),
    (doc) => edit.setDescription(doc, "What it does."),
  );
  assert.ok(
    text.startsWith(`name: P
description: What it does.
inputs:
- name: rows
  type: Integer
  default: '5'
  annotations:
    editor.position: '{"x":1,"y":2}'
- name: 'no'
  optional: true
outputs:
- name: result
  type: Model
implementation:
`),
  );
  const renamed = readDocument(
    edited(text, (doc) => edit.changeInput(doc, "rows", { name: "count", type: null, default: null })),
  );
  assert.deepEqual(renamed.tasks.get("b")?.arguments.get("n"), { kind: "input", input: "count" });
  assert.deepEqual(renamed.outputValues.get("result"), { kind: "input", input: "count" });
  const removed = edited(
    text,
    (doc) => edit.removeInput(doc, "rows"),
    (doc) => edit.removeInput(doc, "no"),
    (doc) => edit.removeOutput(doc, "result"),
    (doc) => edit.setDescription(doc, null),
  );
  assert.equal(removed, AB);
});

test("the first field of a port can go, with the dash staying", () => {
  const text = `name: P\ninputs:\n- type: Integer\n  name: x\n- default: a # c\n  # d\n  name: y\n${GRAPH.slice(8)}      a: {}\n`;
  const result = edited(
    text,
    (doc) => edit.changeInput(doc, "x", { type: null }),
    (doc) => edit.changeInput(doc, "y", { default: null, optional: true }),
  );
  assert.ok(result.startsWith("name: P\ninputs:\n- name: x\n- \n  # d\n  name: y\n  optional: true\nimpl"), result);
});

test("what cannot be edited, is not there or stays the same gives no changes", () => {
  const doc = readDocument(AB);
  assert.deepEqual(edit.addTask(doc, { id: "a", key: "x", position: null }), []);
  assert.deepEqual(edit.renameTask(doc, "a", "b"), []);
  assert.deepEqual(edit.renameTask(doc, "x", "y"), []);
  assert.deepEqual(edit.setRetries(doc, "x", 1), []);
  assert.deepEqual(edit.setArgument(doc, "b", "text", ADDED), []);
  assert.deepEqual(edit.setArgument(doc, "b", "new", { kind: "other", label: "secret" }), []);
  assert.deepEqual(edit.removeInput(doc, "x"), []);
  assert.deepEqual(edit.setName(doc, "P"), []);
  assert.deepEqual(edit.setName(readDocument("[broken"), "P"), []);
});

test("an argument behind an alias is written out rather than changed for all", () => {
  const text =
    "x: &common\n  text: hello\n  n: 1\nimplementation:\n  graph:\n    tasks:\n      a:\n        arguments: *common\n";
  const result = edited(text, (doc) => edit.setArgument(doc, "a", "text", { kind: "constant", text: "bye" }));
  assert.ok(result.startsWith("x: &common\n  text: hello\n  n: 1\n"));
  const given = readDocument(result).tasks.get("a")!.arguments;
  assert.deepEqual(
    [given.get("text"), given.get("n")],
    [
      { kind: "constant", text: "bye" },
      { kind: "constant", text: "1" },
    ],
  );
});

test("copies keep their comments, their connections among each other, and those to what is there", () => {
  const doc = readDocument(AB);
  const { changes, added } = duplicateTasks(doc, ["a", "b"], { x: 18, y: 18 });
  const next = applyChanges(doc, changes);
  assert.deepEqual(added, ["a-2", "b-2"]);
  assert.match(next.text, /a-2:\n {8}componentRef: {name: echo} # keep\n/);
  assert.deepEqual(next.tasks.get("b-2")?.arguments.get("text"), { kind: "output", task: "a-2", output: "text" });
  assert.deepEqual(next.tasks.get("b-2")?.dependsOn, ["a-2"]);
  const alone = duplicateTasks(doc, ["b"], { x: 0, y: 0 });
  assert.deepEqual(applyChanges(doc, alone.changes).tasks.get("b-2")?.arguments.get("text"), ADDED);
});

test("tasks pasted into another pipeline lose what they took from tasks that are not there", () => {
  const target = readDocument(emptyDocument("Other"));
  const pasted = pasteText(target, copyTasks(readDocument(AB), ["b"]), { x: 0, y: 0 })!;
  const { tasks, text } = applyChanges(target, pasted.changes);
  assert.deepEqual([...tasks.keys()], ["b"]);
  assert.equal(
    text,
    "name: Other\nimplementation:\n  graph:\n    tasks:\n      b:\n        componentRef: {name: echo}\n",
  );
  assert.equal(pasteText(target, "no pipeline", { x: 0, y: 0 }), null);
});

test("one edit among a thousand tasks takes less than a frame", () => {
  let doc = readDocument(largePipeline(1000));
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    doc = applyChanges(doc, edit.moveTasks(doc, new Map([[`task-${i * 40}`, { x: i, y: i }]])));
    doc = applyChanges(doc, edit.setArgument(doc, `task-${i * 40}`, "second", { kind: "constant", text: String(i) }));
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[10]!;
  assert.ok(median < 32, `two edits took ${median} ms`);
});
