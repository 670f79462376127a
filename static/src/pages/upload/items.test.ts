import assert from "node:assert/strict";
import test from "node:test";
import type { Problem } from "../../net/types.ts";
import { fileNameFor, isText, markedPart, placeProblems, readKind, remediesOf, whyVersion } from "./items.ts";

const refusal = (code: string, message = "", hint: string | null = null) => ({ status: 409, code, message, hint });
const problem = (line: number | null, message = ""): Problem => ({
  severity: "error",
  code: "x",
  message,
  path: "",
  line,
});

test("each refusal that can be answered offers how", () => {
  assert.deepEqual(
    remediesOf(refusal("name_taken", "starter/component/echo exists and has other inputs or outputs.")).map(
      (r) => r.label,
    ),
    ["Publish as a new version of starter/echo", "Choose another name"],
  );
  assert.deepEqual(remediesOf(refusal("kind_mismatch", "", "publish it as operator, or leave the kind out")), [
    { act: "kind", label: "Publish it as an operator" },
  ]);
  assert.equal(remediesOf(refusal("version_exists"))[0]?.label, "Use the next free version");
  assert.deepEqual(remediesOf(refusal("unknown_port")), []);
});

test("problems stand at their lines, and those without one apart", () => {
  const { notes, rest } = placeProblems(
    [problem(2, "a"), problem(2, "b"), problem(9, "end"), problem(null, "whole")],
    3,
  );
  assert.deepEqual(
    [...notes].map(([line, ps]) => [line, ps.map((p) => p.message)]),
    [
      [2, ["a", "b"]],
      [3, ["end"]],
    ],
  );
  assert.deepEqual(
    rest.map((p) => p.message),
    ["whole"],
  );
});

test("the word at a column is marked", () => {
  assert.deepEqual(markedPart("    - {inputValue: nn}", 20), ["    - {inputValue: ", "nn", "}"]);
  assert.equal(markedPart("a", 5), null);
  assert.equal(markedPart("a: b", 0), null);
});

test("a proposed version says what it follows from", () => {
  const before = { version: "1.4.0", interface: { inputs: [], outputs: [] } };
  assert.equal(whyVersion(null, before.interface), "Its first version.");
  assert.equal(whyVersion(before, before.interface), "Same inputs and outputs as 1.4.0.");
  assert.equal(
    whyVersion(before, { inputs: [{ name: "n", type: "Integer", default: "0" }], outputs: [] }),
    "Compatible since 1.4.0: adds optional n.",
  );
  assert.equal(
    whyVersion(
      { version: "1.0.0", interface: { inputs: [{ name: "a" }, { name: "b" }], outputs: [] } },
      before.interface,
    ),
    "Breaking since 1.0.0: 2 ports removed.",
  );
});

test("a pasted text gets a name of its own", () => {
  assert.equal(fileNameFor("name: Deploy Model - Knative\n"), "deploy-model-knative.yaml");
  assert.equal(fileNameFor('{"cells": []}'), "pasted.json");
});

test("only known kinds are taken from the address, and only text is shown", () => {
  assert.equal(readKind("model"), "model");
  assert.equal(readKind("constructor"), undefined);
  assert.equal(isText("name: x"), true);
  assert.equal(isText("\u001f\u0000"), false);
});
