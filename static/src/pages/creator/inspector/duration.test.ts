import assert from "node:assert/strict";
import { test } from "node:test";
import { durationFault } from "./duration.ts";

test("durations are those of Go", () => {
  for (const text of [
    "0",
    "90s",
    "15m",
    "1h30m",
    "1.5h",
    ".5s",
    "1.s",
    "+5s",
    "100ms",
    "1h1m1s1ms1us1ns",
    "3µs",
    "3μs",
  ])
    assert.equal(durationFault(text), null, text);
  for (const text of ["", "+", "s", "5 m", "5 minutes", "1h30", "1:30", "abc", "1d", "1hm", "--5s", "."])
    assert.notEqual(durationFault(text), null, text);
});

test("what is wrong is said", () => {
  assert.match(durationFault("30") ?? "", /unit is missing: 30s, 30m or 30h/);
  assert.match(durationFault("-5s") ?? "", /negative/);
  assert.match(durationFault("9999999999h") ?? "", /longer/);
  assert.match(durationFault("5 minutes") ?? "", /90s, 15m or 1h30m/);
});
