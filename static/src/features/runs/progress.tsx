/** How far a run is, as a bar of its tasks' states. */
import { stateClass } from "../../ui/icon.tsx";
import { type Counts, ORDER, progressWords } from "./run.ts";

export function Progress({ counts }: { counts: Counts }) {
  return (
    <span className="prog" title={progressWords(counts)} aria-hidden="true">
      {ORDER.map((state) => {
        const n = counts[state] ?? 0;
        if (!n) return null;
        return state === "pending" ? (
          <span key={state} style={{ flex: n }} />
        ) : (
          <i key={state} className={stateClass(state)} style={{ flex: n }} />
        );
      })}
    </span>
  );
}
