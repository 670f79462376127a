/* The document of the store as nodes and edges. */
import { useMemo, useRef } from "react";
import { useCreator } from "../store.ts";
import { deriveFlow, type Flow } from "./flow.ts";
import { useCanvas } from "./state.ts";

export function useFlow(): Flow {
  const document = useCreator((creator) => creator.document);
  const interfaces = useCreator((creator) => creator.interfaces);
  const references = useCreator((creator) => creator.references);
  const problemsOf = useCreator((creator) => creator.problemsOf);
  const unfolded = useCanvas((state) => state.unfolded);
  const before = useRef<Flow | null>(null);
  return useMemo(() => {
    before.current = deriveFlow({ document, interfaces, references, problemsOf, unfolded }, before.current);
    return before.current;
  }, [document, interfaces, references, problemsOf, unfolded]);
}
