/** Pages have style sheets of their own, of which one holds at a time, so that none reaches into another's page. */
import { useEffect, useState } from "react";
import { onRecovered, probe } from "../net/connection.ts";

const sheets = new Map<string, CSSStyleSheet>();

/** `again`: what failed once is remembered by the browser; with a query it is another file. */
function load(href: string, again: boolean): Promise<void> {
  if (sheets.has(href)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = again ? `${href}?again=${Date.now()}` : href;
    link.onload = () => {
      if (sheets.has(href) || !link.sheet) link.remove();
      else sheets.set(href, link.sheet);
      resolve();
    };
    link.onerror = () => {
      link.remove();
      void probe();
      reject(new Error(`${href} could not be loaded`));
    };
    document.head.append(link);
  });
}

/** The sheets themselves: a link that is turned on again would be loaded again. */
function only(href: string) {
  for (const [each, sheet] of sheets) sheet.disabled = each !== href;
}

/** "ready" once the sheet holds; asked for again when the hub answers again. */
export function usePageStyle(href: string): "loading" | "ready" | "failed" {
  const [state, setState] = useState<{ href: string; state: "ready" | "failed" } | null>(null);
  useEffect(() => {
    let gone = false;
    const begin = (again: boolean) =>
      load(href, again).then(
        () => {
          if (gone) return;
          only(href);
          setState({ href, state: "ready" });
        },
        () => !gone && setState({ href, state: "failed" }),
      );
    void begin(false);
    const stop = onRecovered(() => void begin(true));
    return () => {
      gone = true;
      stop();
    };
  }, [href]);
  return state?.href === href ? state.state : "loading";
}
