import assert from "node:assert/strict";
import test from "node:test";
import { ago, bytes, counted, duration, sentence } from "./format.ts";

const now = Date.parse("2026-01-10T12:00:00Z");

test("times are told relative to now", () => {
  assert.equal(ago(now - 3000, now), "just now");
  assert.equal(ago(now - 5 * 60e3, now), "5 minutes ago");
  assert.equal(ago(now - 86400e3, now), "yesterday");
  assert.equal(ago(now - 400 * 86400e3, now), "13 months ago");
});

test("durations keep two units", () => {
  assert.deepEqual([850, 42e3, 276e3, 7380e3, 90000e3].map(duration), ["850 ms", "42 s", "4m 36s", "2h 03m", "1d 1h"]);
});

test("counts and sizes are written out", () => {
  assert.equal(counted(1, "task"), "1 task");
  assert.equal(counted(1200, "task"), "1,200 tasks");
  assert.equal(bytes(3100), "3.1 kB");
});

test("only the first sentence stands in a card", () => {
  assert.equal(sentence("Reads v1.2 files. And\nmore."), "Reads v1.2 files.");
  assert.equal(sentence("no full stop\n here"), "no full stop here");
});
