/* The view: zoom, fit, tidy, list. */
import { useReactFlow, useStore } from "@xyflow/react";
import { IconButton } from "../../../ui/controls.tsx";
import { useCreator } from "../store.ts";
import { canvas } from "./state.ts";

export function Toolbar({ fit, tidy }: { fit(): void; tidy(): void }) {
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  const readOnly = useCreator((creator) => creator.readOnly);
  const { zoomIn, zoomOut, zoomTo } = useReactFlow();
  return (
    <div className="float" role="toolbar" aria-label="View">
      <IconButton label="Zoom out (−)" icon="minus" size="s" onClick={() => void zoomOut()} />
      <button type="button" className="btn quiet s num" title="Zoom to 100 %" onClick={() => void zoomTo(1)}>
        {zoom} %
      </button>
      <IconButton label="Zoom in (+)" icon="plus" size="s" onClick={() => void zoomIn()} />
      <IconButton label="Fit (Shift 1)" icon="fit" size="s" onClick={fit} />
      {!readOnly && <IconButton label="Tidy layout (Shift L)" icon="layout" size="s" onClick={tidy} />}
      <IconButton label="List of tasks (Ctrl F)" icon="tree" size="s" onClick={() => canvas.set({ list: true })} />
    </div>
  );
}
