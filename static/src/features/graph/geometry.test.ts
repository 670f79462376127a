import assert from "node:assert/strict";
import test from "node:test";
import { columnsOf, edgePath, gapNear, neighbour, place } from "./geometry.ts";

const nodes = ["a", "b", "c", "d"].map((id) => ({ id }));
const edges = [
  { from: "a", to: "b" },
  { from: "b", to: "c" },
  { from: "a", to: "c" },
  { from: "a", to: "d" },
];

test("nodes go from left to right along their edges, and none overlaps another one", () => {
  const { boxes } = place(nodes, edges);
  assert.ok(boxes.get("a")!.x < boxes.get("b")!.x && boxes.get("b")!.x < boxes.get("c")!.x);
  const all = [...boxes.values()];
  for (const a of all)
    for (const b of all)
      assert.ok(
        a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
      );
});

test("what runs at the end stands in a lane below everything else", () => {
  const { boxes, lane, height } = place([...nodes, { id: "end", lane: true }], edges);
  const lowest = Math.max(...["a", "b", "c", "d"].map((id) => boxes.get(id)!.y + 52));
  assert.ok(lane && lane.y > lowest && boxes.get("end")!.y > lane.y && height === lane.y + lane.height);
  assert.equal(place(nodes, edges).lane, null);
});

test("a pipeline of exit handlers only has a lane at the top", () => {
  assert.equal(place([{ id: "end", lane: true }], []).lane?.y, 0);
});

test("a line finds the nearest gap of a column", () => {
  const column = [
    { x: 0, y: 0, width: 10, height: 50 },
    { x: 0, y: 100, width: 10, height: 50 },
  ];
  assert.equal(gapNear(column, 75), 75);
  assert.equal(gapNear(column, 45), 64);
  assert.equal(gapNear(column, 140), 164);
});

test("an edge over several columns passes between their nodes", () => {
  const box = (x: number, y: number) => ({ x, y, width: 100, height: 50 });
  const columns = columnsOf([box(0, 0), box(200, 0), box(400, 0)]);
  const path = edgePath(box(0, 0), box(400, 0), columns);
  assert.match(path, /^M100 25C.* 200 (-14|64)L300 (-14|64)C.* 400 25$/);
});

test("arrow keys follow edges sideways and columns up and down", () => {
  const { boxes } = place(nodes, edges);
  assert.equal(neighbour("c", "ArrowLeft", [{ from: "b", to: "c" }], boxes), "b");
  assert.equal(neighbour("d", "ArrowRight", edges, boxes), null);
  const [upper, lower] = boxes.get("b")!.y < boxes.get("d")!.y ? ["b", "d"] : ["d", "b"];
  assert.equal(neighbour(upper!, "ArrowDown", edges, boxes), lower);
  assert.equal(neighbour(lower!, "ArrowUp", edges, boxes), upper);
});
