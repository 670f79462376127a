import assert from "node:assert/strict";
import test from "node:test";
import { matches } from "./matches.ts";

const marked = (text: string, query: string) =>
  matches(text, query)
    .map((p) => (p.marked ? `[${p.text}]` : p.text))
    .join("");

test("the beginnings of words are marked, whatever their case", () => {
  assert.equal(marked("Deploy Model - remodel models", "model dep"), "[Dep]loy [Model] - remodel [model]s");
});

test("without words nothing is marked and nothing lost", () => {
  assert.equal(marked("Deploy Model", " +.* "), "Deploy Model");
  assert.equal(marked("", "x"), "");
});

test("of two words that begin alike the longer one is marked", () => {
  assert.equal(marked("model", "mo model"), "[model]");
});
