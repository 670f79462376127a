import assert from "node:assert/strict";
import test from "node:test";
import { brief, changesOfDiff, type PortLike, portChanges, verdictOf } from "./interface.ts";

const interfaceOf = (inputs: PortLike[], outputs: PortLike[] = []) => ({ inputs, outputs });
const text: PortLike = { name: "text", type: "String" };

test("a new optional input is compatible, a new required one breaks", () => {
  const optional = portChanges(interfaceOf([]), interfaceOf([{ name: "n", type: "Integer", default: "0" }]));
  assert.equal(verdictOf(optional), "compatible");
  assert.deepEqual(brief(optional), { before: "adds optional", name: "n", after: "", more: 0 });
  const needed = portChanges(interfaceOf([]), interfaceOf([text]));
  assert.equal(verdictOf(needed), "breaking");
  assert.equal(needed[0]?.why, "new required input");
});

test("an input of another type breaks unless each value still fits", () => {
  const to = (type: string) =>
    portChanges(interfaceOf([{ name: "x", type: "Integer" }]), interfaceOf([{ name: "x", type }]));
  assert.equal(verdictOf(to("Float")), "compatible");
  assert.equal(verdictOf(to("Model")), "breaking");
  assert.deepEqual(brief(to("Model")), { before: "", name: "x", after: ": Integer → Model", more: 0 });
});

test("defaults that people write differently for the same are the same", () => {
  const change = portChanges(interfaceOf([{ ...text, default: "False" }]), interfaceOf([{ ...text, default: false }]));
  assert.equal(verdictOf(change), "identical");
  assert.equal(brief(change), null);
});

test("the worst change is named first and the others are counted", () => {
  const changes = changesOfDiff({
    inputs: { added: [{ ...text, name: "extra", optional: true }], removed: [text], changed: [] },
    outputs: {
      added: [],
      removed: [],
      changed: [{ from: { name: "o" }, to: { name: "o", description: "new words" } }],
    },
  });
  assert.deepEqual(brief(changes), { before: "drops", name: "text", after: "", more: 2 });
});

test("a change of words only is told as such", () => {
  const changes = portChanges(interfaceOf([], [text]), interfaceOf([], [{ ...text, description: "More." }]));
  assert.deepEqual(brief(changes), { before: "description of", name: "text", after: "changed", more: 0 });
});
