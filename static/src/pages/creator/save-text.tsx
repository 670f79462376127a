/** Whether what is seen is kept, in words. */
import { useEffect, useState } from "react";
import { openSignIn } from "../../features/sign-in.tsx";
import { useSession } from "../../net/use-session.ts";
import { Button } from "../../ui/controls.tsx";
import { ago, exact } from "../../ui/format.ts";
import { type SaveStatus, useCreator } from "./store.ts";

const TICK = 10000;

export function SaveText() {
  const save = useCreator((creator) => creator.save);
  const who = useSession();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), TICK);
    return () => clearInterval(timer);
  }, []);
  if (save.state === "guest")
    return (
      <Button look="quiet" size="s" className="save bad" onClick={openSignIn}>
        Not saved: sign in to keep it
      </Button>
    );
  const bad = save.state === "retrying" || save.state === "conflict" || save.error !== null;
  return (
    <span
      className={`save ${bad ? "bad" : ""}`}
      role={bad ? "alert" : undefined}
      title={save.at ? exact(save.at) : undefined}
    >
      {save.state === "new" && who?.authenticated === false ? "Kept once you sign in" : words(save)}
    </span>
  );
}

function words({ state, at, error }: SaveStatus): string {
  if (error) return `Not saved: ${error}`;
  if (state === "saved") return at === null ? "Saved" : `Saved ${age(at)}`;
  return {
    new: "Kept from the first change on",
    saving: "Saving…",
    unsaved: "Not saved yet",
    retrying: "Not saved, retrying",
    conflict: "Not saved: saved elsewhere",
    guest: "",
  }[state];
}

/** Younger times than others are told by: whoever just made a change looks here. */
function age(at: number): string {
  const seconds = Math.round((Date.now() - at) / 1000);
  return seconds >= 10 && seconds < 60 ? `${seconds} s ago` : ago(at);
}
