/** The lines of a text with a note under each line that something is wrong with; far from those it is folded. */
import { Fragment, useState } from "react";
import type { Problem } from "../../net/types.ts";
import { CodeLine } from "../../ui/code.tsx";
import { counted } from "../../ui/format.ts";
import { asSentence, markedPart } from "./items.ts";

interface Props {
  lines: string[];
  notes: Map<number, Problem[]>;
  name: string;
}

/** So many lines are shown at once. */
const MOST = 400;
const AROUND = 12;

export function ProblemLines({ lines, notes, name }: Props) {
  const [all, setAll] = useState(false);
  const long = lines.length > MOST && !all;
  const shows = (n: number) =>
    !long || (notes.size ? [...notes.keys()].some((at) => Math.abs(at - n) <= AROUND) : n <= MOST);
  const rows: ({ n: number } | { hidden: number; from: number })[] = [];
  for (let n = 1; n <= lines.length; n++) {
    const last = rows.at(-1);
    if (shows(n)) rows.push({ n });
    else if (last && "hidden" in last) last.hidden++;
    else rows.push({ hidden: 1, from: n });
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="code upload-lines" aria-label={`Lines of ${name}`} tabIndex={0}>
      {rows.map((row) =>
        "n" in row ? (
          <Line key={row.n} n={row.n} text={lines[row.n - 1]!} problems={notes.get(row.n)} />
        ) : (
          <button key={`h${row.from}`} type="button" className="btn quiet s" onClick={() => setAll(true)}>
            Show {counted(row.hidden, "more line")}
          </button>
        ),
      )}
    </section>
  );
}

function Line({ n, text, problems }: { n: number; text: string; problems: Problem[] | undefined }) {
  const bad = problems?.some((p) => p.severity === "error");
  const marked = problems && markedPart(text, problems[0]?.column);
  return (
    <Fragment>
      <div className={`line ${problems ? (bad ? "hit" : "hitw") : ""}`}>
        <span className="n" aria-hidden="true">
          {n}
        </span>
        <span className="t">
          {marked ? (
            <>
              <CodeLine text={marked[0]} language="yaml" />
              <u>{marked[1]}</u>
              {marked[2]}
            </>
          ) : (
            <CodeLine text={text} language="yaml" />
          )}
        </span>
      </div>
      {problems?.map((problem, i) => (
        <div
          key={`${problem.code} ${problem.path} ${i}`}
          className={`note ${problem.severity === "error" ? "" : "w"}`}
          tabIndex={-1}
          data-line={i === 0 ? n : undefined}
          data-problem
        >
          <b className={problem.severity === "error" ? "sev-e" : "sev-w"}>
            Line {n}
            {problem.column ? `, column ${problem.column}` : ""}: {problem.message}
            {/[.!?]$/.test(problem.message) ? "" : "."}
          </b>{" "}
          {problem.hint && <span className="muted">{asSentence(problem.hint)} </span>}
          <span className="dim mono xs">{problem.code}</span>
        </div>
      ))}
    </Fragment>
  );
}
