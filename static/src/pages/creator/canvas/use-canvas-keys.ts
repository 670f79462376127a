/* Keys and clipboard of the canvas, as events of the page. */
import { useEffect } from "react";
import { actions } from "../store.ts";
import * as acts from "./acts.ts";
import { nodeId } from "./ids.ts";
import { canvasKey, isElsewhere, pageKey, type View } from "./keys.ts";
import { GRID } from "./places.ts";
import { canvas } from "./state.ts";

export function useCanvasKeys(section: React.RefObject<HTMLElement | null>, view: View): void {
  useEffect(() => {
    const element = section.current!;
    const onCanvas = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event) || (event.target as Element).closest(".float, .starts")) return;
      if (canvasKey(event, view)) event.preventDefault();
    };
    const onPage = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event)) return;
      if ((event.ctrlKey || event.metaKey) && event.key === "f") canvas.set({ list: true });
      else if (!pageKey(event, view)) return;
      event.preventDefault();
    };
    const onClipboard = (event: ClipboardEvent) => {
      if (isElsewhere(event) || !event.clipboardData) return;
      if (event.type === "paste" ? pasted(event.clipboardData, view) : copied(event.clipboardData, event.type, view))
        event.preventDefault();
    };
    element.addEventListener("keydown", onCanvas);
    addEventListener("keydown", onPage);
    for (const type of CLIPBOARD) document.addEventListener(type, onClipboard);
    return () => {
      element.removeEventListener("keydown", onCanvas);
      removeEventListener("keydown", onPage);
      for (const type of CLIPBOARD) document.removeEventListener(type, onClipboard);
    };
  }, [section, view]);
}

const CLIPBOARD = ["copy", "cut", "paste"] as const;
/** How often the same text was pasted: each copy stands beside the one before. */
let pasting = { text: "", times: 0 };

function copied(clipboard: DataTransfer, type: string, view: View): boolean {
  if (String(getSelection()) !== "") return false;
  const text = acts.copySelected();
  if (text === null) return false;
  clipboard.setData("text/plain", text);
  if (type === "cut" && !actions.current().readOnly) acts.removeSelected(view.flow());
  pasting = { text, times: 0 };
  return true;
}

function pasted(clipboard: DataTransfer, view: View): boolean {
  const text = clipboard.getData("text/plain");
  if (text === "" || actions.current().readOnly) return false;
  pasting = { text, times: pasting.text === text ? pasting.times + 1 : 1 };
  const by = 2 * GRID * pasting.times;
  if (!acts.paste(text, { x: by, y: by })) return false;
  const first = acts.selectedTasks()[0];
  if (first) view.goTo(nodeId("task", first));
  return true;
}
