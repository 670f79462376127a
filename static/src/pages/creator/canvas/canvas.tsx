/** The pipeline as a graph; where it cannot be drawn or is not wanted so, as a list. */
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useCreator } from "../store.ts";
import { Graph } from "./graph.tsx";
import { Outline } from "./outline.tsx";
import { Start } from "./start.tsx";
import { canvas, useCanvas } from "./state.ts";

const NARROW = "(max-width: 760px)";

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const media = matchMedia(NARROW);
    const change = () => setNarrow(media.matches);
    media.addEventListener("change", change);
    return () => media.removeEventListener("change", change);
  }, []);
  return narrow;
}

export function Canvas() {
  const narrow = useNarrow();
  const list = useCanvas((state) => state.list);
  const isEmpty = useCreator((creator) => creator.document.tasks.size === 0);
  const readOnly = useCreator((creator) => creator.readOnly);
  useEffect(() => canvas.reset, []);
  if (narrow || list) return <Outline back={narrow ? null : () => canvas.set({ list: false })} />;
  return (
    <ReactFlowProvider>
      <Graph>{isEmpty && !readOnly && <Start />}</Graph>
    </ReactFlowProvider>
  );
}
