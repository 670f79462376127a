/** A picture of tasks and what they wait for: to look at, move and zoom, and to choose a task in. */
import { memo, type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Position } from "../../model/document.ts";
import type { Kind, State } from "../../net/types.ts";
import { IconButton } from "../../ui/controls.tsx";
import { Icon, stateClass, stateIcon } from "../../ui/icon.tsx";
import { STATE_WORDS } from "../../ui/words.ts";
import { columnsOf, type Direction, edgePath, neighbour, type Placed, place } from "./geometry.ts";

export interface GraphNode {
  id: string;
  title: string;
  /** The second line. */
  line: string;
  state?: State | undefined;
  /** Shown where there is no state. */
  kind?: Kind | undefined;
  /** For what is no task, but goes in or comes out. */
  icon?: string | undefined;
  /** Runs at the end, whatever happened before. */
  lane?: boolean | undefined;
  /** States of its iterations; more than one makes it a stack. */
  marks?: State[] | undefined;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** waiting: not come yet; live: awaited from a task that runs. */
  look?: "plain" | "waiting" | "live" | "condition" | undefined;
}

interface GraphProps {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  selected?: string | null | undefined;
  onSelect?: ((id: string) => void) | undefined;
  label: string;
  /** Things that float over the picture. */
  children?: ReactNode;
}

interface View {
  x: number;
  y: number;
  zoom: number;
}

const ZOOM = { least: 0.12, most: 2, legible: 0.62, readable: 0.75 };
const MARGIN = { x: 32, bottom: 56 };
const between = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** Everything in the window; where that would be too small to read, its beginning. */
function fitted(placed: Placed, width: number, height: number, top: number, all: boolean): View {
  const left = placed.lane ? -placed.lane.x : 0;
  const w = placed.width + 2 * left;
  const whole = Math.min((width - 2 * MARGIN.x) / w, (height - top - MARGIN.bottom) / placed.height);
  const zoom = between(all || whole >= ZOOM.legible ? whole : ZOOM.readable, ZOOM.least, 1);
  const x = Math.max(MARGIN.x, (width - w * zoom) / 2) + left * zoom;
  const free = height - top - MARGIN.bottom - placed.height * zoom;
  return { x, y: top + Math.max(0, free / 3), zoom };
}

export function GraphView({ nodes, edges, selected, onSelect, label, children }: GraphProps) {
  const canvas = useRef<HTMLElement>(null);
  const [view, setView] = useState<View>({ x: MARGIN.x, y: 0, zoom: 1 });
  /** The reader moved it: it is not fitted by itself any more. */
  const moved = useRef(false);
  const top = children ? 64 : 24;
  const now = useRef(view);
  now.current = view;

  // States change often, what stands where seldom.
  const shape = JSON.stringify([nodes.map((n) => [n.id, n.lane]), edges.map((e) => [e.from, e.to])]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: shape says all that matters of nodes and edges
  const placed = useMemo(() => place(nodes, edges), [shape]);

  const fit = useCallback(
    (all: boolean) => {
      const box = canvas.current!.getBoundingClientRect();
      if (box.width) setView(fitted(placed, box.width, box.height, top, all));
    },
    [placed, top],
  );
  useLayoutEffect(() => {
    moved.current = false;
    fit(false);
    const watch = new ResizeObserver(() => !moved.current && fit(false));
    watch.observe(canvas.current!);
    return () => watch.disconnect();
  }, [fit]);

  const zoomBy = useCallback((factor: number, at?: Position) => {
    moved.current = true;
    const box = canvas.current!.getBoundingClientRect();
    const { x, y } = at ?? { x: box.width / 2, y: box.height / 2 };
    setView((v) => {
      const zoom = between(v.zoom * factor, ZOOM.least, ZOOM.most);
      return { zoom, x: x - ((x - v.x) * zoom) / v.zoom, y: y - ((y - v.y) * zoom) / v.zoom };
    });
  }, []);

  useEffect(() => {
    const element = canvas.current!;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      zoomBy(Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [zoomBy]);

  /** Moves the picture as little as it takes to see the node. */
  const reveal = useCallback(
    (id: string) => {
      const box = placed.boxes.get(id);
      if (!box) return;
      const { width, height } = canvas.current!.getBoundingClientRect();
      const { x, y, zoom } = now.current;
      const shift = (from: number, size: number, room: number) =>
        from < 24 ? 24 - from : from + size > room - 24 ? room - 24 - from - size : 0;
      const dx = shift(box.x * zoom + x, box.width * zoom, width);
      const dy = shift(box.y * zoom + y, box.height * zoom, height);
      if (dx || dy) setView((v) => ({ ...v, x: v.x + dx, y: v.y + dy }));
    },
    [placed],
  );
  useEffect(() => {
    if (selected) reveal(selected);
  }, [selected, reveal]);

  const drag = useDrag(now, (next) => {
    moved.current = true;
    setView(next);
  });

  const keys = useCallback(
    (event: React.KeyboardEvent) => {
      const id = (event.target as HTMLElement).dataset.node;
      if (!id || !event.key.startsWith("Arrow") || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = neighbour(id, event.key as Direction, edges, placed.boxes);
      if (next) canvas.current!.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
    },
    [edges, placed],
  );

  return (
    <section
      className={`canvas graph ${view.zoom < 0.5 ? "far" : ""}`}
      aria-label={label}
      ref={canvas}
      style={{ "--tall": placed.height } as React.CSSProperties}
      onMouseDown={drag.hold}
      onPointerDown={drag.down}
      onPointerMove={drag.move}
      onPointerUp={drag.up}
      onPointerCancel={drag.up}
      onClickCapture={drag.click}
      onKeyDown={keys}
    >
      <div className="world" style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})` }}>
        <World
          nodes={nodes}
          edges={edges}
          placed={placed}
          selected={selected ?? null}
          onSelect={onSelect}
          onFocus={reveal}
        />
      </div>
      {children}
      <div className="float zoom">
        <IconButton label="Zoom out" icon="minus" size="s" onClick={() => zoomBy(1 / 1.25)} />
        <IconButton label="Zoom in" icon="plus" size="s" onClick={() => zoomBy(1.25)} />
        <IconButton label="Fit" icon="fit" size="s" onClick={() => fit(true)} />
      </div>
    </section>
  );
}

/** Moving the picture with the pointer; a press that does not move stays a click. */
function useDrag(now: { current: View }, set: (view: View) => void) {
  const from = useRef<{ id: number; x: number; y: number; view: View; moving: boolean } | null>(null);
  const swallow = useRef(false);
  return {
    /** Keeps the drag from selecting text. */
    hold(event: React.MouseEvent) {
      if (!(event.target as Element).closest("button")) event.preventDefault();
    },
    down(event: React.PointerEvent) {
      swallow.current = false;
      if (event.button !== 0 || (event.target as Element).closest(".float, .legend, .lane > header")) return;
      from.current = { id: event.pointerId, x: event.clientX, y: event.clientY, view: now.current, moving: false };
    },
    move(event: React.PointerEvent) {
      const start = from.current;
      if (!start || start.id !== event.pointerId) return;
      const dx = event.clientX - start.x;
      const dy = event.clientY - start.y;
      if (!start.moving && Math.hypot(dx, dy) < 4) return;
      if (!start.moving) {
        start.moving = true;
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
      }
      set({ ...start.view, x: start.view.x + dx, y: start.view.y + dy });
    },
    up() {
      swallow.current = from.current?.moving ?? false;
      from.current = null;
    },
    click(event: React.MouseEvent) {
      if (!swallow.current) return;
      swallow.current = false;
      event.stopPropagation();
      event.preventDefault();
    },
  };
}

interface WorldProps {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  placed: Placed;
  selected: string | null;
  onSelect: ((id: string) => void) | undefined;
  onFocus(id: string): void;
}

/** All that does not change while the picture is moved. */
const World = memo(function World({ nodes, edges, placed, selected, onSelect, onFocus }: WorldProps) {
  const paths = useMemo(() => {
    const columns = columnsOf(placed.boxes.values());
    const found = new Map<string, string>();
    for (const { from, to } of edges) {
      const [a, b] = [placed.boxes.get(from), placed.boxes.get(to)];
      if (a && b) found.set(`${from} ${to}`, edgePath(a, b, columns));
    }
    return found;
  }, [edges, placed]);
  const look = { plain: "", waiting: "cond", live: "live", condition: "cond" };
  return (
    <>
      {placed.lane && (
        <section
          className="lane"
          style={{ left: placed.lane.x, top: placed.lane.y, width: placed.lane.width, height: placed.lane.height }}
        >
          <header>
            <Icon name="flag" size={12} />
            <b>Exit handlers</b> run after the last task, whatever its state
          </header>
        </section>
      )}
      <svg className="edges" aria-hidden="true">
        {edges.map((edge) => {
          const id = `${edge.from} ${edge.to}`;
          const touched = selected !== null && (edge.from === selected || edge.to === selected);
          const d = paths.get(id);
          return d && <path key={id} d={d} className={`edge ${look[edge.look ?? "plain"]} ${touched ? "sel" : ""}`} />;
        })}
      </svg>
      {nodes.map((node) => {
        const box = placed.boxes.get(node.id);
        return (
          box && (
            <Node
              key={node.id}
              node={node}
              box={box}
              selected={node.id === selected}
              select={onSelect}
              focus={onFocus}
            />
          )
        );
      })}
    </>
  );
});

interface NodeProps {
  node: GraphNode;
  box: { x: number; y: number };
  selected: boolean;
  select: ((id: string) => void) | undefined;
  focus(id: string): void;
}

const MOST_MARKS = 5;

function Node({ node, box, selected, select, focus }: NodeProps) {
  const stack = (node.marks?.length ?? 0) > 1;
  const look = `rnode ${node.state ? stateClass(node.state) : ""} ${node.kind ? `k-${node.kind}` : ""} ${node.icon ? "io" : ""} ${stack ? "stack" : ""} ${selected ? "sel" : ""}`;
  const content = (
    <>
      <Icon name={node.state ? stateIcon(node.state) : (node.icon ?? node.kind ?? "component")} />
      <span className="grow">
        <b className="cut">{node.title}</b>
        {node.state && <span className="sr">, {STATE_WORDS[node.state]}, </span>}
        <small className="cut">
          {stack && (
            <span className="dots">
              {node.marks!.slice(0, MOST_MARKS).map((state, i) => (
                <span key={i} className={`sti ${stateClass(state)}`}>
                  <Icon name={stateIcon(state)} size={12} />
                </span>
              ))}
            </span>
          )}
          {node.line}
        </small>
      </span>
    </>
  );
  const style = { left: box.x, top: box.y };
  if (!select)
    return (
      <div className={look} style={style} title={`${node.title}\n${node.line}`}>
        {content}
      </div>
    );
  return (
    <button
      type="button"
      className={look}
      style={style}
      data-node={node.id}
      aria-pressed={selected}
      title={`${node.title}\n${node.line}`}
      onClick={() => select(node.id)}
      onFocus={() => focus(node.id)}
    >
      {content}
    </button>
  );
}
