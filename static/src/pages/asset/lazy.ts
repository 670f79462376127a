/** Parts that are large and seldom wanted at first: their code is fetched when they are. */
import { type ComponentType, useEffect, useState } from "react";
import { onRecovered } from "../../net/connection.ts";
import { toast } from "../../ui/toast.tsx";

type Fetch<P> = () => Promise<{ default: ComponentType<P> }>;

export const fetchLaunchDialog = () => import("../../features/launch/launch-dialog.tsx");
export const fetchDocumentGraph = () => import("../../features/graph/document-graph.tsx");

/** null until it is there. `failed` is called when it could not be fetched; it is asked for again with the hub. */
export function useLazy<P>(fetch: Fetch<P>, failed?: () => void): ComponentType<P> | null {
  const [Part, setPart] = useState<ComponentType<P> | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is fetched once
  useEffect(() => {
    let gone = false;
    const load = () =>
      fetch().then(
        (module) => !gone && setPart(() => module.default),
        () => {
          if (gone) return;
          toast("The hub does not send this part of the page. Try again when it answers.", { tone: "bad" });
          failed?.();
        },
      );
    void load();
    const stop = onRecovered(() => void load());
    return () => {
      gone = true;
      stop();
    };
  }, []);
  return Part;
}
