import assert from "node:assert/strict";
import test from "node:test";
import type { Run } from "../../net/types.ts";
import { gather, withMore } from "./gather.ts";

const run = (id: string, state = "running") => ({ id, state }) as Run;
const ids = (runs: readonly Run[]) => runs.map((r) => r.id);

test("runs change in their place, and new ones wait", () => {
  const { items, fresh, missing } = gather([run("3"), run("2"), run("1")], {
    items: [run("5"), run("4"), run("3", "succeeded"), run("2")],
    next_cursor: "x",
  });
  assert.deepEqual(ids(items), ["3", "2", "1"]);
  assert.equal(items[0]!.state, "succeeded");
  assert.deepEqual(ids(fresh), ["5", "4"]);
  assert.deepEqual(missing, []);
});

test("what the page should hold and does not is missing, what lies beyond it is not", () => {
  const shown = [run("4"), run("3"), run("1")];
  assert.deepEqual(gather(shown, { items: [run("4"), run("2")], next_cursor: "x" }).missing, ["3"]);
  assert.deepEqual(gather(shown, { items: [run("4"), run("2")], next_cursor: null }).missing, ["3", "1"]);
});

test("in an empty list everything is new", () => {
  assert.deepEqual(ids(gather([], { items: [run("1")], next_cursor: null }).fresh), ["1"]);
});

test("a further page adds what is not there yet", () => {
  assert.deepEqual(ids(withMore([run("3"), run("2")], [run("2"), run("1")])), ["3", "2", "1"]);
});
