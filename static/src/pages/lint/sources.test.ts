import assert from "node:assert/strict";
import { test } from "node:test";
import type { Problem } from "../../net/types.ts";
import { emptySource, foundIn, LIMIT, readGate, sizeOf, spanOf, stepTo, tally, without, withTexts } from "./sources.ts";

const problem = (change: Partial<Problem> = {}): Problem => ({
  severity: "error",
  code: "unknown_variable",
  message: "",
  path: "spec",
  line: 1,
  column: 1,
  ...change,
});
const marked = (line: string, change: Partial<Problem>) => {
  const span = spanOf(line, problem(change));
  return span && line.slice(span.from, span.to);
};

test("an address with another gate than the known ones means the usual one", () => {
  assert.deepEqual([null, "stable", "BETA", "gamma"].map(readGate), ["beta", "stable", "beta", "beta"]);
});

test("files take the place of a text that nobody has begun, and stand behind those that are there", () => {
  const first = withTexts([emptySource()], [{ name: "a.yaml", text: "a: 1" }]);
  assert.deepEqual(
    first.map((source) => source.name),
    ["a.yaml"],
  );
  const second = withTexts(first, [{ name: "b.yaml", text: "b: 1" }]);
  assert.deepEqual(
    second.map((source) => source.name),
    ["a.yaml", "b.yaml"],
  );
  assert.equal(new Set(second.map((source) => source.id)).size, 2);
});

test("with the last text taken away there is an empty one", () => {
  const [only] = withTexts([], [{ name: "a.yaml", text: "a: 1" }]);
  const left = without([only!], only!.id);
  assert.equal(left.length, 1);
  assert.equal(left[0]!.text, "");
});

test("sizes are counted in bytes", () => {
  assert.equal(sizeOf("ü".repeat(LIMIT / 2)), LIMIT);
  assert.ok(sizeOf("ü".repeat(LIMIT / 2 + 1)) > LIMIT);
});

test("what the message quotes is what is marked", () => {
  const line = "    - {name: uri, value: $(params.data_uri)}";
  assert.equal(
    marked(line, { column: 7, message: 'non-existent variable in "$(params.data_uri)"' }),
    "$(params.data_uri)",
  );
});

test("without a quote it is the word at the column, behind dashes and brackets", () => {
  assert.equal(marked("  - name: load", { column: 3, message: "no" }), "name");
  assert.equal(marked('  x: {"a b": 1}', { column: 6, message: "no" }), '"a b"');
  assert.equal(marked("  x: ", { column: 6, message: "no" }), null);
  assert.equal(marked("  x: y", { column: null, message: "no" }), null);
});

test("columns count characters, also those that are two units of a string", () => {
  assert.equal(marked("{𝒳: 1, yes: no}", { column: 8, message: "no" }), "yes");
});

test("problems keep their key when the text around them changes, and twins have one each", () => {
  const [source] = withTexts([], [{ name: "a.yaml", text: "a: 1" }]);
  const answer = (line: number) => ({
    documents: [],
    problems: [problem({ line }), problem({ line: line + 1 })],
    unreadable: null,
  });
  const keys = (line: number) => foundIn([source!], new Map([[source!.id, answer(line)]])).map((found) => found.key);
  assert.deepEqual(keys(1), keys(9));
  assert.equal(new Set(keys(1)).size, 2);
});

test("the next problem is found forwards and backwards, around the ends, and from nowhere", () => {
  const all = [{ key: "a" }, { key: "b" }, { key: "c" }];
  assert.deepEqual(
    [stepTo(all, "a", 1), stepTo(all, "c", 1), stepTo(all, "a", -1), stepTo(all, null, 1), stepTo(all, "gone", -1)].map(
      (each) => each?.key,
    ),
    ["b", "a", "c", "a", "c"],
  );
  assert.equal(stepTo([], null, 1), undefined);
});

test("counts are told in words", () => {
  assert.equal(tally([]), "no problems");
  assert.equal(tally([problem(), problem(), problem({ severity: "warning" })]), "2 errors, 1 warning");
});
