/** Where nodes and edges of a picture stand. */
import { layout } from "../../model/layout.ts";

export const NODE = { width: 168, height: 52 };
const GAP_Y = 40;
const LANE = { header: 30, padding: 16, gap: 56 };

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Placed {
  boxes: Map<string, Box>;
  /** The hatched lane of what runs at the end; null: there is nothing of the kind. */
  lane: Box | null;
  width: number;
  height: number;
}
interface Wanted {
  id: string;
  lane?: boolean | undefined;
}
interface Joined {
  from: string;
  to: string;
}

/** Nodes from left to right as their edges say; those of the lane in rows below all others. */
export function place(nodes: readonly Wanted[], edges: readonly Joined[]): Placed {
  const main = nodes.filter((n) => !n.lane).map((n) => ({ id: n.id, ...NODE }));
  const inLane = nodes.filter((n) => n.lane).map((n) => n.id);
  const boxes = new Map<string, Box>();
  for (const [id, at] of layout(main, edges, { gapX: 48, gapY: GAP_Y })) boxes.set(id, { ...at, ...NODE });
  let width = 0;
  let bottom = 0;
  for (const box of boxes.values()) {
    width = Math.max(width, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  if (!inLane.length) return { boxes, lane: null, width, height: bottom };
  const top = bottom ? bottom + 44 : 0;
  const across = Math.max(1, Math.min(inLane.length, Math.floor((width + LANE.gap) / (NODE.width + LANE.gap)) || 3));
  inLane.forEach((id, i) => {
    boxes.set(id, {
      x: (i % across) * (NODE.width + LANE.gap),
      y: top + LANE.header + Math.floor(i / across) * (NODE.height + LANE.padding),
      ...NODE,
    });
  });
  const rows = Math.ceil(inLane.length / across);
  width = Math.max(width, across * (NODE.width + LANE.gap) - LANE.gap, 300);
  const height = LANE.header + rows * (NODE.height + LANE.padding);
  return { boxes, lane: { x: -16, y: top, width: width + 32, height }, width, height: top + height };
}

/** The boxes of each column, from left to right, to lead long edges between them. */
export function columnsOf(boxes: Iterable<Box>): Box[][] {
  const columns = new Map<number, Box[]>();
  for (const box of boxes) {
    const column = columns.get(box.x);
    if (column) column.push(box);
    else columns.set(box.x, [box]);
  }
  return [...columns].sort(([a], [b]) => a - b).map(([, column]) => column.sort((a, b) => a.y - b.y));
}

const CLEAR = 14;

/** The height nearest to `y` at which a line passes no box of the column. */
export function gapNear(column: readonly Box[], y: number): number {
  const hit = (at: number) => column.some((b) => at > b.y - CLEAR && at < b.y + b.height + CLEAR);
  if (!hit(y)) return y;
  let best = Number.POSITIVE_INFINITY;
  for (const box of column)
    for (const at of [box.y - CLEAR, box.y + box.height + CLEAR])
      if (!hit(at) && Math.abs(at - y) < Math.abs(best - y)) best = at;
  return best;
}

const curve = (x1: number, y1: number, x2: number, y2: number) => {
  const bend = Math.max(20, (x2 - x1) / 2);
  return `C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
};

/** From the right side of a box to the left side of another one, around what stands between them. */
export function edgePath(from: Box, to: Box, columns: readonly Box[][]): string {
  let x = from.x + from.width;
  let y = from.y + from.height / 2;
  const endX = to.x;
  const endY = to.y + to.height / 2;
  const steps = [`M${x} ${y}`];
  if (endX > x)
    for (const column of columns) {
      const left = column[0]!.x;
      const right = left + column[0]!.width;
      if (left < x || right > endX) continue;
      const pass = gapNear(column, y + ((endY - y) * (left - x)) / (endX - x));
      steps.push(curve(x, y, left, pass), `L${right} ${pass}`);
      x = right;
      y = pass;
    }
  steps.push(curve(x, y, endX, endY));
  return steps.join("");
}

export type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** Where an arrow key leads: along edges sideways, to the neighbour of the column up and down. */
export function neighbour(
  id: string,
  direction: Direction,
  edges: readonly Joined[],
  boxes: ReadonlyMap<string, Box>,
): string | null {
  const here = boxes.get(id);
  if (!here) return null;
  const nearest = (ids: string[]) =>
    ids.reduce<string | null>((best, other) => {
      const box = boxes.get(other);
      if (!box) return best;
      const bestBox = best === null ? null : boxes.get(best)!;
      return !bestBox || Math.abs(box.y - here.y) < Math.abs(bestBox.y - here.y) ? other : best;
    }, null);
  if (direction === "ArrowRight") return nearest(edges.filter((e) => e.from === id).map((e) => e.to));
  if (direction === "ArrowLeft") return nearest(edges.filter((e) => e.to === id).map((e) => e.from));
  const down = direction === "ArrowDown";
  return nearest(
    [...boxes].filter(([, b]) => b.x === here.x && (down ? b.y > here.y : b.y < here.y)).map(([other]) => other),
  );
}
