/** The creator's style sheet is a file of its own: others pages need not load it. */
import { useEffect, useState } from "react";
import { onRecovered } from "../../net/connection.ts";

let ready = false;

export function useCreatorStyle(): "loading" | "ready" | "failed" {
  const [state, setState] = useState<"loading" | "ready" | "failed">(ready ? "ready" : "loading");
  useEffect(() => {
    if (ready) return;
    let stopped = false;
    let tries = 0;
    const load = () => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      // What failed once is remembered by the browser; with a query it is another file.
      link.href = tries++ ? `${CREATOR_STYLE}?again=${Date.now()}` : CREATOR_STYLE;
      link.onload = () => {
        ready = true;
        if (!stopped) setState("ready");
      };
      link.onerror = () => {
        link.remove();
        if (!stopped) setState("failed");
      };
      document.head.append(link);
    };
    load();
    const stop = onRecovered(() => {
      if (!ready) load();
    });
    return () => {
      stopped = true;
      stop();
    };
  }, []);
  return state;
}
