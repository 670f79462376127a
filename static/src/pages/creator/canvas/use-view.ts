/* What of the canvas is seen. */
import { getViewportForBounds, useReactFlow, useStoreApi, type Viewport } from "@xyflow/react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { actions } from "../store.ts";
import { boxOf, type Flow } from "./flow.ts";
import { nameOfNode, nodeId } from "./ids.ts";
import type { View } from "./keys.ts";
import { canvas } from "./state.ts";

export const FARTHEST = 0.02;
/** Few tasks open with all they show, or at their beginning; many as a whole unless that would be too small to read. */
const FEW = 30;
const READABLE = 0.25;
const FULL = 0.75;
/** Below stand the toolbar and the map. */
const PADDING = { x: "3%", top: "44px", bottom: "116px" } as const;
/** Frames to wait for a node that comes into view. */
const PATIENCE = 30;

/** Where to look at first, once the size of the canvas is known. */
export function useStart(section: React.RefObject<HTMLElement | null>, flow: Flow): Viewport | null {
  const [start, setStart] = useState<Viewport | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first view
  useLayoutEffect(() => {
    const box = section.current!.getBoundingClientRect();
    setStart(firstView(flow, box.width, box.height));
  }, []);
  return start;
}

function firstView(flow: Flow, width: number, height: number): Viewport {
  const box = boxOf(flow.nodes);
  if (!box || flow.made.size === 0) return { x: 66, y: height * 0.7, zoom: 1 };
  const whole = getViewportForBounds(box, width, height, FARTHEST, 1, PADDING);
  if (whole.zoom >= FULL || (flow.made.size > FEW && whole.zoom >= READABLE)) return whole;
  const room = Math.max(48, (height - box.height * FULL) / 2);
  return { x: 24 - box.x * FULL, y: room - box.y * FULL, zoom: FULL };
}

export function useView(section: React.RefObject<HTMLElement | null>, latest: React.RefObject<Flow>): View {
  const store = useStoreApi();
  const { setCenter, zoomTo, getZoom, setViewport } = useReactFlow();
  const view = useMemo<View>(() => {
    const show = (id: string, zoom?: number) => {
      const node = latest.current.byId.get(id);
      if (!node) return;
      const { transform, width, height } = store.getState();
      const [x, y, now] = transform;
      const [w, h] = [node.width ?? 0, node.height ?? 0];
      const [left, top] = [node.position.x * now + x, node.position.y * now + y];
      const isSeen = left >= 0 && top >= 0 && left + w * now <= width && top + h * now <= height;
      if (!isSeen || zoom) void setCenter(node.position.x + w / 2, node.position.y + h / 2, { zoom: zoom ?? now });
    };
    /** Nodes are drawn a few frames later: who has gone elsewhere meanwhile is left there. */
    const focus = (id: string, frames: number, from = document.activeElement) => {
      if (document.activeElement !== from && document.activeElement !== document.body) return;
      const node = section.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"] article`);
      if (node) node.focus({ preventScroll: true });
      else if (frames > 0) requestAnimationFrame(() => focus(id, frames - 1, from));
    };
    return {
      flow: () => latest.current,
      goTo(id) {
        const { kind, name } = nameOfNode(id);
        const isConnecting = canvas.get().connecting?.at != null;
        if (!isConnecting) actions.select(kind === "task" ? { kind: "tasks", ids: new Set([name]) } : { kind, name });
        show(id, isConnecting && getZoom() < 0.6 ? 1 : undefined);
        focus(id, PATIENCE);
      },
      zoomBy: (factor) => void zoomTo(getZoom() * factor),
      fit: () => {
        // After the change that the fitting follows is drawn.
        requestAnimationFrame(() => {
          const box = boxOf(latest.current.nodes);
          const { width, height } = store.getState();
          if (box) void setViewport(getViewportForBounds(box, width, height, FARTHEST, 1, PADDING));
        });
      },
      focus: () => section.current?.focus({ preventScroll: true }),
    };
  }, [store, setCenter, zoomTo, getZoom, setViewport, section, latest]);

  useEffect(() => actions.onFocusTask((id) => view.goTo(nodeId("task", id))), [view]);

  // A pipeline that comes as a whole, such as a starter, is shown as a whole; so it is after a pane beside it opened.
  const count = latest.current.made.size;
  const before = useRef(count);
  useEffect(() => {
    const { width, height } = store.getState();
    if (before.current === 0 && count > 1) void setViewport(firstView(latest.current, width, height));
    before.current = count;
  }, [count, store, setViewport, latest]);
  useEffect(() => {
    let width = section.current!.clientWidth;
    const observer = new ResizeObserver(() => {
      const now = section.current?.clientWidth ?? width;
      if (Math.abs(now - width) > 150 && width > 0) view.fit();
      width = now;
    });
    observer.observe(section.current!);
    return () => observer.disconnect();
  }, [section, view]);
  return view;
}
