import assert from "node:assert/strict";
import test from "node:test";
import { freePlace, snapped } from "./places.ts";

const box = (x: number, y: number) => ({ x, y, width: 100, height: 50 });

test("a free place is the wanted one where nothing stands", () => {
  assert.deepEqual(freePlace(box(0, 0), [box(200, 0), box(0, 90)]), { x: 0, y: 0 });
});

test("what stands in the way is passed below, one after the other", () => {
  assert.deepEqual(freePlace(box(0, 0), [box(40, 72), box(0, 0)]), { x: 0, y: 144 });
});

test("places are on the grid", () => {
  assert.deepEqual(snapped({ x: 100, y: -10 }), { x: 108, y: -18 });
});
