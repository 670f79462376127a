import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines, withContext } from "./diff.ts";

const shown = (left: string, right: string) =>
  diffLines(left, right).map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${text}`);

test("equal texts have no differences", () => {
  assert.deepEqual(shown("a\nb\n", "a\nb\n"), [" a", " b"]);
});

test("a changed line is taken out and put in", () => {
  assert.deepEqual(shown("a\nb\nc\n", "a\nx\nc\n"), [" a", "-b", "+x", " c"]);
});

test("lines that moved apart stay the same lines", () => {
  assert.deepEqual(shown("a\nb\nc", "a\nnew\nb\nc\nlast"), [" a", "+new", " b", " c", "+last"]);
});

test("nothing on one side is all added or all removed", () => {
  assert.deepEqual(shown("", "a\nb"), ["+a", "+b"]);
  assert.deepEqual(shown("a\nb", ""), ["-a", "-b"]);
});

test("each line knows where it is in its text", () => {
  assert.deepEqual(
    diffLines("a\nb\nc", "a\nc\nd").map(({ left, right }) => [left, right]),
    [
      [1, 1],
      [2, null],
      [3, 2],
      [null, 3],
    ],
  );
});

test("taking out what was removed and putting in what was added gives the other text", () => {
  let seed = 7;
  const random = (n: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % n;
  };
  for (let round = 0; round < 200; round++) {
    const text = () => Array.from({ length: random(12) }, () => "abcd"[random(4)]).join("\n");
    const [left, right] = [text(), text()];
    const lines = diffLines(left, right);
    const side = (without: string) => lines.filter((l) => l.kind !== without).map((l) => l.text);
    assert.deepEqual(side("added"), left === "" ? [] : left.split("\n"));
    assert.deepEqual(side("removed"), right === "" ? [] : right.split("\n"));
  }
});

test("texts that differ everywhere are shown at once rather than compared for long", () => {
  const many = (prefix: string) => Array.from({ length: 20000 }, (_, i) => prefix + i).join("\n");
  const begin = performance.now();
  assert.equal(diffLines(many("a"), many("b")).length, 40000);
  assert.ok(performance.now() - begin < 5000);
});

test("what is far from a difference is a gap", () => {
  const lines = diffLines("1\n2\n3\n4\n5\n6\n7\n8", "1\n2\n3\n4\n5\n6\n7\nx");
  assert.deepEqual(
    withContext(lines, 2).map((part) => [part.kind, part.lines.length]),
    [
      ["gap", 5],
      ["lines", 4],
    ],
  );
});
