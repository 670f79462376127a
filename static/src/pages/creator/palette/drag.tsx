/* Dragging a row onto the canvas, by mouse, pen or finger. */
import { useEffect, useRef, useState } from "react";
import { Icon } from "../../../ui/icon.tsx";
import { canvasBridge } from "../canvas/bridge.ts";
import type { Entry } from "./entries.ts";
import { drop } from "./place.ts";

/** Less is a click. */
const THRESHOLD = 4;

interface Drag {
  entry: Entry;
  x: number;
  y: number;
}

export interface DragHandlers {
  onPointerDown(event: React.PointerEvent, entry: Entry): void;
  /** whether the click that ends a drag is to be ignored */
  wasDragged(): boolean;
  ghost: React.ReactNode;
}

export function useDrag(): DragHandlers {
  const [drag, setDrag] = useState<Drag | null>(null);
  const dragged = useRef(false);
  const stop = useRef<() => void>(() => {});
  useEffect(() => () => stop.current(), []);

  const onPointerDown = (down: React.PointerEvent, entry: Entry) => {
    dragged.current = false;
    if (down.button !== 0) return;
    const [startX, startY] = [down.clientX, down.clientY];
    const move = (event: PointerEvent) => {
      if (!dragged.current && Math.hypot(event.clientX - startX, event.clientY - startY) < THRESHOLD) return;
      dragged.current = true;
      const landing = canvasBridge()?.landing(event.clientX, event.clientY, entry.interface);
      canvasBridge()?.hover(landing?.split?.edge ?? null);
      setDrag({ entry, x: event.clientX, y: event.clientY });
    };
    const end = (event: Event) => {
      stop.current();
      if (!dragged.current || event.type !== "pointerup") return;
      const { clientX, clientY } = event as PointerEvent;
      const landing = canvasBridge()?.landing(clientX, clientY, entry.interface);
      if (landing) drop(entry, landing);
    };
    const cancel = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      stop.current();
    };
    stop.current = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      removeEventListener("keydown", cancel, true);
      canvasBridge()?.hover(null);
      setDrag(null);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
    addEventListener("keydown", cancel, true);
  };

  const ghost = drag && (
    <div className="drag-ghost node" style={{ left: drag.x, top: drag.y }} aria-hidden="true">
      <header className={`k-${drag.entry.kind}`}>
        <Icon name={drag.entry.kind} />
        <span className="grow">
          <b className="cut">{drag.entry.title}</b>
          <small>
            <span className="cut">{drag.entry.provider}</span>
            <span className="num">{drag.entry.version}</span>
          </small>
        </span>
      </header>
    </div>
  );
  return { onPointerDown, wasDragged: () => dragged.current, ghost };
}
