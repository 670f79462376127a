/** The pipeline's name, changed where it stands. */
import { useLayoutEffect, useRef, useState } from "react";
import { setName } from "../../model/edit.ts";
import { actions, useCreator } from "./store.ts";

export function NameField() {
  const title = useCreator((creator) => creator.draft.title);
  const readOnly = useCreator((creator) => creator.readOnly);
  const [editing, setEditing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // Before anything can be typed: keys would do something else to the page.
  useLayoutEffect(() => {
    if (!editing) return;
    input.current?.focus();
    input.current?.select();
  }, [editing]);
  if (readOnly) return <h1 className="creator-name cut">{title}</h1>;
  if (!editing)
    return (
      <h1 className="creator-name cut">
        <button type="button" className="btn quiet cut" title="Rename" onClick={() => setEditing(true)}>
          {title}
        </button>
      </h1>
    );
  const commit = (text: string) => {
    setEditing(false);
    const name = text.trim();
    if (name && name !== title) actions.change(`Rename to ${name}`, (doc) => setName(doc, name));
  };
  return (
    <>
      <h1 className="sr">{title}</h1>
      <input
        ref={input}
        className="input creator-rename"
        aria-label="Name of the pipeline"
        defaultValue={title}
        maxLength={200}
        spellCheck={false}
        onBlur={(event) => commit(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit(event.currentTarget.value);
          if (event.key === "Escape") setEditing(false);
        }}
      />
    </>
  );
}
