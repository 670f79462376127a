import assert from "node:assert/strict";
import test from "node:test";
import { diffLines } from "../../features/code/diff.ts";
import { type DiffRow, folded, sideBySide, unified } from "./text-diff.ts";

const diffRows = (before: string, after: string) => sideBySide(diffLines(before, after));

const picture = (rows: DiffRow[]) => rows.map((r) => `${r.look} ${r.left?.text ?? ""}|${r.right?.text ?? ""}`);

test("a changed line stands beside what it became", () => {
  assert.deepEqual(picture(diffRows("a\nb\nc\n", "a\nB\nc\n")), ["same a|a", "change b|B", "same c|c"]);
});

test("lines that were put in and taken out keep their numbers", () => {
  const rows = diffRows("a\nb\nd\n", "a\nx\ny\nd\n");
  assert.deepEqual(picture(rows), ["same a|a", "change b|x", "add |y", "same d|d"]);
  assert.deepEqual(rows.at(-1)?.right, { n: 4, text: "d" });
  assert.equal(rows.at(-1)?.left?.n, 3);
});

test("nothing against something, and the same against itself", () => {
  assert.deepEqual(picture(diffRows("", "a\n")), ["add |a"]);
  assert.deepEqual(picture(diffRows("a", "a")), ["same a|a"]);
});

test("both sides can be read back from the rows of random texts", () => {
  let seed = 7;
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % n;
  };
  const text = () => Array.from({ length: random(30) }, () => "abcd"[random(4)]!).join("\n");
  for (let i = 0; i < 300; i++) {
    const [a, b] = [text(), text()];
    for (const rows of [diffRows(a, b), unified(diffRows(a, b))]) {
      const side = (key: "left" | "right") => rows.flatMap((r) => (r[key] ? [r[key].text] : [])).join("\n");
      assert.equal(side("left"), a);
      assert.equal(side("right"), b);
    }
  }
});

test("what is far from any change is folded", () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i}`);
  const parts = folded(diffRows(lines.join("\n"), [...lines, "new"].join("\n")));
  assert.deepEqual(
    parts.map((p) => [p.kind, p.rows.length]),
    [
      ["fold", 17],
      ["rows", 4],
    ],
  );
});
