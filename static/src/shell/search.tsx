/** Ctrl K: one field over assets, runs and acts. */
import {
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useConnection } from "../net/use-connection.ts";
import { navigate } from "../route/router.tsx";
import { Button, IconButton } from "../ui/controls.tsx";
import { Icon } from "../ui/icon.tsx";
import { useFound } from "./search-found.ts";
import { type Group, readSearch, type Search } from "./search-query.ts";
import { arrange, type Row, type Section } from "./search-rows.tsx";
import { CONTROL } from "./top.tsx";

const WORDS: Record<Group | "recent", string> = {
  recent: "Recently opened",
  assets: "Assets",
  runs: "Runs",
  acts: "Acts",
};

export default function SearchDialog({ onClose, showKeys }: { onClose(): void; showKeys(): void }) {
  const [text, setText] = useState("");
  const [narrowed, setOnly] = useState<Group | null>(null);
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const connection = useConnection();
  const search = useMemo(() => readSearch(text), [text]);
  const only = narrowed && search.groups.includes(narrowed) ? narrowed : null;
  const found = useFound(search, only !== null || search.groups.length === 1);
  const all = arrange(search, only, found, showKeys);
  const sections = only ? all.filter((s) => s.group === only) : all;
  const rows = sections.flatMap((s) => s.rows);
  const chosen = rows[Math.min(at, rows.length - 1)];
  const total = sections.reduce((n, s) => n + s.total, 0);
  const down = connection.state === "down" || connection.state === "failing";

  // Before the next key: what is typed right after Ctrl K belongs into this field already.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current!;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const chosenId = chosen?.id;
  useEffect(() => {
    if (chosenId) document.getElementById(`${id}-${chosenId}`)?.scrollIntoView({ block: "nearest" });
  }, [id, chosenId]);

  const type = (value: string) => {
    setText(value);
    setAt(0);
  };
  const narrow = (group: Group | null) => {
    setOnly(group);
    setAt(0);
    dialog.current?.querySelector("input")?.focus();
  };
  const open = (row: Row | undefined, newTab: boolean) => {
    if (!row) return;
    if (newTab && row.path) {
      window.open(row.path, "_blank", "noopener");
      return;
    }
    onClose();
    if (row.path) navigate(row.path);
    row.run?.();
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (step !== undefined && rows.length > 0) {
      event.preventDefault();
      const now = Math.min(at, rows.length - 1);
      if (Math.abs(step) === 1) setAt((now + step + rows.length) % rows.length);
      else setAt(Math.max(0, Math.min(rows.length - 1, now + step)));
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      open(chosen, event.ctrlKey || event.metaKey);
    }
  };
  const press = (event: MouseEvent, row: Row) => open(row, event.ctrlKey || event.metaKey || event.button === 1);

  const listId = `${id}-list`;
  return (
    <dialog
      ref={dialog}
      className="cmd"
      aria-label="Search everything"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className="cmd-field">
        <Icon name="search" size={20} />
        <input
          autoFocus
          type="text"
          role="combobox"
          aria-label="Search assets, runs and acts"
          aria-expanded={rows.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
          placeholder="Search assets, runs and acts"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={key}
        />
        <span className="found-count num" role="status">
          {text.trim() && (found.ready ? `${total.toLocaleString("en")} found` : down ? "" : "Searching…")}
        </span>
        <IconButton className="narrow" label="Close search" icon="x" onClick={onClose} />
        <kbd className="wide">Esc</kbd>
      </div>
      <Narrow search={search} text={text} only={only} sections={all} setOnly={narrow} />
      {down && (
        <p className="cmd-note">
          <Icon name="warn" />
          {connection.state === "down" ? "The hub does not answer." : "The hub answers with errors."} Acts still work;
          the search goes on by itself.
        </p>
      )}
      {found.error && !down && (
        <p className="cmd-note" role="alert">
          <Icon name="warn" />
          {found.error.message} {found.error.hint}
        </p>
      )}
      {rows.length === 0 && found.ready && !found.error && !down && <Nothing search={search} />}
      <div className="cmd-list" role="listbox" id={listId} aria-label="Results">
        {sections.map((s) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options
          <div key={s.group} role="group" aria-labelledby={`${id}-${s.group}`}>
            <div className="group-name" id={`${id}-${s.group}`} role="presentation">
              {WORDS[s.group]}
            </div>
            {s.rows.map((row) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
              <div
                key={row.id}
                id={`${id}-${row.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={row === chosen}
                className={`cmd-row ${row.className ?? ""}`}
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => row !== chosen && setAt(rows.indexOf(row))}
                onClick={(event) => press(event, row)}
                onAuxClick={(event) => event.button === 1 && press(event, row)}
              >
                {row.content}
                {row === chosen && <kbd className="wide">↵</kbd>}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p className="cmd-keys wide" aria-hidden="true">
        <span>
          <kbd>↑↓</kbd> move
        </span>
        <span>
          <kbd>↵</kbd> open
        </span>
        <span>
          <kbd>{CONTROL} ↵</kbd> new tab
        </span>
        <span className="grow" />
        <span>
          Start with <kbd>&gt;</kbd> for acts only
        </span>
      </p>
    </dialog>
  );
}

function Narrow({
  search,
  text,
  only,
  sections,
  setOnly,
}: {
  search: Search;
  text: string;
  only: Group | null;
  sections: Section[];
  setOnly(group: Group | null): void;
}) {
  if (!text.trim() && !only) return <Hints />;
  const count = (group: Group) => sections.find((s) => s.group === group)?.total;
  return (
    <div className="cmd-narrow">
      <Button size="s" aria-pressed={only === null} onClick={() => setOnly(null)}>
        All
      </Button>
      {search.groups.map((group) => (
        <Button key={group} size="s" aria-pressed={only === group} onClick={() => setOnly(group)}>
          {WORDS[group]}
          {count(group) !== undefined && <span className="num">{count(group)!.toLocaleString("en")}</span>}
        </Button>
      ))}
      <span className="grow" />
      <Words />
    </div>
  );
}

const Hints = () => (
  <div className="cmd-narrow wide">
    <Words />
  </div>
);

const Words = () => (
  <span className="dim xs wide">
    Narrow: <code>kind:model</code> <code>provider:name</code> <code>state:failed</code>
  </span>
);

function Nothing({ search }: { search: Search }) {
  return (
    <p className="cmd-note">
      {search.unknown
        ? `There is no ${search.unknown.replace(":", " “")}”.`
        : search.groups.length === 0
          ? "Only runs have a state, only assets have a kind and a provider: nothing has both."
          : "Nothing matches. Search looks at how words begin; try fewer of them."}
    </p>
  );
}
