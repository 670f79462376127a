import assert from "node:assert/strict";
import test from "node:test";
import { scaleOf, tickWords } from "./timescale.ts";

test("an axis has few round ticks, however long the run", () => {
  for (const length of [5, 480, 3000, 42e3, 324e3, 7200e3, 90 * 86400e3]) {
    const { ticks } = scaleOf(1000, 1000 + length, false);
    assert.ok(ticks.length <= 7, `${length}: ${ticks.length}`);
  }
  assert.deepEqual(scaleOf(0, 324e3, true).ticks.map(tickWords), ["1m", "2m", "3m", "4m", "5m"]);
});

test("now stands at nine tenths while the run goes on", () => {
  const scale = scaleOf(5000, 65000, true);
  assert.equal(Math.round(scale.at(65000)), 90);
  assert.equal(scale.at(5000), 0);
  assert.equal(scale.at(0), 0);
});

test("ticks are told in their own units", () => {
  assert.deepEqual([200, 15e3, 60e3, 90e3, 7200e3, 86400e3].map(tickWords), [
    "200 ms",
    "15s",
    "1m",
    "1m 30s",
    "2h",
    "1d",
  ]);
});
