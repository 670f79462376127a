/* Edges: one by one where they can be told apart and chosen, all in one drawing where there are too many to do so. */
import { type EdgeProps, getBezierPath, Position as Side, ViewportPortal } from "@xyflow/react";
import { memo, useMemo } from "react";
import type { Position } from "../../../model/document.ts";
import type { EdgeView, Flow, FlowNode } from "./flow.ts";
import type { FlowEdge } from "./shown.ts";

const classOf = ({ kind, family }: EdgeView, strong: boolean) =>
  `edge p ${kind === "order" ? "order" : `p-${family}`} ${kind === "condition" ? "cond" : ""} ${strong ? "sel" : ""}`;

export const EdgeLine = memo(function EdgeLine(props: EdgeProps<FlowEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected } = props;
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const { view, touched } = data!;
  return (
    <>
      <path d={path} className="edge-grip" />
      <path d={path} className={`${classOf(view, touched || Boolean(selected))} ${selected ? "chosen" : ""}`} />
    </>
  );
});

interface SheetProps {
  flow: Flow;
  /** places of what is being dragged */
  moved: ReadonlyMap<string, Position> | null;
  touched: ReadonlySet<string>;
}

/** What stands still is one path a colour; only edges of what is dragged are drawn anew with each move. */
export function EdgeSheet({ flow, moved, touched }: SheetProps) {
  const moving = moved ? [...moved.keys()].join(" ") : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: while the same nodes are dragged the rest stands still
  const still = useMemo(() => {
    const isStill = ({ source, target }: EdgeView) => !moved?.has(source) && !moved?.has(target);
    return paths(flow, flow.edges.filter(isStill), touched, null);
  }, [flow, moving, touched]);
  const live = moved
    ? paths(
        flow,
        flow.edges.filter(({ source, target }) => moved.has(source) || moved.has(target)),
        touched,
        moved,
      )
    : NONE;
  return (
    <ViewportPortal>
      <Sheet paths={still} />
      {live.length > 0 && <Sheet paths={live} />}
    </ViewportPortal>
  );
}

interface SheetPath {
  look: string;
  d: string;
}
const NONE: SheetPath[] = [];

const Sheet = memo(function Sheet({ paths }: { paths: SheetPath[] }) {
  return (
    <svg className="sheet" aria-hidden="true">
      {paths.map(({ look, d }) => (
        <path key={look} className={look} d={d} />
      ))}
    </svg>
  );
});

function paths(flow: Flow, edges: EdgeView[], touched: ReadonlySet<string>, moved: SheetProps["moved"]): SheetPath[] {
  const byLook = new Map<string, string[]>();
  for (const edge of edges) {
    const strong = touched.has(edge.source) || touched.has(edge.target);
    const look = classOf(edge, strong);
    const d = curve(
      endAt(flow.byId.get(edge.source)!, edge.sourceHandle, moved),
      endAt(flow.byId.get(edge.target)!, edge.targetHandle, moved),
    );
    const list = byLook.get(look);
    if (list) list.push(d);
    else byLook.set(look, [d]);
  }
  return [...byLook].map(([look, list]) => ({ look, d: list.join("") }));
}

function endAt(node: FlowNode, id: string, moved: SheetProps["moved"]): Position {
  const { x, y } = moved?.get(node.id) ?? node.position;
  const handle = node.handles?.find((one) => one.id === id);
  if (!handle) return { x, y };
  const right = handle.position === Side.Right ? (handle.width ?? 0) : 0;
  return { x: x + handle.x + right, y: y + handle.y + (handle.height ?? 0) / 2 };
}

function curve(from: Position, to: Position): string {
  const reach = Math.max(40, Math.abs(to.x - from.x) / 2);
  return `M${from.x} ${from.y}C${from.x + reach} ${from.y} ${to.x - reach} ${to.y} ${to.x} ${to.y}`;
}
