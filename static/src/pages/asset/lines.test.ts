import assert from "node:assert/strict";
import test from "node:test";
import { chooseLine, readLines, writeLines } from "./lines.ts";

test("what is written is read back", () => {
  for (const lines of [
    { from: 12, to: 12 },
    { from: 12, to: 20 },
  ])
    assert.deepEqual(readLines(writeLines(lines)), lines);
  assert.deepEqual(readLines("#L20-L12"), { from: 12, to: 20 });
});

test("any other fragment names no lines", () => {
  for (const hash of ["", "#", "#L0", "#L", "#readme-use", "#L1x"]) assert.equal(readLines(hash), null, hash);
});

test("shift stretches the choice to a line above or below", () => {
  assert.deepEqual(chooseLine({ from: 5, to: 5 }, 9, true), { from: 5, to: 9 });
  assert.deepEqual(chooseLine({ from: 5, to: 5 }, 2, true), { from: 2, to: 5 });
  assert.deepEqual(chooseLine(null, 2, true), { from: 2, to: 2 });
});
