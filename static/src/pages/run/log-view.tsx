/** The log of a task: followed, searched, and quick however long it is, as only the lines in sight are in the page. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { logsUrl } from "../../net/hub.ts";
import { isFinished } from "../../net/types.ts";
import { Button, IconButton } from "../../ui/controls.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Failure, Skeleton } from "../../ui/states.tsx";
import { Finder, RowIndex, splitMatches } from "./log-lines.ts";
import type { Row } from "./rows.ts";
import { useLog } from "./use-log.ts";

const LINE = 19;
/** Lines drawn above and below what is seen. */
const SPARE = 20;
const GUTTER = 54;
const PADDING = 12;

export interface LogViewProps {
  run: string;
  row: Row;
  follow: boolean;
  onFollow(on: boolean): void;
}

export function LogView({ run, row, follow, onFollow }: LogViewProps) {
  const steps = row.task.steps ?? [];
  const [step, setStep] = useState<string | null>(null);
  const [wrap, setWrap] = useState(true);
  const [query, setQuery] = useState("");
  const [current, setCurrent] = useState(0);
  const live = !isFinished(row.state);
  const started = row.iterations.some((t) => t.state !== "pending" && t.state !== "skipped");
  const { log, version, status, error, reload } = useLog({ run, task: row.id, step, started, live });

  const finder = useMemo(() => new Finder(query), [query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version says that the lines changed
  const found = useMemo(() => (query ? finder.update(log.lines).found : []), [finder, log, version]);
  const goTo = (to: number) => {
    if (!found.length) return;
    onFollow(false);
    setCurrent((to + found.length) % found.length);
  };
  const target = query && found.length ? found[Math.min(current, found.length - 1)]! : null;

  return (
    <div className="logtab">
      <div className="logbar">
        {steps.length > 1 && (
          <select
            className="btn s"
            aria-label="Step"
            value={step ?? ""}
            onChange={(event) => setStep(event.currentTarget.value || null)}
          >
            <option value="">All steps</option>
            {steps.map((s) => (
              <option key={s.name} value={s.name}>
                Step: {s.name}
              </option>
            ))}
          </select>
        )}
        <label className="find grow">
          <Icon name="search" size={12} />
          <input
            aria-label="Find in log"
            placeholder="Find in log"
            data-page-search
            spellCheck={false}
            value={query}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
              setCurrent(0);
              onFollow(false);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") goTo(current + (event.shiftKey ? -1 : 1));
              if (event.key === "Escape") setQuery("");
            }}
          />
          {query && (
            <span className="num xs dim" role="status">
              {found.length ? `${Math.min(current, found.length - 1) + 1} of ${found.length}` : "none"}
            </span>
          )}
          {found.length > 0 && (
            <>
              <IconButton
                label="Previous match"
                icon="down"
                size="s"
                className="up"
                onClick={() => goTo(current - 1)}
              />
              <IconButton label="Next match" icon="down" size="s" onClick={() => goTo(current + 1)} />
            </>
          )}
        </label>
        {live && (
          <Button
            size="s"
            className={follow ? "on" : ""}
            aria-pressed={follow}
            title="New lines keep the view at the end; scroll up to pause (F)"
            {...(follow && { icon: "check" })}
            onClick={() => onFollow(!follow)}
          >
            Follow
          </Button>
        )}
        <Button size="s" className={wrap ? "on" : ""} aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          Wrap
        </Button>
        <a
          className="btn quiet icon s"
          href={logsUrl(run, { task: row.id, step: step ?? undefined })}
          download={`${row.id}${step ? `-${step}` : ""}.log`}
          aria-label="Download log"
          title="Download log"
        >
          <Icon name="download" />
        </a>
      </div>
      {error ? (
        <Failure error={error} retry={reload} />
      ) : !started ? (
        <p className="lognote">
          {row.state === "skipped" ? "It did not run, so there is no log." : "Its log begins when it does."}
        </p>
      ) : !log.lines.length && status !== "ended" ? (
        status === "loading" ? (
          <div className="lognote">
            <Skeleton lines={4} />
          </div>
        ) : (
          <p className="lognote">Nothing written yet.</p>
        )
      ) : !log.lines.length ? (
        <p className="lognote">It wrote nothing.</p>
      ) : (
        <Lines
          lines={log.lines}
          version={version}
          dropped={log.dropped}
          longest={log.longest}
          wrap={wrap}
          query={query}
          target={target}
          targetTurn={current}
          follow={live && follow}
          atEnd={row.state === "failed" || row.state === "timed_out"}
          onFollow={onFollow}
          label={`Log of ${row.title}`}
        />
      )}
      {status === "broken" && (
        <p className="lognote warn" role="status">
          <Icon name="warn" size={12} /> The log was interrupted; it goes on as soon as the hub answers.
        </p>
      )}
    </div>
  );
}

interface LinesProps {
  lines: readonly string[];
  version: number;
  dropped: number;
  longest: number;
  wrap: boolean;
  query: string;
  /** The line of the match that one is at. */
  target: number | null;
  targetTurn: number;
  follow: boolean;
  /** Opens at its end, where the reason of a failure stands. */
  atEnd: boolean;
  onFollow(on: boolean): void;
  label: string;
}

function Lines(props: LinesProps) {
  const { lines, version, dropped, longest, wrap, query, target, targetTurn, follow, atEnd, onFollow, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const ruler = useRef<HTMLSpanElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0, character: 7.2 });
  const [top, setTop] = useState(0);
  const last = useRef({ top: 0, height: 0 });

  useLayoutEffect(() => {
    const measure = () => {
      const element = box.current!;
      setSize({
        width: element.clientWidth,
        height: element.clientHeight,
        character: ruler.current!.getBoundingClientRect().width / 100 || 7.2,
      });
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box.current!);
    void document.fonts?.ready.then(() => box.current && measure());
    return () => watch.disconnect();
  }, []);

  const columns = wrap
    ? Math.max(10, Math.floor((size.width - GUTTER - PADDING) / size.character))
    : Number.POSITIVE_INFINITY;
  const index = useMemo(() => new RowIndex(columns), [columns]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version says that the lines changed
  const rows = useMemo(() => index.update(lines).rows, [index, lines, version]);

  const opened = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows are what is followed
  useLayoutEffect(() => {
    const element = box.current!;
    if (!opened.current && size.height) {
      opened.current = true;
      if (atEnd) element.scrollTop = element.scrollHeight;
    }
    if (follow) element.scrollTop = element.scrollHeight;
  }, [follow, rows, size.height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another match moves the view, not what arrives
  useEffect(() => {
    if (target === null) return;
    const at = index.before[target]! * LINE;
    const element = box.current!;
    if (at < element.scrollTop + LINE || at > element.scrollTop + element.clientHeight - 2 * LINE)
      element.scrollTop = Math.max(0, at - element.clientHeight / 3);
  }, [target, targetTurn, query]);

  const scrolled = () => {
    const element = box.current!;
    const atBottom = element.scrollHeight - element.scrollTop - element.clientHeight < LINE;
    const up = element.scrollTop < last.current.top - 2 && element.clientHeight === last.current.height;
    last.current = { top: element.scrollTop, height: element.clientHeight };
    setTop(element.scrollTop);
    if (follow && up && !atBottom) onFollow(false);
    else if (!follow && !up && atBottom) onFollow(true);
  };

  const first = Math.max(0, index.lineAt(Math.floor(top / LINE)) - SPARE);
  const end = Math.min(lines.length, index.lineAt(Math.ceil((top + size.height) / LINE)) + SPARE);
  const shown = [];
  for (let i = first; i < end; i++) {
    const at = index.before[i]!;
    shown.push(
      <div
        key={i + dropped}
        className={i === target ? "ln sel" : "ln"}
        style={{ top: at * LINE, minHeight: (index.before[i + 1]! - at) * LINE }}
      >
        <span className="no" aria-hidden="true">
          {i + dropped + 1}
        </span>
        {query
          ? splitMatches(lines[i]!, query).map((part, n) => (part.match ? <mark key={n}>{part.text}</mark> : part.text))
          : lines[i]}
      </div>,
    );
  }
  return (
    <section
      className={`code loglines ${wrap ? "wraps" : ""}`}
      aria-label={label}
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={scrolled}
    >
      <span className="ruler" aria-hidden="true" ref={ruler}>
        {"0".repeat(100)}
      </span>
      <div
        className="all"
        style={{
          height: rows * LINE,
          ...(!wrap && { width: `${GUTTER + PADDING + Math.ceil(longest * size.character)}px` }),
        }}
      >
        {shown}
      </div>
    </section>
  );
}
