/** The search field of a page; what it says stands as `q` in the address. "/" leads to it. */
import { useEffect, useRef, useState } from "react";
import { setQuery } from "../route/router.tsx";
import { IconButton } from "./controls.tsx";
import { Icon } from "./icon.tsx";

const SEARCH_AFTER = 200;

export function SearchField({ q, label }: { q: string; label: string }) {
  const [text, setText] = useState(q);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  /** What the address said when typing began: Enter makes what was typed a step after it. */
  const before = useRef(q);

  useEffect(() => {
    clearTimeout(timer.current);
    setText((now) => (now.trim() === q ? now : q));
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ q: value.trim() }, { replace: true }), SEARCH_AFTER);
  };
  const enter = () => {
    clearTimeout(timer.current);
    const next = text.trim();
    if (next === before.current) return;
    setQuery({ q: before.current }, { replace: true });
    setQuery({ q: next });
    before.current = next;
  };
  const clear = () => {
    clearTimeout(timer.current);
    setText("");
    setQuery({ q: null }, { replace: true });
    field.current?.focus();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: the element for it is too young for some browsers
    <form
      role="search"
      className="input search-field"
      onSubmit={(event) => {
        event.preventDefault();
        enter();
      }}
    >
      <Icon name="search" />
      <input
        ref={field}
        data-page-search
        type="text"
        enterKeyHint="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        maxLength={200}
        value={text}
        onFocus={() => {
          before.current = q;
        }}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && text && clear()}
      />
      {text ? <IconButton label="Clear search" icon="x" size="s" onClick={clear} /> : <kbd className="wide">/</kbd>}
    </form>
  );
}
