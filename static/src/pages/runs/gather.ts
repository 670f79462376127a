/** A list that keeps its place while runs come, change and go. */
import type { Run, RunPage } from "../../net/types.ts";

export interface Gathered {
  /** What stands in the list, as it is now. */
  items: Run[];
  /** Newer ones, not in the list until they are asked for. */
  fresh: Run[];
  /** In the list, although the hub does not list them any more: they changed or are gone. */
  missing: string[];
}

/** `page` is the newest first page of the same list. Identifiers grow with time. */
export function gather(shown: readonly Run[], page: RunPage): Gathered {
  const now = new Map(page.items.map((run) => [run.id, run]));
  const first = shown[0]?.id ?? "";
  const lowest = page.next_cursor === null ? "" : (page.items.at(-1)?.id ?? "");
  return {
    items: shown.map((run) => now.get(run.id) ?? run),
    fresh: page.items.filter((run) => run.id > first),
    missing: shown.filter((run) => run.id >= lowest && !now.has(run.id)).map((run) => run.id),
  };
}

/** With those of the next page, without doubles. */
export function withMore(shown: readonly Run[], more: readonly Run[]): Run[] {
  const known = new Set(shown.map((run) => run.id));
  return [...shown, ...more.filter((run) => !known.has(run.id))];
}
