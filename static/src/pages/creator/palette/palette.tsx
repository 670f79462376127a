/** The components and pipelines that can become tasks. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { IconButton } from "../../../ui/controls.tsx";
import { counted } from "../../../ui/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import { isElsewhere } from "../canvas/keys.ts";
import { useCreator } from "../store.ts";
import { type DragHandlers, useDrag } from "./drag.tsx";
import type { Entry } from "./entries.ts";
import { Fits } from "./fits.tsx";
import { addNext } from "./place.ts";
import { type EntryList, useAllEntries, useEntries, useSettled } from "./use-entries.ts";

interface PaletteProps {
  folded: boolean;
  onUnfold(): void;
}

const MOST_USED = 5;

export function Palette({ folded, onUnfold }: PaletteProps) {
  const [text, setText] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const wanted = useRef(false);
  useEffect(() => {
    const key = (event: globalThis.KeyboardEvent) => {
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key.toLowerCase() !== "p" || modified || event.defaultPrevented || isElsewhere(event)) return;
      event.preventDefault();
      wanted.current = true;
      if (folded) onUnfold();
      else search.current?.focus();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [folded, onUnfold]);
  useEffect(() => {
    if (!folded && wanted.current) search.current?.focus();
    wanted.current = false;
  }, [folded]);
  const unfold = () => {
    wanted.current = true;
    onUnfold();
  };
  if (folded) {
    return (
      <aside className="palette" aria-label="Palette">
        <IconButton label="Open the palette (P)" icon="search" onClick={unfold} />
      </aside>
    );
  }
  return (
    <aside className="palette" aria-label="Palette">
      <div className="pal-search">
        <label className="input">
          <Icon name="search" />
          <input
            ref={search}
            type="text"
            enterKeyHint="search"
            autoComplete="off"
            className="grow"
            data-page-search
            placeholder="Search, or press /"
            aria-label="Search components and pipelines"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "ArrowDown") focusRow(event, 0);
              else if (event.key === "Escape") setText("");
            }}
          />
          <kbd>/</kbd>
        </label>
      </div>
      <Rows q={useTrimmed(text)} clear={() => setText("")} />
      <p className="dim xs pal-hint">Drag onto the canvas, or press Enter to add next to the selected task.</p>
    </aside>
  );
}

const useTrimmed = (text: string) => useSettled(text.trim());

function Rows({ q, clear }: { q: string; clear(): void }) {
  const readOnly = useCreator((creator) => creator.readOnly);
  const components = useEntries("component", q);
  const pipelines = useEntries("pipeline", q);
  const all = useAllEntries(q === "" && components.more !== null);
  const drag = useDrag();
  const used = (all.data ?? components.entries).filter((entry) => entry.used > 0 && entry.kind === "component");
  const most = [...used].sort((a, b) => b.used - a.used).slice(0, MOST_USED);
  const isNothing = q !== "" && ![components, pipelines].some((l) => l.entries.length > 0 || !l.first.data);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys walk the rows, which are buttons
    <div className="pal" onKeyDown={walk}>
      {!readOnly && <Fits />}
      {q === "" && most.length > 0 && components.entries.length > MOST_USED && (
        <Group title="Used most" entries={most} total={null} drag={drag} disabled={readOnly} />
      )}
      <Listed title="Components" list={components} drag={drag} disabled={readOnly} />
      <Listed title="Pipelines as one task" list={pipelines} drag={drag} disabled={readOnly} />
      {isNothing && (
        <p className="pal-note">
          Nothing matches “{q}”.{" "}
          <button type="button" className="linklike" onClick={clear}>
            Show all
          </button>
        </p>
      )}
      {drag.ghost}
    </div>
  );
}

interface GroupProps {
  title: string;
  drag: DragHandlers;
  disabled: boolean;
}

function Listed({ list, ...group }: GroupProps & { list: EntryList }) {
  const { first, entries, total, more, loadingMore } = list;
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!more || !end.current) return;
    const observer = new IntersectionObserver(([seen]) => seen?.isIntersecting && more(), { rootMargin: "200px" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [more]);
  if (first.error && !first.data) {
    return (
      <p className="pal-note">
        {group.title}: {first.error.message}{" "}
        <button type="button" className="linklike" onClick={first.reload}>
          Try again
        </button>
      </p>
    );
  }
  if (!first.data) return <p className="pal-note dim late">Loading…</p>;
  if (entries.length === 0) return null;
  return (
    <Group {...group} entries={entries} total={total}>
      {(more || loadingMore) && (
        <li ref={end} className="dim xs">
          Loading more…
        </li>
      )}
    </Group>
  );
}

function Group({
  title,
  entries,
  total,
  drag,
  disabled,
  children,
}: GroupProps & { entries: Entry[]; total: number | null; children?: React.ReactNode }) {
  const [open, setOpen] = useState(true);
  return (
    <section aria-label={title}>
      <h3>
        <button type="button" className="pal-group" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "down" : "right"} size={12} />
          {title}
          <span className="num">{total ?? entries.length}</span>
        </button>
      </h3>
      {open && (
        <ul>
          {entries.map((entry) => (
            <Row key={`${entry.kind} ${entry.key}`} entry={entry} drag={drag} disabled={disabled} />
          ))}
          {children}
        </ul>
      )}
    </section>
  );
}

function Row({ entry, drag, disabled }: { entry: Entry; drag: DragHandlers; disabled: boolean }) {
  const { inputs, outputs } = entry.interface;
  return (
    <li>
      <button
        type="button"
        className={`pal-row k-${entry.kind}`}
        disabled={disabled}
        title={`${entry.title}: ${counted(inputs.length, "input")}, ${counted(outputs.length, "output")}`}
        onPointerDown={(event) => drag.onPointerDown(event, entry)}
        onClick={() => !drag.wasDragged() && addNext(entry)}
      >
        <Icon name={entry.kind} />
        <span className="grow">
          <span className="cut">{entry.title}</span>
          <small className="cut">
            {entry.provider} · {entry.deprecated ? "deprecated" : entry.version}
          </small>
        </span>
        <Icon name="grip" className="grip" />
      </button>
    </li>
  );
}

/** Up and down between rows. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const rows = rowsAround(event.currentTarget);
  const at = rows.indexOf(document.activeElement as HTMLElement);
  if (at >= 0) focusRow(event, at + step);
}

const rowsAround = (element: Element): HTMLElement[] => [
  ...(element.closest("aside") ?? document).querySelectorAll<HTMLElement>(".pal-row"),
];

function focusRow(event: KeyboardEvent<HTMLElement>, index: number): void {
  const row = rowsAround(event.currentTarget)[index];
  if (!row) return;
  event.preventDefault();
  row.focus();
}
