/** What was there stays until what follows it has come: results replace each other without a gap. */
import { useRef } from "react";

export function useLast<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}
