import assert from "node:assert/strict";
import test from "node:test";
import { yamlLine } from "./highlight.ts";

const looks = (line: string) =>
  yamlLine(line)
    .filter((p) => p.look)
    .map((p) => `${p.look} ${p.text}`);

test("keys, texts, numbers and comments are told apart", () => {
  assert.deepEqual(looks("  - name: 'a: b' # why"), ["y name", "s 'a: b'", "c  # why"]);
  assert.deepEqual(looks("size: 12"), ["y size", "n 12"]);
  assert.deepEqual(looks("# only words"), ["c # only words"]);
  assert.deepEqual(looks("image: busybox:1.36"), ["y image"]);
  assert.deepEqual(looks("name: Version 2"), ["y name"]);
  assert.deepEqual(looks("- [1, -2.5]"), ["n 1", "n -2.5"]);
});

test("no character is lost", () => {
  for (const line of ["", "  ", "- {name: n, default: '0', size: 3}", 'a: "open', "key: value # c", "- - x: 1"])
    assert.equal(
      yamlLine(line)
        .map((p) => p.text)
        .join(""),
      line,
    );
});
