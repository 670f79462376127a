import assert from "node:assert/strict";
import test from "node:test";
import { type Interface, type Port, readDocument } from "./document.ts";
import {
  canConnect,
  canOrder,
  edges,
  type From,
  fittingPorts,
  fittingSources,
  fittingTargets,
  interfaceOf,
  runOrder,
  suggestId,
  type To,
  wouldCycle,
} from "./graph.ts";
import { largePipeline, starterPipelines } from "./testing.ts";

const port = (name: string, type: string | null): Port => ({
  name,
  type,
  optional: false,
  default: null,
  description: null,
});
const COMPONENT: Interface = {
  inputs: [port("text", "String"), port("count", "Integer"), port("model", "Model")],
  outputs: [port("text", "String"), port("count", "Integer"), port("model", "Model")],
};
const INTERFACES = new Map([["step", COMPONENT]]);

const DOC = readDocument(`inputs:
- {name: rows, type: Integer}
outputs:
- {name: best, type: Model}
implementation:
  graph:
    tasks:
      report: {componentRef: {name: step}, arguments: {model: {taskOutput: {taskId: evaluate, outputName: model}}}}
      evaluate:
        componentRef: {name: step}
        arguments: {model: {taskOutput: {taskId: train, outputName: model}}}
        isEnabled: {"!=": [{taskOutput: {taskId: check, outputName: text}}, "no"]}
      train: {componentRef: {name: step}, arguments: {count: {graphInput: {inputName: rows}}}}
      check: {componentRef: {name: step}, annotations: {component-hub.dev/depends-on: [train]}}
      tell: {componentRef: {name: step}, annotations: {component-hub.dev/exit-handler: true}}
      unknown: {componentRef: {name: other}}
    outputValues:
      best: {taskOutput: {taskId: evaluate, outputName: model}}
`);

function reason(from: From, to: To): string | null {
  const verdict = canConnect(DOC, INTERFACES, from, to);
  return verdict.ok ? null : verdict.reason;
}

test("edges are data between ports, conditions and order", () => {
  const short = edges(DOC).map(({ id }) => id);
  assert.deepEqual(short, [
    "data task/evaluate/model task/report/model",
    "data task/train/model task/evaluate/model",
    "condition task/check/text task/evaluate/",
    "data input/rows task/train/count",
    "order task/train/ task/check/",
    "data task/evaluate/model output/best",
  ]);
  assert.equal(new Set(short).size, short.length);
});

test("a condition that is more than == and != has its edges too", () => {
  const condition = readDocument(starterPipelines().find(({ name }) => name === "condition")!.text);
  const ids = edges(condition).filter(({ kind }) => kind === "condition");
  assert.ok(
    ids.some(
      ({ to, from }) => to.kind === "task" && to.task === "small" && from.kind === "task" && from.port === "number",
    ),
  );
});

test("a circle is told with its path", () => {
  assert.deepEqual(wouldCycle(DOC, "report", "train"), ["report", "train", "evaluate", "report"]);
  assert.deepEqual(wouldCycle(DOC, "train", "train"), ["train", "train"]);
  assert.equal(wouldCycle(DOC, "train", "report"), null);
  assert.equal(wouldCycle(DOC, "unknown", "train"), null);
});

test("tasks run after what they need, exit handlers last", () => {
  assert.deepEqual(runOrder(DOC), ["train", "check", "evaluate", "report", "unknown", "tell"]);
  const large = readDocument(largePipeline(300));
  const order = runOrder(large);
  const place = new Map(order.map((id, i) => [id, i]));
  assert.equal(order.length, 300);
  for (const { from, to } of edges(large)) {
    if (from.kind === "task" && to.kind === "task") assert.ok(place.get(from.task)! < place.get(to.task)!);
  }
});

test("tasks that need each other in a circle are all in the order", () => {
  const needs = (id: string) => `{annotations: {component-hub.dev/depends-on: [${id}]}}`;
  const doc = readDocument(`implementation: {graph: {tasks: {a: ${needs("b")}, b: ${needs("c")}, c: ${needs("a")}}}}`);
  assert.deepEqual(runOrder(doc).sort(), ["a", "b", "c"]);
});

test("a connection is refused with its reason", () => {
  const at = (task: string, name: string) => ({ task, port: name });
  assert.equal(reason(at("check", "text"), at("report", "text")), null);
  assert.equal(
    reason(at("check", "text"), at("report", "count")),
    "A String cannot be used where an Integer is wanted.",
  );
  assert.equal(
    reason(at("report", "model"), at("train", "model")),
    "That would be a circle: report → train → evaluate → report.",
  );
  assert.equal(reason(at("report", "text"), at("report", "text")), "report cannot take from itself.");
  assert.match(reason(at("tell", "text"), at("report", "text"))!, /^tell is an exit handler: it runs after all other/);
  assert.equal(reason(at("train", "text"), at("tell", "text")), null);
  assert.equal(reason({ input: "rows" }, at("report", "text")), null);
  assert.equal(reason({ input: "rows" }, { output: "best" }), "An Integer cannot be used where a Model is wanted.");
  assert.equal(reason({ input: "x" }, { output: "best" }), "There is no input x.");
  assert.equal(reason(at("train", "x"), at("report", "text")), "There is no port x of train.");
  assert.equal(reason(at("unknown", "anything"), at("report", "model")), null);
});

test("order edges keep off exit handlers and circles", () => {
  assert.equal(canOrder(DOC, "check", "report").ok, true);
  for (const [from, to] of [
    ["report", "train"],
    ["train", "tell"],
    ["tell", "train"],
    ["train", "train"],
  ] as const)
    assert.equal(canOrder(DOC, from, to).ok, false, `${from} → ${to}`);
});

test("the ports that fit are those that may be connected", () => {
  const from = { task: "train", port: "model" };
  const targets = fittingTargets(DOC, INTERFACES, from);
  assert.deepEqual(targets, [
    { task: "check", port: "model" },
    { task: "evaluate", port: "model" },
    { task: "report", port: "model" },
    { task: "tell", port: "model" },
    { output: "best" },
  ]);
  const sources = fittingSources(DOC, INTERFACES, { task: "check", port: "count" });
  assert.deepEqual(sources, [{ input: "rows" }, { task: "train", port: "count" }]);
  assert.deepEqual(
    fittingPorts(COMPONENT, "Integer", "inputs").map(({ name }) => name),
    ["count", "text"],
  );
  assert.deepEqual(
    fittingPorts(COMPONENT, "Integer", "outputs").map(({ name }) => name),
    ["count"],
  );
});

test("an interface is that of the digest, else the inline one, else that of the name", () => {
  const digest = `sha256:${"1".repeat(64)}`;
  const doc = readDocument(`implementation: {graph: {tasks: {a: {componentRef: {digest: '${digest}', name: step}}}}}`);
  const task = doc.tasks.get("a")!;
  const other = { inputs: [], outputs: [] };
  assert.equal(interfaceOf(task, new Map([...INTERFACES, [digest, other]])), other);
  assert.equal(interfaceOf(task, INTERFACES), COMPONENT);
  assert.equal(interfaceOf(task, new Map()), null);
});

test("a suggested id is a slug that is free", () => {
  assert.equal(suggestId(DOC, "Train: Modèle No. 1"), "train-modele-no-1");
  assert.equal(suggestId(DOC, "Train"), "train-2");
  assert.equal(suggestId(DOC, "train", new Set(["train-2"])), "train-3");
  assert.equal(suggestId(DOC, "数据"), "task");
});

test("what fits is found among a thousand tasks within a few frames", () => {
  const doc = readDocument(largePipeline(1000));
  const known = new Map([["starter/concat-text", { inputs: COMPONENT.inputs, outputs: COMPONENT.outputs }]]);
  const start = performance.now();
  const targets = fittingTargets(doc, known, { task: "task-500", port: "text" });
  const sources = fittingSources(doc, known, { task: "task-500", port: "text" });
  const time = performance.now() - start;
  assert.ok(targets.length > 300 && sources.length > 300);
  assert.ok(time < 200, `${time} ms`);
});
