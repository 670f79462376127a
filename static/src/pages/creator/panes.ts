/** How wide the panes are and which are open, remembered in this browser. */
import { useEffect, useState } from "react";

export interface Panes {
  palette: number;
  inspector: number;
  yaml: number;
  problems: boolean;
}

export const LIMITS = { palette: [168, 360], inspector: [260, 560], yaml: [280, 900] } as const;
const USUAL: Panes = { palette: 212, inspector: 308, yaml: 372, problems: true };
const KEY = "creator-panes";

function read(): Panes {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Panes>;
    const width = (name: keyof typeof LIMITS) => {
      const value = kept[name];
      return typeof value === "number" && value >= LIMITS[name][0] && value <= LIMITS[name][1] ? value : USUAL[name];
    };
    return {
      palette: width("palette"),
      inspector: width("inspector"),
      yaml: width("yaml"),
      problems: kept.problems ?? USUAL.problems,
    };
  } catch {
    return USUAL;
  }
}

export function usePanes(): [Panes, (change: Partial<Panes>) => void] {
  const [panes, setPanes] = useState(read);
  const change = (some: Partial<Panes>) =>
    setPanes((before) => {
      const next = { ...before, ...some };
      try {
        localStorage.setItem(KEY, JSON.stringify(next));
      } catch {
        // Storage is switched off: they last as long as the page.
      }
      return next;
    });
  return [panes, change];
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const changed = () => setMatches(media.matches);
    changed();
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, [query]);
  return matches;
}
