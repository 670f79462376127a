import assert from "node:assert/strict";
import { test } from "node:test";
import { givenValue, parameterFaults, parametersOf } from "./parameters.ts";

const inputs = [
  { name: "rows", type: "Integer" },
  { name: "seed", type: "Integer", default: "42" },
  { name: "note", type: "String", optional: true },
];

test("only what was set is sent, as it was typed", () => {
  assert.deepEqual(parametersOf(inputs, { rows: "0090071992547409930", seed: null, gone: "x" }), {
    rows: "0090071992547409930",
  });
  assert.deepEqual(parametersOf(inputs, { seed: "", note: " a " }), { seed: "", note: " a " });
});

test("a required input without a default needs a value, the others do not", () => {
  assert.deepEqual([...parameterFaults(inputs, {})], [["rows", "A value is needed."]]);
  assert.equal(parameterFaults(inputs, { rows: "1" }).size, 0);
});

test("every value must fit the type of its input", () => {
  const faults = parameterFaults(inputs, { rows: "abc", seed: "1.5", note: "anything" });
  assert.deepEqual([...faults.keys()], ["rows", "seed"]);
});

test("inputs may be called like what every object has", () => {
  assert.equal(givenValue({}, "constructor"), null);
  assert.equal(parameterFaults([{ name: "toString", type: "Integer" }], {}).get("toString"), "A value is needed.");
});
