/** One text, to be pasted, typed and read, with what is wrong at its place. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { Place } from "../../features/code/code-view.tsx";
import { Code } from "../../features/code/lazy-code.tsx";
import { onRecovered } from "../../net/connection.ts";
import { Badge, Button, IconButton } from "../../ui/controls.tsx";
import { counted } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { PRELOAD_AFTER } from "../../ui/lazy.tsx";
import { type Answer, countOf, type Source, spanOf } from "./sources.ts";
import type { Look } from "./use-look.ts";

interface Props {
  source: Source;
  look: Look | undefined;
  goTo: Place | null;
  tektonOnly: boolean;
  change(text: string): void;
  remove(): void;
  onLine(line: number): void;
  /** shown below the field while there is no text */
  ways: ReactNode;
}

export function TextPanel({ source, look, goTo, tektonOnly, change, remove, onLine, ways }: Props) {
  const empty = source.text === "";
  return (
    <section className="panel lint-text" aria-label={`Text of ${source.name}`}>
      <header>
        <h2 className="cut">{source.name}</h2>
        <Verdict look={look} empty={empty} />
        <span className="grow" />
        <span className="dim sm nowrap wide">Checked as you type, nothing is stored</span>
        {!empty && <IconButton label={`Close ${source.name}`} icon="x" size="s" onClick={remove} />}
      </header>
      <Editor
        key={source.id}
        source={source}
        answer={look?.answer ?? null}
        goTo={goTo}
        change={change}
        onLine={onLine}
      />
      {empty ? (
        ways
      ) : (
        <p className="row sm dim lint-foot">
          <Icon name="info" />
          <span className="grow">
            {tektonOnly
              ? "The same rules as Tekton's admission check, and nothing else."
              : "The same rules as Tekton's admission check, and what is likely to be regretted."}
          </span>
          <span className="wide">
            <kbd>F8</kbd> next problem
          </span>
        </p>
      )}
    </section>
  );
}

/** How many errors and warnings there are, or that it is accepted; told again whenever it changes. */
function Verdict({ look, empty }: { look: Look | undefined; empty: boolean }) {
  return (
    <span className="row sm lint-verdict" role="status">
      {!empty &&
        look &&
        (look.answer ? <Counts answer={look.answer} /> : look.checking && <span className="dim">Checking</span>)}
      {look?.error && !empty && (
        <Badge tone="warn">{look.error.code === "too_large" ? "Too large" : "Not checked"}</Badge>
      )}
    </span>
  );
}

function Counts({ answer }: { answer: Answer }) {
  const errors = countOf(answer.problems, "error");
  const warnings = countOf(answer.problems, "warning");
  if (errors + warnings === 0)
    return answer.documents.length ? <Badge tone="ok">No problems</Badge> : <span className="dim">No documents</span>;
  return (
    <>
      {errors > 0 && (
        <span className="row count sev-e">
          <Icon name="error" />
          {counted(errors, "error")}
        </span>
      )}
      {warnings > 0 && (
        <span className="row count sev-w">
          <Icon name="warn" />
          {counted(warnings, "warning")}
        </span>
      )}
    </>
  );
}

/**
 * A plain field until there is something to read and the code view is there; then that one, for good, with the caret
 * where it was.
 */
function Editor({
  source,
  answer,
  goTo,
  change,
  onLine,
}: Pick<Props, "source" | "goTo" | "change" | "onLine"> & { answer: Answer | null }) {
  const loaded = useCodeView(source.text !== "");
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<Place | null>(null);
  const [plain, setPlain] = useState(source.text === "" || !loaded);
  useEffect(() => {
    if (!plain || !loaded || source.text === "") return;
    const element = field.current;
    if (element === document.activeElement && element) setCaret(placeOf(element.value, element.selectionEnd));
    setPlain(false);
  }, [plain, loaded, source.text]);
  const { text } = source;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is of the text that was answered; marks move with it
  const markers = useMemo(() => {
    const lines = text.split("\n");
    return (answer?.problems ?? []).flatMap((problem) => {
      if (!problem.line) return [];
      const line = Math.min(problem.line, lines.length); // a text that ends too early is wrong behind its last line
      const { severity, message } = problem;
      return [{ line, severity, message, span: spanOf(lines[line - 1]!, problem) }];
    });
  }, [answer]);
  if (plain)
    return (
      <textarea
        ref={field}
        className="mono lint-plain"
        aria-label={`Text of ${source.name}`}
        placeholder="Paste or type Tekton YAML or JSON: Tasks, Pipelines, runs, one document or several"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
      />
    );
  return (
    <Code
      text={text}
      language="yaml"
      label={`Text of ${source.name}`}
      readOnly={false}
      markers={markers}
      goTo={goTo ?? caret}
      onChange={change}
      onLine={onLine}
    />
  );
}

/** Whether the code view is there. It is fetched at once when `wanted`, and a little later otherwise. */
function useCodeView(wanted: boolean): boolean {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (Code.loaded()) return;
    let gone = false;
    const load = () => void Code.preload().then(() => !gone && redraw((n) => n + 1));
    const timer = setTimeout(load, wanted ? 0 : PRELOAD_AFTER);
    const stop = onRecovered(load);
    return () => {
      gone = true;
      clearTimeout(timer);
      stop();
    };
  }, [wanted]);
  return Code.loaded();
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length };
}

/** What one can do while there is no text. */
export function Ways({ choose, example }: { choose(): void; example(): void }) {
  return (
    <div className="dropz lint-ways">
      <Icon name="upload" size={20} />
      <b>Drop files here</b>
      <span className="dim sm">YAML or JSON, several at once, up to 8 MiB each. Nothing is stored.</span>
      <div className="row wrap">
        <Button icon="file" onClick={choose}>
          Choose files
        </Button>
        <Button icon="play" onClick={example}>
          Try an example
        </Button>
      </div>
    </div>
  );
}
