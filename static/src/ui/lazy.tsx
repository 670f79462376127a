/** Parts that are loaded when they are first shown. */
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { onRecovered } from "../net/connection.ts";
import { loadCode } from "../net/load-code.ts";
import { Button } from "./controls.tsx";
import { Skeleton } from "./states.tsx";

interface Lazy<P> {
  (props: P): ReactNode;
  /** It shows at once. */
  loaded(): boolean;
  /** Fetches it before it is shown, so that it is there at once, also when the hub is not. */
  preload(): Promise<void>;
}

/** How long after a page is shown its parts are fetched that nobody has asked for yet, in milliseconds. */
export const PRELOAD_AFTER = 2500;

/** The part that `load` brings; asked for again when the hub answers again. */
export function lazily<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): Lazy<P> {
  let Part: ComponentType<P> | null = null;
  const preload = () =>
    loadCode(load).then(
      (module) => {
        Part = module.default;
      },
      () => {}, // it is asked for again when it is shown
    );
  function Lazy(props: P) {
    const [failed, setFailed] = useState(false);
    const [turn, setTurn] = useState(0);
    // biome-ignore lint/correctness/useExhaustiveDependencies: turn asks once more
    useEffect(() => {
      if (Part) return;
      let gone = false;
      loadCode(load).then(
        (module) => {
          Part = module.default;
          if (!gone) setTurn((n) => n + 1);
        },
        () => !gone && setFailed(true),
      );
      const stop = onRecovered(() => setTurn((n) => n + 1));
      return () => {
        gone = true;
        stop();
      };
    }, [turn]);
    if (Part) return <Part {...props} />;
    if (!failed) return <Skeleton lines={6} />;
    return (
      <p className="row wrap lazy-failed" role="alert">
        This part could not be loaded.
        <Button size="s" icon="retry" onClick={() => setTurn((n) => n + 1)}>
          Try again
        </Button>
      </p>
    );
  }
  return Object.assign(Lazy, { preload, loaded: () => Part !== null });
}
