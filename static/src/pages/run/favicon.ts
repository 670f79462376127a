/** The run's state in the icon of its tab, by shape and colour. */
import { useEffect } from "react";
import type { State } from "../../net/types.ts";

const MARKS: Record<State, [colour: string, shape: string]> = {
  pending: [
    "#5b6676",
    '<circle cx="8" cy="8" r="6" fill="none" stroke="C" stroke-width="2.5" stroke-dasharray="2 2.7"/>',
  ],
  running: [
    "#2b63dd",
    '<path d="M8 2a6 6 0 1 1-6 6" fill="none" stroke="C" stroke-width="3"/><circle cx="8" cy="8" r="2" fill="C"/>',
  ],
  succeeded: [
    "#17753a",
    '<circle cx="8" cy="8" r="8" fill="C"/><path d="m4.5 8.2 2.4 2.4 4.5-5" fill="none" stroke="#fff" stroke-width="2"/>',
  ],
  failed: [
    "#c0222b",
    '<path d="M5 0h6l5 5v6l-5 5H5l-5-5V5z" fill="C"/><path d="m5 5 6 6M11 5l-6 6" stroke="#fff" stroke-width="2"/>',
  ],
  cancelled: [
    "#5b6676",
    '<circle cx="8" cy="8" r="6.5" fill="none" stroke="C" stroke-width="2.5"/><path d="M5.5 5.5h5v5h-5z" fill="C"/>',
  ],
  skipped: ["#5b6676", '<path d="m3 3 5 5-5 5M8 3l5 5-5 5" fill="none" stroke="C" stroke-width="2.5"/>'],
  timed_out: [
    "#b86a00",
    '<path d="M3 1h10M3 15h10M4 1c0 5 4 5 4 7s-4 2-4 7M12 1c0 5-4 5-4 7s4 2 4 7" fill="none" stroke="C" stroke-width="2"/>',
  ],
};

export function useFavicon(state: State | undefined) {
  useEffect(() => {
    if (!state) return;
    const [colour, shape] = MARKS[state];
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shape.replaceAll("C", colour)}</svg>`;
    const link = document.querySelector<HTMLLinkElement>("link[rel~=icon]");
    if (!link) return;
    const { href, type } = link;
    link.type = "image/svg+xml";
    link.href = `data:image/svg+xml,${encodeURIComponent(picture)}`;
    return () => {
      link.type = type;
      link.href = href;
    };
  }, [state]);
}
