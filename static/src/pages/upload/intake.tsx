/** Ways in: drop, choose, paste. */
import { useState } from "react";
import { Button, Field, Segmented } from "../../ui/controls.tsx";
import { useFileChooser } from "../../ui/file-chooser.tsx";
import { Icon } from "../../ui/icon.tsx";
import { fileNameFor } from "./items.ts";
import { TYPED } from "./use-uploads.ts";

interface Props {
  take(files: readonly File[]): void;
  /** There are files already. */
  compact: boolean;
}

export function Intake({ take, compact }: Props) {
  const [way, setWay] = useState<"file" | "text">("file");
  return (
    <div className="intake">
      <Segmented<"file" | "text">
        label="Where it comes from"
        value={way}
        onChange={setWay}
        options={[
          { value: "file", label: "File or archive" },
          { value: "text", label: "Paste text" },
        ]}
      />
      {way === "file" ? <Choose take={take} compact={compact} /> : <Paste take={take} />}
    </div>
  );
}

function Choose({ take, compact }: Props) {
  const files = useFileChooser(take);
  return (
    <div className={`dropz ${compact ? "compact" : ""}`}>
      <Icon name="upload" size={20} />
      <b>
        Drop files here, or{" "}
        <button type="button" className="as-link" onClick={files.open}>
          choose some
        </button>
      </b>
      <span className="dim sm">
        YAML, JSON, .ipynb, .tar.gz or .zip, up to 32 MiB each.
        <br />
        The kind and format are read from the content.
      </span>
      {files.input}
    </div>
  );
}

function Paste({ take }: { take(files: readonly File[]): void }) {
  const [text, setText] = useState("");
  const [name, setName] = useState<string>();
  const [error, setError] = useState<string>();
  const proposed = fileNameFor(text);
  const submit = () => {
    if (!text.trim()) return setError("Paste or type the text first.");
    take([new File([text], name?.trim() || proposed, { lastModified: TYPED })]);
    setText("");
    setName(undefined);
    setError(undefined);
  };
  return (
    <div className="paste">
      <Field label="Text" error={error}>
        {({ id, describedBy, invalid }) => (
          <textarea
            id={id}
            className={`input mono ${invalid ? "bad" : ""}`}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            rows={8}
            spellCheck={false}
            placeholder={"name: Echo\ninputs:\n- {name: text, type: String}"}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="File name">
        {({ id }) => (
          <input
            id={id}
            className="input mono"
            autoComplete="off"
            spellCheck={false}
            value={name ?? proposed}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button look="plain" icon="check" onClick={submit}>
        Check this text
      </Button>
    </div>
  );
}
