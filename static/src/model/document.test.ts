import assert from "node:assert/strict";
import test from "node:test";
import { parseDocument } from "yaml";
import { applyChanges, emptyDocument, lineOf, readDocument, reread, taskOfPointer } from "./document.ts";
import { corpusPipelines, largePipeline, randomNumbers, starterPipelines, visible } from "./testing.ts";
import { get, parse } from "./tree.ts";

function starter(name: string) {
  return readDocument(starterPipelines().find((one) => one.name === name)!.text);
}

const TASK = (fields: string) => `implementation: {graph: {tasks: {a: {${fields}}}}}\n`;

test("all starter pipelines can be edited and have as many tasks as the parser finds", () => {
  for (const { name, text } of starterPipelines()) {
    const doc = readDocument(text);
    assert.ok(doc.editable, name);
    assert.deepEqual(doc.errors, []);
    assert.equal(doc.tasks.size, Object.keys(parseDocument(text).toJS().implementation.graph.tasks).length);
    for (const task of doc.tasks.values()) assert.match(text.split("\n")[task.line - 1]!, new RegExp(`^ +${task.id}:`));
  }
});

test("pipelines of others are read without an error", (t) => {
  const pipelines = corpusPipelines();
  if (!pipelines.length) return t.skip("CORPUS is not set");
  for (const { name, text } of pipelines) {
    const doc = readDocument(text);
    assert.ok(doc.editable, name);
    assert.ok(doc.tasks.size || name.includes("Empty"), name);
  }
});

test("ports, sources, conditions and settings are read as the compiler reads them", () => {
  const doc = starter("condition");
  assert.deepEqual(doc.inputs[0], {
    name: "lowest",
    type: "Integer",
    optional: false,
    default: "1",
    description: "Smallest number of the die.",
    position: { x: 0, y: 0 },
    line: 9,
  });
  const six = { kind: "output", task: "throw", output: "number" } as const;
  assert.deepEqual(doc.tasks.get("throw")?.arguments.get("minimum"), { kind: "input", input: "lowest" });
  assert.deepEqual(doc.tasks.get("six")?.condition, {
    kind: "simple",
    all: [{ operator: "==", left: six, right: { kind: "constant", text: "6" } }],
  });
  assert.deepEqual(doc.tasks.get("small")?.condition, {
    kind: "other",
    text: "(throw.number == 1) or (throw.number == 2)",
  });
  const explain = doc.tasks.get("explain")!.condition;
  assert.equal(explain.kind === "simple" && explain.all.length, 2);
  assert.deepEqual(doc.outputValues.get("number"), six);
  const retry = starter("retry-and-timeout");
  const { retries, timeout, dependsOn } = { ...retry.tasks.get("pause")!, retries: retry.tasks.get("try")!.retries };
  assert.deepEqual({ retries, timeout, dependsOn }, { retries: 4, timeout: "30s", dependsOn: ["try"] });
  assert.equal(starter("exit-handler").tasks.get("tell")?.exitHandler, true);
  assert.equal(starter("continue-on-error").tasks.size > 0, true);
  assert.equal(starter("inline-group").tasks.get("fingerprint")?.reference.inline?.outputs[0]?.name, "digest");
});

test("a reference counts as the hub resolves it: inline text, digest, inline spec, name", () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const key = (fields: string) => readDocument(TASK(`componentRef: {${fields}}`)).tasks.get("a")!.reference;
  assert.equal(key("name: starter/echo, tag: '1'").key, "starter/echo@1");
  assert.equal(key("name: echo@2, tag: '1'").key, "echo@2");
  assert.equal(key(`name: echo, digest: ${"0A".repeat(32)}`).key, digest);
  assert.equal(key("name: echo, digest: nonsense").key, "echo");
  assert.deepEqual(key(`digest: '${digest}', spec: {inputs: [{name: x}]}`).inline?.inputs.length, 1);
  assert.equal(key("name: echo, spec: {inputs: []}").key, null);
  assert.equal(key(`digest: '${digest}', text: "inputs:\\n- {name: y, type: Int}"`).key, null);
  assert.equal(key('text: "inputs:\\n- {name: y, type: Int}"').inline?.inputs[0]?.type, "Integer");
});

test("what cannot be edited as a source is shown with a label", () => {
  const annotations =
    'annotations: {component-hub.dev/iterate: {input: i}, component-hub.dev/template: \'{"t": ["x"]}\'}';
  const given = "arguments: {s: {dynamicData: {secret: {name: token}}}, l: [1, a], e: null}";
  const task = readDocument(TASK(`${given}, ${annotations}`)).tasks.get("a")!;
  const labels = [...task.arguments].map(([name, source]) => [name, source.kind === "other" && source.label]);
  assert.deepEqual(Object.fromEntries(labels), {
    s: "secret token",
    l: '[1,"a"]',
    e: "empty",
    i: "each item",
    t: "template",
  });
  assert.equal(task.iterate, "i");
});

test("aliases and merge keys are read through", () => {
  const text = `x: &common {retries: 1, text: hello}
implementation:
  graph:
    tasks:
      a: &a
        componentRef: {name: echo}
        arguments: {<<: *common, text: own}
      b: *a
`;
  const doc = readDocument(text);
  assert.deepEqual(doc.errors, []);
  const constant = (text: string) => ({ kind: "constant", text });
  const expected = new Map([
    ["text", constant("own")],
    ["retries", constant("1")],
  ]);
  assert.deepEqual(doc.tasks.get("b")!.arguments, expected);
});

test("reading never throws: what is wrong is told with its line, and the rest is there", () => {
  const broken = readDocument("name: x\nimplementation:\n  graph: [\n");
  assert.equal(broken.editable, false);
  assert.ok(broken.errors[0]!.line >= 3);
  const twice = readDocument("implementation:\n  graph:\n    tasks:\n      a: {}\n      a: {}\n");
  assert.deepEqual(twice.errors, [{ message: "The key a is there twice", line: 5, column: 7 }]);
  const noMap = readDocument("implementation:\n  graph:\n    tasks:\n      a: 5\n      b: {}\n");
  assert.deepEqual(noMap.errors, [{ message: "The task a must be a map", line: 4, column: 7 }]);
  assert.deepEqual([noMap.editable, [...noMap.tasks.keys()]], [true, ["b"]]);
  for (const text of [
    "",
    "# nothing",
    "5",
    "[]",
    "name: x",
    "implementation: {container: {image: x}}",
    "\0",
    "a: *b",
  ]) {
    const doc = readDocument(text);
    assert.equal(doc.editable, false, text);
    assert.equal(doc.errors.length > 0, true, text);
  }
  assert.equal(readDocument("[".repeat(50000)).editable, false);
});

test("any cut or garbled pipeline is read without throwing, also piece by piece", () => {
  const random = randomNumbers(3);
  const marks = [..."{}[]:,#&*!|>'\"%@- \n\t\r\u0000\u2028é"];
  for (const { text } of starterPipelines()) {
    let doc = readDocument(text);
    for (let i = 0; i < 25; i++) {
      const from = random(doc.text.length);
      const to = Math.min(doc.text.length, from + random(4));
      doc = applyChanges(doc, [{ from, to, insert: marks[random(marks.length)]! }]);
      assert.deepEqual(visible(doc), visible(readDocument(doc.text)));
    }
  }
});

test("a document read task by task says the same as one read as a whole", () => {
  for (const { name, text } of [...starterPipelines(), ...corpusPipelines()]) {
    const whole = parse(text).root;
    const doc = readDocument(text);
    assert.ok(doc.tree.placed.size || doc.tasks.size === 0, `${name} is read task by task`);
    const strip = (key: string, value: unknown) => (["base", "index"].includes(key) ? undefined : value);
    const absolute = JSON.stringify(moved(doc.tree.root, 0), strip);
    assert.equal(absolute, JSON.stringify(moved(whole, 0), strip), name);
  }
});

/** The tree with all offsets counted from the start of the text. */
function moved(node: ReturnType<typeof parse>["root"], base: number): unknown {
  if (!node) return null;
  if (node.kind === "scalar") return { ...node, start: node.start + base, end: node.end + base };
  const entries = node.entries.map((entry) => {
    const by = base + (entry.base ?? 0);
    const { start, keyEnd, after, value } = entry;
    return { key: entry.key, start: start + by, keyEnd: keyEnd + by, after: after + by, value: moved(value, by) };
  });
  return { kind: node.kind, flow: node.flow, entries, start: node.start + base, end: node.end + base };
}

test("after an edit only the task that changed is another object", () => {
  const doc = readDocument(largePipeline(50));
  const at = doc.text.indexOf("some text");
  const next = applyChanges(doc, [{ from: at, to: at, insert: "x" }]);
  const changed = [...next.tasks.values()].filter((task) => doc.tasks.get(task.id) !== task);
  assert.equal(changed.length, 1);
  assert.equal(reread(next, next.text), next);
});

test("a text that was broken for a while gives the same tasks again", () => {
  const doc = readDocument(largePipeline(20));
  const broken = reread(doc, `${doc.text}  [`);
  assert.equal(broken.editable, false);
  assert.equal(reread(broken, doc.text).tasks.get("task-7"), doc.tasks.get("task-7"));
});

test("JSON pointers lead to lines and tasks, those of what is not there to what is around it", () => {
  const doc = starter("condition");
  const line = (pointer: string) => doc.text.split("\n")[lineOf(doc, pointer)! - 1]!.trim();
  assert.equal(line("/implementation/graph/tasks/explain/arguments/first"), "first: No six, but a");
  assert.equal(line("/implementation/graph/tasks/explain/executionOptions/x"), "explain:");
  assert.equal(line("/inputs/1/type"), "type: Integer");
  assert.match(line("/implementation/graph/outputValues/number"), /^number: /);
  assert.equal(lineOf(doc, ""), 1);
  assert.equal(lineOf(readDocument(""), "/x"), null);
  assert.equal(taskOfPointer("/implementation/graph/tasks/a~1b~0c/arguments"), "a/b~c");
  assert.equal(taskOfPointer("/implementation/graph/outputValues/a"), null);
});

test("an empty document can be edited", () => {
  const doc = readDocument(emptyDocument("yes"));
  assert.deepEqual(
    [doc.name, doc.editable, doc.tasks.size, get(doc.tree.root, "name")?.kind],
    ["yes", true, 0, "scalar"],
  );
});
