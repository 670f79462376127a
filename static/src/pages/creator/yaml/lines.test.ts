import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../../../model/document.ts";
import { linesOf, taskAt } from "./lines.ts";

const TEXT = `name: a
implementation:
  graph:
    tasks:
      one:
        componentRef: {name: starter/echo}

        arguments:
          text: a
      # about two
      two:
        componentRef: {name: starter/echo}
    outputValues: {}
`;
const document = readDocument(TEXT);
const lines = TEXT.split("\n");

test("a task goes from its name to the last line below it", () => {
  assert.deepEqual(linesOf(document, lines, "one"), { from: 5, to: 9 });
  assert.deepEqual(linesOf(document, lines, "two"), { from: 11, to: 12 });
  assert.equal(linesOf(document, lines, "three"), null);
});

test("a line belongs to the task around it", () => {
  assert.equal(taskAt(document, lines, 7), "one");
  assert.equal(taskAt(document, lines, 11), "two");
  assert.equal(taskAt(document, lines, 10), null);
  assert.equal(taskAt(document, lines, 13), null);
});
