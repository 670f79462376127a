import assert from "node:assert/strict";
import test from "node:test";
import { applyChanges, type Interface, type PipelineDocument, readDocument } from "../../../model/document.ts";
import { addTask, moveTasks, setArgument } from "../../../model/edit.ts";
import type { Reference } from "../../../net/types.ts";
import { deriveFlow, type Flow } from "./flow.ts";
import { endOf, inHandle, nameOfNode, nodeId } from "./ids.ts";

const TEXT = `name: Test
inputs:
- {name: rows, type: Integer}
outputs:
- {name: model, type: Model}
implementation:
  graph:
    tasks:
      load:
        componentRef: {name: load}
        arguments:
          count: {graphInput: {inputName: rows}}
      train:
        componentRef: {name: train}
        arguments:
          table: {taskOutput: {taskId: load, outputName: table}}
          rounds: '200'
      ring:
        componentRef: {name: notify}
        isEnabled:
          "==":
            op1: {taskOutput: {taskId: load, outputName: state}}
            op2: fine
        annotations:
          component-hub.dev/depends-on: [train]
    outputValues:
      model: {taskOutput: {taskId: train, outputName: model}}
`;

const port = (name: string, type: string | null, more: { optional?: boolean; default?: string } = {}) => ({
  name,
  type,
  optional: more.optional ?? false,
  default: more.default ?? null,
  description: null,
});

const INTERFACES = new Map<string, Interface>([
  ["load", { inputs: [port("count", "Integer")], outputs: [port("table", "Dataset"), port("state", "String")] }],
  [
    "train",
    {
      inputs: [
        port("table", "Dataset"),
        port("goal", "String"),
        port("rounds", "Integer", { default: "100" }),
        port("seed", "Integer", { default: "7" }),
        port("depth", "Integer", { default: "3" }),
      ],
      outputs: [port("model", "Model")],
    },
  ],
]);

function derive(doc: PipelineDocument, before: Flow | null = null, unfolded: string[] = []): Flow {
  const references = new Map<string, Reference>();
  const problems: never[] = [];
  return deriveFlow(
    { document: doc, interfaces: INTERFACES, references, problemsOf: () => problems, unfolded: new Set(unfolded) },
    before,
  );
}

const view = (flow: Flow, task: string) => flow.made.get(task)!.view;

test("names with any characters come back from node and handle ids", () => {
  const name = `a/b "c" ü`;
  assert.deepEqual(nameOfNode(nodeId("task", name)), { kind: "task", name });
  assert.deepEqual(endOf(nodeId("task", name), inHandle(name)), { side: "to", end: { task: name, port: name } });
  assert.doesNotMatch(nodeId("task", name), /["\s]/);
});

test("required, connected and missing inputs have rows, the rest is folded", () => {
  const train = view(derive(readDocument(TEXT)), "train");
  assert.deepEqual(
    train.inputs.map(({ name, mark }) => `${name} ${mark}`),
    ["table filled", "goal missing", "rounds filled"],
  );
  assert.equal(train.folded?.label, "2 inputs with values");
  assert.deepEqual(train.folded?.names, ["seed", "depth"]);
  assert.match(train.label, /Task train, train, 2 of 5 inputs set, missing: goal/);
});

test("an unfolded task shows all, and stays foldable", () => {
  const train = view(derive(readDocument(TEXT), null, ["train"]), "train");
  assert.equal(train.inputs.length, 5);
  assert.equal(train.inputs[2]?.value?.text, "200");
  assert.ok(train.folded);
});

test("edges end at ports, at guards, and at tasks as a whole where only the order counts", () => {
  const flow = derive(readDocument(TEXT));
  assert.deepEqual(
    flow.edges.map(({ source, sourceHandle, target, targetHandle, family }) =>
      [source, sourceHandle, target, targetHandle, family].join(" "),
    ),
    [
      "input/rows port task/load in/count number",
      "task/load out/table task/train in/table dataset",
      "task/load out/state task/ring guard text",
      "task/train order-out task/ring order-in any",
      "task/train out/model output/model port model",
    ],
  );
});

test("each end of an edge has a handle on its node", () => {
  for (const unfolded of [[], ["train"]]) {
    const flow = derive(readDocument(TEXT), null, unfolded);
    for (const edge of flow.edges) {
      const ends = [
        [edge.source, edge.sourceHandle],
        [edge.target, edge.targetHandle],
      ] as const;
      for (const [node, handle] of ends) {
        assert.ok(
          flow.byId.get(node)?.handles?.some(({ id }) => id === handle),
          `${node} ${handle}`,
        );
      }
    }
  }
});

test("a condition reads as a sentence", () => {
  assert.deepEqual(view(derive(readDocument(TEXT)), "ring").guard, { text: "if state is fine", family: "text" });
});

test("what did not change stays the same object", () => {
  const doc = readDocument(TEXT);
  const before = derive(doc);
  const after = derive(
    applyChanges(doc, setArgument(doc, "train", "rounds", { kind: "constant", text: "300" })),
    before,
  );
  assert.equal(after.byId.get("task/load"), before.byId.get("task/load"));
  assert.equal(after.byId.get("task/ring"), before.byId.get("task/ring"));
  assert.equal(after.byId.get("input/rows"), before.byId.get("input/rows"));
  assert.deepEqual(
    after.edges.map((edge, i) => edge === before.edges[i]),
    [true, true, true, true, true],
  );
});

test("a moved task is another node with the same drawing", () => {
  const doc = readDocument(TEXT);
  const before = derive(doc);
  const places = new Map([["train", { x: 900, y: 90 }]]);
  const after = derive(applyChanges(doc, moveTasks(doc, places)), before);
  assert.deepEqual(after.byId.get("task/train")?.position, { x: 900, y: 90 });
  assert.equal(after.byId.get("task/train")?.data, before.byId.get("task/train")?.data);
  assert.equal(after.byId.get("task/load"), before.byId.get("task/load"));
});

test("tasks without a place keep the one they were given, and new ones stand where nothing is", () => {
  const doc = readDocument(TEXT);
  const before = derive(doc);
  const next = applyChanges(
    doc,
    addTask(doc, {
      id: "more",
      key: "load",
      position: null,
      arguments: new Map([["count", { kind: "output", task: "load", output: "table" }]]),
    }),
  );
  const after = derive(next, before);
  assert.deepEqual(after.places.get("task/load"), before.places.get("task/load"));
  const place = after.places.get("task/more")!;
  assert.ok(place.x > after.places.get("task/load")!.x);
  for (const node of after.nodes) {
    if (node.id === "task/more") continue;
    const apart =
      place.x >= node.position.x + node.width! ||
      node.position.x >= place.x + view(after, "more").width ||
      place.y >= node.position.y + node.height! ||
      node.position.y >= place.y + view(after, "more").height;
    assert.ok(apart, `${node.id} is covered`);
  }
});
