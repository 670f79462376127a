/** Two texts with what differs between them, one below the other. */
import { useMemo, useState } from "react";
import { counted } from "../../ui/format.ts";
import { type DiffLine, type DiffPart, diffLines, withContext } from "./diff.ts";

export default function DiffView({ left, right, labels }: { left: string; right: string; labels: [string, string] }) {
  const lines = useMemo(() => diffLines(left, right), [left, right]);
  const parts = useMemo(() => withContext(lines), [lines]);
  const added = lines.filter((line) => line.kind === "added").length;
  const removed = lines.filter((line) => line.kind === "removed").length;
  if (added + removed === 0) return <p className="diff-none">There is no difference.</p>;
  return (
    <div className="diff">
      <header>
        <span className="grow cut">
          {labels[0]} to {labels[1]}
        </span>
        <span className="badge ok">+{added}</span>
        <span className="badge bad">−{removed}</span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it */}
      <section className="code diff-lines" tabIndex={0} aria-label={`${labels[0]} compared with ${labels[1]}`}>
        {parts.map((part, i) => (
          <Part key={`${part.kind}${i}`} part={part} />
        ))}
      </section>
    </div>
  );
}

function Part({ part }: { part: DiffPart }) {
  const [open, setOpen] = useState(false);
  if (part.kind === "gap" && !open)
    return (
      <button type="button" className="diff-gap" onClick={() => setOpen(true)}>
        {counted(part.lines.length, "line")} the same
      </button>
    );
  return (
    <>
      {part.lines.map((line) => (
        <Line key={`${line.left} ${line.right}`} line={line} />
      ))}
    </>
  );
}

const SIGNS = { same: "", added: "+", removed: "−" };
const WORDS = { same: "", added: "added: ", removed: "removed: " };

const Line = ({ line }: { line: DiffLine }) => (
  <div className={`diff-line ${line.kind}`}>
    <span className="diff-number">{line.right ?? line.left}</span>
    <span className="diff-sign" aria-hidden="true">
      {SIGNS[line.kind]}
    </span>
    <span className="diff-text">
      <span className="sr">{WORDS[line.kind]}</span>
      {line.text || " "}
    </span>
  </div>
);
