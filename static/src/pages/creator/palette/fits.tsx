/* What a chosen port could be connected with. */
import { useEffect, useMemo, useRef, useState } from "react";
import { Icon } from "../../../ui/icon.tsx";
import { PortLabel } from "../canvas/connecting.tsx";
import { typeOfPort } from "../canvas/ports.ts";
import { type Chosen, canvas, useCanvas } from "../canvas/state.ts";
import { actions, useCreator } from "../store.ts";
import { type Fit, fitsFor } from "./entries.ts";
import { addFitting } from "./place.ts";
import { useAllEntries } from "./use-entries.ts";

const FIRST = 5;

/** The port that was chosen, else the selected input of the pipeline. */
function useChosen(): Chosen | null {
  const chosen = useCanvas((state) => state.chosen);
  const selection = useCreator((creator) => creator.selection);
  const document = useCreator((creator) => creator.document);
  return useMemo(() => {
    if (chosen) return chosen;
    if (selection.kind !== "input" || !document.inputs.some((port) => port.name === selection.name)) return null;
    const port = { side: "from", end: { input: selection.name } } as const;
    return { port, type: typeOfPort(actions.current(), port), at: null };
  }, [chosen, selection, document]);
}

export function Fits() {
  const chosen = useChosen();
  const all = useAllEntries(chosen !== null);
  const fits = useMemo(() => (chosen && all.data ? fitsFor(chosen, all.data) : null), [chosen, all.data]);
  const [whole, setWhole] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const isDropped = chosen !== null && chosen.at !== null && fits !== null;
  useEffect(() => {
    if (isDropped) list.current?.querySelector("button")?.focus();
  }, [isDropped]);
  if (!chosen) return null;
  const isHandler =
    chosen.port.side === "from" &&
    "task" in chosen.port.end &&
    actions.current().document.tasks.get(chosen.port.end.task)?.exitHandler;
  const shown = isHandler ? [] : whole ? fits : fits?.slice(0, FIRST);
  return (
    <section className="fit" aria-label="Fits this port">
      <h3>
        Fits this port
        <span className="num">{isHandler ? 0 : fits?.length}</span>
        <button type="button" className="btn quiet icon s" aria-label="Close" onClick={close}>
          <Icon name="x" size={12} />
        </button>
      </h3>
      <p className="row fit-port">
        <PortLabel port={chosen.port} type={chosen.type} />
      </p>
      {all.error && !all.data && <p className="pal-note">{all.error.message}</p>}
      {!fits && !all.error && <p className="pal-note dim late">Loading…</p>}
      {isHandler && (
        <p className="pal-note">An exit handler runs after all other tasks, which cannot use its outputs.</p>
      )}
      {!isHandler && fits?.length === 0 && <p className="pal-note">No component of the catalog fits.</p>}
      <ul ref={list}>
        {shown?.map((fit) => (
          <FitRow key={`${fit.entry.kind} ${fit.entry.key}`} fit={fit} chosen={chosen} />
        ))}
      </ul>
      {fits && !isHandler && fits.length > FIRST && (
        <button type="button" className="linklike" onClick={() => setWhole(!whole)}>
          {whole ? "Show fewer" : `Show all ${fits.length}`}
        </button>
      )}
    </section>
  );
}

function close(): void {
  if (canvas.get().chosen) canvas.set({ chosen: null });
  else actions.select({ kind: "none" });
}

function FitRow({ fit, chosen }: { fit: Fit; chosen: Chosen }) {
  const { entry, port } = fit;
  return (
    <li>
      <button type="button" className={`pal-row k-${entry.kind}`} onClick={() => addFitting(fit, chosen)}>
        <Icon name={entry.kind} />
        <span className="grow">
          <span className="cut">{entry.title}</span>
          <small className="cut">
            {chosen.port.side === "from" ? "into" : "from"} <span className="mono">{port.name}</span> · {entry.provider}
          </small>
        </span>
      </button>
    </li>
  );
}
