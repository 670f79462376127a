/** What the fields of the inspector have in common. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { pointerPath } from "../../../model/document.ts";
import { family, isFile } from "../../../model/types.ts";
import { capital } from "../../../ui/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import type { Problem } from "../store.ts";

let visits = 0;

/** What is typed in a field from its focus on is one step to undo. */
export function useVisit() {
  const merge = useRef("");
  return {
    merge: () => (merge.current ||= `visit ${++visits}`),
    onFocus: () => {
      merge.current = `visit ${++visits}`;
    },
  };
}

/**
 * A field that is only taken over as a whole: when it is left, or with Enter; Escape gives up. `commit` says why not,
 * which stays at the field with what was typed. `subject` is what the field is about, where the value does not say it.
 */
export function useCommitted(value: string, commit: (text: string) => string | null, subject = value) {
  const [draft, setDraft] = useState<{ of: string; text: string; error: string | null } | null>(null);
  const mine = draft?.of === subject ? draft : null;
  const finish = () => {
    if (!mine) return;
    const text = mine.text.trim();
    const error = text === value ? null : commit(text);
    setDraft(error === null ? null : { ...mine, error });
  };
  // Also what is typed when the field goes away without having lost the focus.
  const last = useRef(finish);
  last.current = finish;
  useEffect(() => () => last.current(), []);
  return {
    error: mine?.error ?? null,
    props: {
      value: mine?.text ?? value,
      autoComplete: "off",
      spellCheck: false,
      "aria-invalid": mine?.error ? true : undefined,
      onChange: (event: { currentTarget: { value: string } }) =>
        setDraft({ of: subject, text: event.currentTarget.value, error: null }),
      onBlur: finish,
      onKeyDown: (event: React.KeyboardEvent) => {
        if (event.key === "Enter") finish();
        if (event.key !== "Escape" || !mine) return;
        event.stopPropagation();
        setDraft(null);
      },
    },
  };
}

/** The mark of a port: a circle for a value, a square for a file; filled when it is connected. */
export function PortDot({ type, on, missing }: { type: string | null; on?: boolean; missing?: boolean }) {
  const look = `${on ? "on" : ""} ${isFile(type) ? "file" : ""} ${missing ? "miss" : ""}`;
  return <span className={`p p-${family(type)} dot ${look}`.replace(/\s+/g, " ").trim()} aria-hidden="true" />;
}

/** A line below a field: what is wrong with it. */
export function Fault({ id, tone = "bad", children }: { id?: string; tone?: "bad" | "warn"; children: ReactNode }) {
  return (
    <p className={`help ${tone}`} id={id}>
      <Icon name={tone === "bad" ? "error" : "warn"} size={12} />
      <span>{children}</span>
    </p>
  );
}

const ended = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** Message and hint as sentences; the name of the task goes where it stands at the task. */
export function said({ message, hint, task }: Problem): string {
  const about = task !== null && message.startsWith(`${task}: `) ? message.slice(task.length + 2) : message;
  const first = about.startsWith(`${task} `) ? about : capital(about);
  return hint ? `${ended(first)} ${ended(capital(hint))}` : ended(first);
}

/** `most`: where the list of all problems is the better place for many. */
export function Problems({ problems, most = 100 }: { problems: readonly Problem[]; most?: number }) {
  if (!problems.length) return null;
  const more = problems.length - most;
  return (
    <div>
      {problems.slice(0, most).map((problem) => (
        <Fault key={`${problem.code} ${problem.message}`} tone={problem.severity === "error" ? "bad" : "warn"}>
          {said(problem)}
        </Fault>
      ))}
      {more > 0 && <p className="help">And {more} more in the list of problems.</p>}
    </div>
  );
}

/** Where in a task a problem is: ["arguments", "rows"], [] for the task as a whole. */
export const placeInTask = (problem: Problem): string[] => pointerPath(problem.path).slice(4);

/** A titled group of rows; `act` stands at the end of the title. */
export function Section({
  title,
  count,
  act,
  children,
}: {
  title: string;
  count?: number;
  act?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className="fs" aria-label={title}>
      <h3>
        {title} {count !== undefined && <span className="num">{count}</span>}
        <span className="grow" />
        {act}
      </h3>
      {children}
    </section>
  );
}
