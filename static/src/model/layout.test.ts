import assert from "node:assert/strict";
import test from "node:test";
import { type Position, readDocument } from "./document.ts";
import { type LayoutEdge, type LayoutNode, layout, layoutDocument } from "./layout.ts";
import { largePipeline, randomNumbers, starterPipelines } from "./testing.ts";

function someNodes(seed: number, count: number): LayoutNode[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => ({ id: `n${i}`, width: 170 + random(70), height: 40 + random(200) }));
}

function someEdges(seed: number, nodes: number, count: number): LayoutEdge[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const to = 1 + random(nodes - 1);
    return { from: `n${Math.max(0, to - 1 - random(30))}`, to: `n${to}` };
  });
}

function assertApart(nodes: readonly LayoutNode[], positions: Map<string, Position>): void {
  for (const a of nodes) {
    for (const b of nodes) {
      if (a.id >= b.id) continue;
      const [p, q] = [positions.get(a.id)!, positions.get(b.id)!];
      const apart = p.x + a.width <= q.x || q.x + b.width <= p.x || p.y + a.height <= q.y || q.y + b.height <= p.y;
      assert.ok(apart, `${a.id} and ${b.id} overlap`);
    }
  }
}

test("each edge leads to the right, no nodes overlap, all stand on the grid", () => {
  for (let seed = 0; seed < 10; seed++) {
    const nodes = someNodes(seed, 60);
    const edges = someEdges(seed, 60, 80);
    const positions = layout(nodes, edges);
    assertApart(nodes, positions);
    for (const { x, y } of positions.values()) assert.deepEqual([x % 18, y % 18], [0, 0]);
    for (const { from, to } of edges) {
      if (from !== to) assert.ok(positions.get(from)!.x < positions.get(to)!.x, `${from} → ${to}`);
    }
  }
});

test("the same graph has the same layout, circles and strange edges included", () => {
  const nodes = someNodes(1, 12);
  const edges = [
    ...someEdges(1, 12, 20),
    { from: "n11", to: "n0" },
    { from: "n3", to: "n3" },
    { from: "n1", to: "nowhere" },
  ];
  assert.deepEqual(layout(nodes, edges), layout(nodes, edges));
  assertApart(nodes, layout(nodes, edges));
  assert.equal(layout([], []).size, 0);
});

test("a chain is a straight line", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id, width: 100, height: 60 }));
  const positions = layout(nodes, [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
  ]);
  assert.deepEqual(
    [...positions.values()],
    [
      { x: 0, y: 0 },
      { x: 198, y: 0 },
      { x: 396, y: 0 },
    ],
  );
});

test("parts that are not connected stand below each other", () => {
  const nodes = ["a", "b", "c", "d"].map((id) => ({ id, width: 100, height: 60 }));
  const positions = layout(nodes, [
    { from: "a", to: "b" },
    { from: "c", to: "d" },
  ]);
  assert.ok(positions.get("c")!.y >= positions.get("a")!.y + 60);
  assert.equal(positions.get("c")!.x, 0);
});

test("edges over many layers need no waypoints to be laid out", () => {
  const nodes = someNodes(2, 200);
  const chain = nodes.slice(1).map(({ id }, i) => ({ from: nodes[i]!.id, to: id }));
  const far = nodes.slice(2).map(({ id }) => ({ from: "n0", to: id }));
  assertApart(nodes, layout(nodes, [...chain, ...far]));
});

test("exit handlers stand in a lane below everything else", () => {
  for (const { text } of starterPipelines()) {
    const doc = readDocument(text);
    const { tasks, inputs, outputs } = layoutDocument(doc, new Map());
    assert.deepEqual([tasks.size, inputs.size, outputs.size], [doc.tasks.size, doc.inputs.length, doc.outputs.length]);
    const handlers = [...doc.tasks.values()].filter((task) => task.exitHandler).map((task) => tasks.get(task.id)!.y);
    const others = [...doc.tasks.values()].filter((task) => !task.exitHandler).map((task) => tasks.get(task.id)!.y);
    for (const y of handlers) assert.ok(y > Math.max(...others));
    assert.equal(
      handlers.every((y) => y === handlers[0]),
      true,
    );
    for (const { x } of inputs.values()) assert.equal(x, 0);
  }
});

test("a thousand tasks are laid out in less than 100 ms", () => {
  const doc = readDocument(largePipeline(1000));
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    layoutDocument(doc, new Map());
    return performance.now() - start;
  });
  const median = times.sort((a, b) => a - b)[3]!;
  assert.ok(median < 100, `${median} ms`);
});
