/* Graphs with their positions, which the C side (pipeline-creator/documents/layout.c) is held against as well.
   `UPDATE_VECTORS=1 node test.mjs layout-vectors` writes the file anew. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type LayoutNode, layout } from "./layout.ts";
import { randomNumbers } from "./testing.ts";

const FILE = join(process.cwd(), "../tests/data/layout-vectors.json");

type Numbers = number[];
interface Graph {
  name: string;
  /** [width, height, 1 where it stands first] */
  nodes: Numbers[];
  edges: Numbers[];
}
interface Vector extends Graph {
  positions: Numbers[];
}

function positionsOf({ nodes, edges }: Graph): Numbers[] {
  const asNode = ([width, height, first]: Numbers, i: number): LayoutNode => ({
    id: `n${i}`,
    width: width!,
    height: height!,
    first: first === 1,
  });
  const places = layout(
    nodes.map(asNode),
    edges.map(([from, to]) => ({ from: `n${from}`, to: `n${to}` })),
  );
  return nodes.map((_, i) => [places.get(`n${i}`)!.x, places.get(`n${i}`)!.y]);
}

function randomGraph(seed: number): Graph {
  const random = randomNumbers(seed);
  const count = 1 + random(60);
  const nodes = Array.from({ length: count }, () => [120 + random(150), 36 + random(180), random(8) ? 0 : 1]);
  const edges = Array.from({ length: random(2 * count) }, () => {
    const to = random(count);
    // One in ten goes anywhere: circles, loops and ends that are no nodes are among them.
    return random(10) ? [Math.max(0, to - 1 - random(12)), to] : [random(count), random(count + 1)];
  });
  return { name: `random ${seed}`, nodes, edges };
}

function graphs(): Graph[] {
  const box = (count: number, height = 60) => Array.from({ length: count }, () => [200, height, 0]);
  const chain = (count: number) => Array.from({ length: count - 1 }, (_, i) => [i, i + 1]);
  return [
    { name: "nothing", nodes: [], edges: [] },
    { name: "one", nodes: box(1), edges: [] },
    { name: "a chain", nodes: box(3), edges: chain(3) },
    { name: "a diamond", nodes: box(4, 54), edges: [[0, 1], [0, 2], [1, 3], [2, 3]] }, // biome-ignore format: one line
    { name: "a circle", nodes: box(3), edges: [[0, 1], [1, 2], [2, 0]] }, // biome-ignore format: one line
    { name: "edges longer than waypoints go", nodes: box(60), edges: [...chain(60), [0, 50], [0, 30], [5, 59]] },
    ...Array.from({ length: 40 }, (_, seed) => randomGraph(seed)),
  ];
}

test("graphs of the shared file stand where it says", () => {
  if (process.env.UPDATE_VECTORS) {
    const vectors = graphs().map((graph) => ({ ...graph, positions: positionsOf(graph) }));
    writeFileSync(FILE, `[\n${vectors.map((vector) => JSON.stringify(vector)).join(",\n")}\n]\n`);
  }
  const vectors = JSON.parse(readFileSync(FILE, "utf8")) as Vector[];
  assert.ok(vectors.length > 40);
  for (const vector of vectors) assert.deepEqual(positionsOf(vector), vector.positions, vector.name);
});
