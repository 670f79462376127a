/** What was opened last in this browser: names and paths only. */
import { useEffect } from "react";
import { KINDS, type Kind } from "../net/types.ts";
import { type Place, readPlace } from "../route/places.ts";

export interface Recent {
  name: string;
  path: string;
}

const KEY = "recently-opened";
const MOST = 8;
/** A page that is only passed through was not opened. */
const LOOKED_AT = 1500;
const END = " · Component Hub";

export function recentlyOpened(): Recent[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.filter((r) => typeof r?.name === "string" && typeof r.path === "string" && readPlace(r.path));
  } catch {
    return [];
  }
}

function remember(entry: Recent) {
  try {
    const others = recentlyOpened().filter((r) => r.path !== entry.path);
    localStorage.setItem(KEY, JSON.stringify([entry, ...others].slice(0, MOST)));
  } catch {
    // Storage is switched off: nothing is remembered.
  }
}

/** The icon of a remembered path: the kind of the asset, a run, a draft. */
export function recentIcon(path: string): { icon: string; kind: Kind | null } {
  const place = readPlace(path);
  if (place && "kind" in place) return { icon: KINDS.includes(place.kind) ? place.kind : "file", kind: place.kind };
  return { icon: place?.page === "run" ? "run" : "draft", kind: null };
}

/** Remembers assets, runs and drafts that are looked at, by the title of their page. */
export function useRemembering(place: Place | null, path: string) {
  const page = place?.page;
  useEffect(() => {
    if (page !== "asset" && page !== "run" && page !== "creator") return;
    const timer = setTimeout(() => {
      const title = document.title;
      if (!title.endsWith(END) || title.startsWith("Not found")) return;
      const name = title.slice(0, -END.length);
      // The title of a run begins with its state, which is not its name and changes.
      remember({ name: page === "run" ? name.replace(/^[^·]+ · /, "") : name, path });
    }, LOOKED_AT);
    return () => clearTimeout(timer);
  }, [page, path]);
}
