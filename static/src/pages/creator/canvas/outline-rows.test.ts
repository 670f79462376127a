import assert from "node:assert/strict";
import test from "node:test";
import { readDocument } from "../../../model/document.ts";
import { matching, outlineTasks } from "./outline-rows.ts";

const TEXT = `name: Test
implementation:
  graph:
    tasks:
      show:
        componentRef: {name: b}
        arguments:
          text: {taskOutput: {taskId: make, outputName: out}}
      make:
        componentRef: {name: a}
        arguments: {word: hello}
`;

const tasks = () =>
  outlineTasks({
    document: readDocument(TEXT),
    interfaces: new Map(),
    references: new Map(),
    problemsOf: () => [],
  });

test("tasks stand in run order, each with what it takes and gives", () => {
  assert.deepEqual(
    tasks().map(({ id, ports }) => [id, ...ports.map((port) => `${port.name} ${port.text}`)]),
    [
      ["make", "word ← hello", "out → show › text"],
      ["show", "text ← make › out"],
    ],
  );
});

test("a search looks at tasks, ports and values", () => {
  const found = (text: string) => matching(tasks(), text).map(({ id }) => id);
  assert.deepEqual(found("HELLO"), ["make"]);
  assert.deepEqual(found("make out"), ["make", "show"]);
  assert.deepEqual(found("nothing of it"), []);
});
