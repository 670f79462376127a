/** What is wrong, in Tekton's words, with the field path; each leads to its place. */
import { useEffect, useRef, useState } from "react";
import { Button, Segmented } from "../../ui/controls.tsx";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { countOf, type Found, type Severity } from "./sources.ts";

const ICONS = { error: "error", warning: "warn", info: "info" } as const;
const CLASSES = { error: "sev-e", warning: "sev-w", info: "dim" } as const;
/** So many rows are shown at once. */
const MOST = 100;

interface Props {
  found: readonly Found[];
  chosen: string | null;
  choose(found: Found): void;
  /** applies what a problem says would mend it */
  mend(found: Found): void;
  /** texts have names when there are several */
  named: boolean;
}

export function Problems({ found, chosen, choose, mend, named }: Props) {
  const [only, setOnly] = useState<Severity | "all">("all");
  const [all, setAll] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const of = (severity: Severity) =>
    countOf(
      found.map((each) => each.problem),
      severity,
    );
  const shown = found.filter((each) => only === "all" || each.problem.severity === only);
  const at = shown.findIndex((each) => each.key === chosen);
  const rows = all ? shown : shown.slice(0, Math.max(MOST, at + 1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a choice brings it into sight
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <section className="panel lint-problems" aria-label="Problems">
      <header>
        <h2>Problems</h2>
        <span className="grow" />
        <Segmented<Severity | "all">
          label="Which problems are shown"
          value={only}
          onChange={setOnly}
          options={[
            { value: "all", label: `All ${found.length}` },
            { value: "error", label: `Errors ${of("error")}` },
            { value: "warning", label: `Warnings ${of("warning")}` },
          ]}
        />
      </header>
      {shown.length === 0 && (
        <p className="lint-none dim">None{only === "all" ? "" : ` of this kind, ${found.length} of others`}.</p>
      )}
      <ol ref={list} onKeyDown={(event) => moveFocus(event, list.current)}>
        {rows.map((each, i) => (
          <li key={each.key}>
            <Row
              found={each}
              named={named}
              chosen={each.key === chosen}
              reachable={i === Math.max(0, at)}
              onClick={() => choose(each)}
            />
            {each.problem.fix && (
              <Button size="s" className="lint-fix" onClick={() => mend(each)}>
                {each.problem.code === "deprecated_version" ? "Convert to v1" : "Apply fix"}
                <span className="sr"> of: {each.problem.message}</span>
              </Button>
            )}
          </li>
        ))}
      </ol>
      {rows.length < shown.length && (
        <Button look="quiet" className="lint-more" onClick={() => setAll(true)}>
          Show {counted(shown.length - rows.length, "more problem")}
        </Button>
      )}
    </section>
  );
}

interface RowProps {
  found: Found;
  named: boolean;
  chosen: boolean;
  /** by Tab; the others by the arrows */
  reachable: boolean;
  onClick(): void;
}

function Row({ found: { problem, source }, named, chosen, reachable, onClick }: RowProps) {
  return (
    <button
      type="button"
      className="lint-problem"
      aria-current={chosen ? "true" : undefined}
      tabIndex={reachable ? 0 : -1}
      onClick={onClick}
    >
      <span className={CLASSES[problem.severity]}>
        <Icon name={ICONS[problem.severity]} />
        <span className="sr">{problem.severity}: </span>
      </span>
      <span className="lint-said">
        <Quoting text={problem.message} />
      </span>
      <span className="lint-line num dim sm nowrap">{problem.line ? `line ${problem.line}` : ""}</span>
      <span className="lint-where dim mono xs">
        <span>
          {named && <b>{source.name} </b>}
          {problem.path}
        </span>
        <span className="nowrap">{problem.code}</span>
      </span>
      {problem.hint && <span className="lint-hint muted sm">{problem.hint}</span>}
    </button>
  );
}

/** What stands in quotes is of the text that is looked at. */
const Quoting = ({ text }: { text: string }) =>
  text.split(/("[^"]+")/).map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));

/** Arrows walk through the problems, Home and End go to the ends. */
function moveFocus(event: React.KeyboardEvent, list: HTMLElement | null) {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY }[event.key];
  if (step === undefined || !list) return;
  const rows = [...list.querySelectorAll<HTMLElement>(".lint-problem")];
  event.preventDefault();
  const at = rows.findIndex((row) => row.parentElement!.contains(event.target as HTMLElement));
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}
