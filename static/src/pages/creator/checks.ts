/** Has the hub check the document after each change. */
import { onRecovered } from "../../net/connection.ts";
import { onEvents } from "../../net/events.ts";
import * as hub from "../../net/hub.ts";
import { placed, unreadable } from "./problems/problem.ts";
import { session } from "./store.ts";

const PAUSE = 300;

/** Until the returned function is called. */
export function watchChecks(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let controller: AbortController | undefined;
  const plan = (wait: number) => {
    clearTimeout(timer);
    controller?.abort();
    session.checking();
    timer = setTimeout(() => void run(), wait);
  };
  const run = async () => {
    const document = session.typed();
    if (!document.editable) return session.checked(unreadable(document), [], null);
    controller = new AbortController();
    const { signal } = controller;
    const begin = performance.now();
    try {
      const { problems, references = [] } = await hub.check({ document: document.text }, signal);
      // That an empty canvas has no tasks is where everybody begins, not a mistake.
      const mistakes = problems.filter((problem) => problem.code !== "no_tasks");
      session.checked(placed(mistakes, document), references, Math.round(performance.now() - begin));
    } catch {
      // The hub does not answer: what was found stays, and it is asked again when it does.
      if (!signal.aborted) session.unchecked();
    }
  };
  // What cannot be read is said at once.
  const changed = () => plan(session.typed().editable ? PAUSE : 0);
  plan(0);
  const stops = [session.onChange(changed), onRecovered(() => plan(0)), onEvents(["assets"], () => plan(PAUSE))];
  return () => {
    clearTimeout(timer);
    controller?.abort();
    for (const stop of stops) stop();
  };
}
