/** Says that the hub does not answer, is slow or fails, and when it is asked again. */
import { useEffect, useState } from "react";
import { probe } from "../net/connection.ts";
import { useConnection } from "../net/use-connection.ts";
import { Button } from "../ui/controls.tsx";
import { Icon } from "../ui/icon.tsx";

export function ConnectionBar() {
  const connection = useConnection();
  const [now, setNow] = useState(Date.now);
  const counting = connection.state === "down" || connection.state === "failing";
  useEffect(() => {
    if (!counting) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [counting]);

  let text = "";
  if (connection.state === "slow") text = "The hub is slow to answer. What you see may be a moment old.";
  if (connection.state === "down") text = "The hub does not answer. Nothing is lost; this page goes on by itself.";
  if (connection.state === "failing") text = "The hub answers with errors. This page goes on when it has recovered.";
  const seconds = counting ? Math.max(0, Math.ceil((connection.retryAt - now) / 1000)) : 0;
  return (
    <div className="connection" role="status" data-state={connection.state}>
      {text && (
        <div className={`notice ${connection.state === "slow" ? "" : "bad"}`}>
          <Icon name={connection.state === "slow" ? "clock" : "warn"} />
          <span className="grow">{text}</span>
          {counting && (
            <>
              <span className="num" aria-hidden="true">
                {seconds > 0 ? `Trying again in ${seconds} s` : "Trying…"}
              </span>
              <Button size="s" onClick={() => void probe()}>
                Try now
              </Button>
            </>
          )}
        </div>
      )}
    </div>
  );
}
