/* How much nodes show at a zoom. Steps rather than the zoom itself: nothing is drawn again between two of them. */
import { createContext } from "react";

/** 1: everything; else the size of titles is divided by it; 0: titles would be too small to read. */
export type Detail = 1 | 0.5 | 0.4 | 0.32 | 0.25 | 0;

const FULL = 0.6;
const STEPS = [0.5, 0.4, 0.32, 0.25] as const;

export function detailAt(zoom: number): Detail {
  if (zoom >= FULL) return 1;
  return STEPS.find((step) => zoom >= step) ?? 0;
}

export const DetailContext = createContext<Detail>(1);
