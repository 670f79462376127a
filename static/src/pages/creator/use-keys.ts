/** Keys of the whole creator; those of the canvas are its own. */
import { useEffect, useRef } from "react";
import { actions } from "./store.ts";
import type { CreatorActs } from "./studio.tsx";

const keyOf = (event: KeyboardEvent) =>
  [event.ctrlKey || event.metaKey ? "ctrl" : "", event.shiftKey ? "shift" : "", event.key.toLowerCase()]
    .filter(Boolean)
    .join(" ");

export function useKeys(acts: CreatorActs) {
  const now = useRef(acts);
  now.current = acts;
  useEffect(() => {
    const everywhere: Record<string, () => void> = {
      "ctrl s": () => now.current.save(),
      "ctrl enter": () => now.current.launch(),
    };
    const notTyping: Record<string, () => void> = {
      "ctrl z": actions.undo,
      "ctrl shift z": actions.redo,
      "ctrl y": actions.redo,
      "ctrl b": () => now.current.showCompiled(),
      "ctrl shift c": () => now.current.showProblems(),
      y: () => now.current.toggleYaml(),
    };
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
      const key = keyOf(event);
      const act = everywhere[key] ?? (isTyping(event) ? undefined : notTyping[key]);
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

/** Also inside the code view, whose text lives in a shadow root. It only reads unless it is editable. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return target.getAttribute("aria-readonly") !== "true";
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
