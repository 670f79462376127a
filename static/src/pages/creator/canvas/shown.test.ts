import assert from "node:assert/strict";
import test from "node:test";
import { type PipelineDocument, readDocument } from "../../../model/document.ts";
import { largePipeline } from "../../../model/testing.ts";
import { deriveFlow } from "./flow.ts";
import { shownEdges, shownNodes } from "./shown.ts";

const flowOf = (document: PipelineDocument) =>
  deriveFlow(
    { document, interfaces: new Map(), references: new Map(), problemsOf: () => [], unfolded: new Set() },
    null,
  );

test("a task that is selected, and one that is dragged, leave all others as they are", () => {
  const flow = flowOf(readDocument(largePipeline(20)));
  const [first, second] = flow.nodes;
  const selected = new Set([first!.id]);
  const once = shownNodes(flow, selected, null);
  assert.equal(once[0]?.selected, true);
  assert.deepEqual(once.slice(1), flow.nodes.slice(1));
  assert.equal(shownNodes(flow, selected, null)[0], once[0]);
  const moved = shownNodes(flow, selected, new Map([[second!.id, { x: 1, y: 2 }]]));
  assert.deepEqual(moved[1]?.position, { x: 1, y: 2 });
  assert.equal(moved[0], once[0]);
  assert.equal(moved[2], flow.nodes[2]);
});

test("edges of a selected task are other objects than before, those of others the same", () => {
  const flow = flowOf(readDocument(largePipeline(20)));
  const before = shownEdges(flow, new Set(), null, null);
  const edge = flow.edges[0]!;
  const after = shownEdges(flow, new Set([edge.source]), null, null);
  for (const [i, { source, target }] of flow.edges.entries()) {
    assert.equal(after[i] === before[i], source !== edge.source && target !== edge.source);
  }
});
