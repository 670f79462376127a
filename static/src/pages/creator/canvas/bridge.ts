/* What the palette asks of the canvas. */
import type { Interface, Position, Source } from "../../../model/document.ts";
import type { To } from "../../../model/graph.ts";

export interface Landing {
  /** on the canvas, on its grid */
  at: Position;
  /** the connection below, where the component fits into it */
  split: Split | null;
}

export interface Split {
  edge: string;
  from: Source;
  to: To;
  /** the ports of the component that the two halves would use */
  input: string;
  output: string;
}

interface Bridge {
  /** null: the point is not on the canvas */
  landing(clientX: number, clientY: number, component: Interface): Landing | null;
  /** marks the edge that a drop would split */
  hover(edge: string | null): void;
  /** where a task next to the selected one has room, else in the middle of what is seen */
  nextPlace(width: number, height: number): Position;
  /** shows a task and puts the focus on it */
  show(task: string): void;
}

let bridge: Bridge | null = null;

export const canvasBridge = (): Bridge | null => bridge;

export function setBridge(next: Bridge): () => void {
  bridge = next;
  return () => {
    if (bridge === next) bridge = null;
  };
}
