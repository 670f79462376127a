/* What the canvas and the palette know and the document does not. */
import { useSyncExternalStore } from "react";
import type { Position } from "../../../model/document.ts";
import type { PortEnd } from "./ids.ts";

export interface Connecting {
  port: PortEnd;
  type: string | null;
  /** keys of the ports that fit, and ids of their nodes */
  fitting: ReadonlySet<string>;
  nodes: ReadonlySet<string>;
  candidates: readonly PortEnd[];
  /** the candidate that the keyboard is at; null while a pointer drags */
  at: number | null;
}

/** A port that the palette offers components for, and where one of them would go. */
export interface Chosen {
  port: PortEnd;
  type: string | null;
  at: Position | null;
}

interface CanvasState {
  connecting: Connecting | null;
  /** tasks that show all their ports */
  unfolded: ReadonlySet<string>;
  /** the selected edge */
  edge: string | null;
  /** the edge that a drop from the palette would go into */
  over: string | null;
  list: boolean;
  chosen: Chosen | null;
  /** the task whose ports are listed for a connection by keyboard */
  listing: string | null;
}

const INITIAL: CanvasState = {
  connecting: null,
  unfolded: new Set(),
  edge: null,
  over: null,
  list: false,
  chosen: null,
  listing: null,
};

let now = INITIAL;
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const canvas = {
  get: (): CanvasState => now,
  set(change: Partial<CanvasState>) {
    now = { ...now, ...change };
    for (const listener of [...listeners]) listener();
  },
  reset() {
    canvas.set(INITIAL);
  },
  unfold(task: string, on = true) {
    if (now.unfolded.has(task) === on) return;
    const unfolded = new Set(now.unfolded);
    if (on) unfolded.add(task);
    else unfolded.delete(task);
    canvas.set({ unfolded });
  },
};

export function useCanvas<T>(select: (state: CanvasState) => T): T {
  return useSyncExternalStore(subscribe, () => select(now));
}
