/** The pipeline as a graph, or as a list where that is wanted. */
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect } from "react";
import { lazily } from "../../../ui/lazy.tsx";
import { useCreator } from "../store.ts";
import { Graph } from "./graph.tsx";
import { canvas, useCanvas } from "./state.ts";

/** The list of tasks, which has the same acts as the graph. */
export const Outline = lazily(() => import("./outline.tsx"));
const Start = lazily(() => import("./start.tsx"));

export function Canvas() {
  const list = useCanvas((state) => state.list);
  const isEmpty = useCreator((creator) => creator.document.tasks.size === 0);
  const readOnly = useCreator((creator) => creator.readOnly);
  useEffect(() => canvas.reset, []);
  if (list) return <Outline back={() => canvas.set({ list: false })} />;
  return (
    <ReactFlowProvider>
      <Graph>{isEmpty && !readOnly && <Start />}</Graph>
    </ReactFlowProvider>
  );
}
