/* Where the palette drops what is dragged out of it. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import { actions } from "../store.ts";
import { setBridge } from "./bridge.ts";
import type { Flow } from "./flow.ts";
import { nodeId, nodeOfEnd } from "./ids.ts";
import type { View } from "./keys.ts";
import { freePlace, GAP_X, snapped } from "./places.ts";
import { splitOf } from "./ports.ts";
import { selectedNodes } from "./shown.ts";
import { canvas } from "./state.ts";

export function useBridge(
  section: React.RefObject<HTMLElement | null>,
  latest: React.RefObject<Flow>,
  view: View,
): void {
  const store = useStoreApi();
  const { screenToFlowPosition } = useReactFlow();
  useEffect(
    () =>
      setBridge({
        landing(clientX, clientY, component) {
          const under = document
            .elementsFromPoint(clientX, clientY)
            .filter((element) => !element.closest(".drag-ghost"));
          if (!under[0] || !section.current?.contains(under[0]) || under[0].closest(".float, .map")) return null;
          const edge = under.find((element) => element.closest(".react-flow__edge"))?.closest(".react-flow__edge");
          const at = screenToFlowPosition({ x: clientX, y: clientY });
          const split = splitOf(actions.current(), latest.current, edge?.getAttribute("data-id") ?? null, component);
          return { at: snapped({ x: at.x - 85, y: at.y - 21 }), split };
        },
        hover: (edge) => canvas.get().over !== edge && canvas.set({ over: edge }),
        nextPlace(width, height) {
          const flow = latest.current;
          const { chosen } = canvas.get();
          const selected = [...selectedNodes(actions.current().selection)].at(-1);
          const id = chosen ? nodeOfEnd(chosen.port) : selected;
          const beside = id === undefined ? undefined : flow.byId.get(id);
          const state = store.getState();
          const [x, y, zoom] = state.transform;
          const middle = { x: (state.width / 2 - x) / zoom - width / 2, y: (state.height / 2 - y) / zoom - height / 2 };
          const isBefore = chosen?.port.side === "to";
          const wanted = beside
            ? {
                x: isBefore ? beside.position.x - GAP_X - width : beside.position.x + (beside.width ?? 0) + GAP_X,
                y: beside.position.y,
              }
            : middle;
          const boxes = flow.nodes.map((node) => ({
            ...node.position,
            width: node.width ?? 0,
            height: node.height ?? 0,
          }));
          return freePlace({ ...snapped(wanted), width, height }, boxes);
        },
        show: (task) => view.goTo(nodeId("task", task)),
      }),
    [section, latest, view, store, screenToFlowPosition],
  );
}
