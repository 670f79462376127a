import assert from "node:assert/strict";
import test from "node:test";
import { clean, Finder, findLines, LogLines, RowIndex, splitMatches } from "./log-lines.ts";

test("lines are the same however the text was cut into pieces", () => {
  const text = "one\ntwo\r\n\nfour \u001b[31mred\u001b[0m\nlast";
  const whole = new LogLines();
  whole.append(text);
  const pieces = new LogLines();
  for (const c of text) pieces.append(c);
  assert.deepEqual(whole.lines, ["one", "two", "", "four red", "last"]);
  assert.deepEqual(pieces.lines, whole.lines);
});

test("an unfinished line is shown and goes on", () => {
  const log = new LogLines();
  log.append("wait");
  assert.deepEqual(log.lines, ["wait"]);
  log.append("ing\n");
  assert.deepEqual(log.lines, ["waiting"]);
  log.append("");
  assert.deepEqual(log.lines, ["waiting"]);
});

test("progress bars show their last state, terminal codes nothing", () => {
  assert.equal(clean("10%\r50%\r100%"), "100%");
  assert.equal(clean("done\r"), "done");
  assert.equal(clean("\u001b]0;title\u0007\u001b[1;32mok\u001b[0m\u0000"), "ok");
});

test("very long logs keep their end and count what was dropped", () => {
  const log = new LogLines();
  for (let i = 0; i < 10; i++) log.append("x\n".repeat(50_000));
  assert.equal(log.lines.length + log.dropped, 500_000);
  assert.ok(log.lines.length <= 450_000);
});

test("a line without end is cut into pieces", () => {
  const log = new LogLines();
  for (let i = 0; i < 100; i++) log.append("y".repeat(1000));
  assert.equal(log.lines.join("").length, 100_000);
});

test("matches are found without regard to case and marked in their line", () => {
  const lines = ["Loss 0.5", "nothing", "LOSS (a.b)"];
  assert.deepEqual(findLines(lines, "loss"), [0, 2]);
  assert.deepEqual(findLines(lines, "a.b"), [2]);
  assert.deepEqual(findLines(lines, "loss", 1), [2]);
  assert.deepEqual(findLines(lines, ""), []);
  assert.deepEqual(splitMatches("a loss, Loss", "loss"), [
    { text: "a ", match: false },
    { text: "loss", match: true },
    { text: ", ", match: false },
    { text: "Loss", match: true },
  ]);
});

test("wrapped lines take as many rows as they need, also while they grow", () => {
  const lines = ["", "x".repeat(10), "x".repeat(11), "日本"];
  const rows = new RowIndex(10).update(lines);
  assert.deepEqual(rows.before, [0, 1, 2, 4, 5]);
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((row) => rows.lineAt(row)),
    [0, 1, 2, 2, 3],
  );
  lines[3] = "x".repeat(25);
  lines.push("end");
  assert.deepEqual(rows.update(lines).before, [0, 1, 2, 4, 7, 8]);
  assert.equal(new RowIndex(10).update([]).lineAt(0), 0);
});

test("a search goes on with what arrives", () => {
  const lines = ["a", "b"];
  const finder = new Finder("a").update(lines);
  lines[1] = "ba";
  lines.push("c", "a");
  assert.deepEqual(finder.update(lines).found, [0, 1, 3]);
  assert.deepEqual(finder.update(["x", "a"]).found, [1]);
});

test("a log of sixteen megabytes is read and searched in well under two seconds", () => {
  const log = new LogLines();
  const piece = "2026-01-01T00:00:00Z step 12345 loss 0.123456 accuracy 0.9\n".repeat(1000);
  const begin = performance.now();
  for (let i = 0; i < 280; i++) log.append(piece);
  assert.equal(findLines(log.lines, "accuracy").length, 280_000);
  assert.ok(performance.now() - begin < 2000);
});
