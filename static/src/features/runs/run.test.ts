import assert from "node:assert/strict";
import test from "node:test";
import { countsOf, countTasks, done, lasted, progressWords, total } from "./run.ts";

test("the counts of a finished run are read from Tekton's sentence", () => {
  const counts = countsOf("Tasks Completed: 3 (Failed: 1 (Ignored: 0), Cancelled 1), Skipped: 2");
  assert.deepEqual(counts, { succeeded: 1, failed: 1, cancelled: 1, skipped: 2, pending: 0 });
  assert.equal(progressWords(counts!), "5 tasks, 1 failed, 1 cancelled, 2 skipped");
});

test("a run under way says how many are done", () => {
  const counts = countsOf("Tasks Completed: 4 (Failed: 1, Cancelled 0), Incomplete: 6, Skipped: 0")!;
  assert.deepEqual([done(counts), total(counts)], [4, 10]);
  assert.equal(progressWords(counts), "4 of 10 tasks");
});

test("any other message has no counts", () => {
  assert.equal(countsOf("Steps run with this machine's /usr in place of their images."), null);
  assert.equal(countsOf(null), null);
});

test("tasks are counted by state", () => {
  const counts = countTasks([{ state: "succeeded" }, { state: "running" }, { state: "succeeded" }]);
  assert.equal(progressWords(counts), "2 of 3 tasks");
});

test("how long something took goes on until it is finished", () => {
  const started_at = "2026-01-01T00:00:00Z";
  const now = Date.parse("2026-01-01T00:01:00Z");
  assert.equal(lasted({ started_at: null }, now), null);
  assert.equal(lasted({ started_at }, now), 60000);
  assert.equal(lasted({ started_at, finished_at: "2026-01-01T00:00:02Z" }, now), 2000);
});
