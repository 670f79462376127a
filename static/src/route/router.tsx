/** Where the browser is: paths, the query, links that do not load the page anew, titles. */
import { type AnchorHTMLAttributes, type MouseEvent, useEffect, useSyncExternalStore } from "react";

const MOVED = "hub:moved";

function subscribe(listener: () => void) {
  addEventListener("popstate", listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(MOVED, listener);
  };
}

const here = () => location.pathname + location.search;

/** "/components/starter/echo@1.0.0?tab=yaml", without the fragment. */
export const useHere = (): string => useSyncExternalStore(subscribe, here);

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

export function useQuery(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return new URLSearchParams(search);
}

let guard: (() => string | null) | null = null;

/** Asks before leaving while `reason()` gives one; undone by the returned function. */
export function guardLeaving(reason: () => string | null): () => void {
  guard = reason;
  const unload = (event: BeforeUnloadEvent) => {
    if (reason()) event.preventDefault();
  };
  addEventListener("beforeunload", unload);
  return () => {
    guard = null;
    removeEventListener("beforeunload", unload);
  };
}

/** Goes to a path of the application; `replace` puts no step into the history, `keepScroll` stays where it is. */
export function navigate(to: string, options: { replace?: boolean; keepScroll?: boolean } = {}) {
  const reason = guard?.();
  if (reason && !confirm(reason)) return;
  if (to === here()) return;
  if (options.replace) history.replaceState(history.state, "", to);
  else {
    rememberScroll();
    history.pushState({ scroll: 0 }, "", to);
  }
  dispatchEvent(new Event(MOVED));
  if (!options.keepScroll && !options.replace) scrollPage(0);
}

/** Gives what is shown another address: a new thing has got its own. Nothing is left, so nothing asks. */
export function readdress(to: string) {
  history.replaceState(history.state, "", to);
  dispatchEvent(new Event(MOVED));
}

/** Changes some of the query and leaves the rest: null takes one out. */
export function setQuery(change: Record<string, string | null>, options: { replace?: boolean } = {}) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change))
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  const text = query.toString();
  navigate(location.pathname + (text ? `?${text}` : ""), { ...options, keepScroll: true });
}

const scroller = () => document.querySelector("[data-scroll]");

/** A page scrolls in its frame; on narrow screens the document does. */
function scrollPage(top: number) {
  scroller()?.scrollTo(0, top);
  scrollTo(0, top);
}

function rememberScroll() {
  const top = scroller()?.scrollTop || scrollY;
  history.replaceState({ ...history.state, scroll: top }, "");
}

/** Puts the page back to where it was when it was left; called by pages once what they show is there. */
export function useScrollBack(ready: boolean) {
  const at = useHere();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each place has its own position
  useEffect(() => {
    if (!ready) return;
    const top = (history.state as { scroll?: number } | null)?.scroll ?? 0;
    if (top) scrollPage(top);
  }, [ready, at]);
}

let remembering: ReturnType<typeof setTimeout> | undefined;

/** A place that is left is remembered already; what was begun for it must not be written to the next one. */
function stopRemembering() {
  clearTimeout(remembering);
  remembering = undefined;
}

const scrolled = () => {
  remembering ??= setTimeout(() => {
    remembering = undefined;
    rememberScroll();
  }, 200);
};
addEventListener("scroll", scrolled, { capture: true, passive: true });
addEventListener("popstate", stopRemembering);

export interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
}

/** An anchor that moves within the application; with a modifier, a target or to elsewhere it is a plain one. */
export function Link({ href, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    if (rest.target || !href.startsWith("/") || href.startsWith("/api/")) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}

/** "Echo · Component Hub" */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = title ? `${title} · Component Hub` : "Component Hub";
  }, [title]);
}
