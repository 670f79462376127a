/** Parameters and results by name; long ones are folded, all can be copied. */
import { useState } from "react";
import { copy, IconButton } from "../../ui/controls.tsx";

const FOLDED = { characters: 240, lines: 5 };

const written = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value, null, typeof value === "object" ? 2 : 0);

export function Values({ values, none }: { values: Record<string, unknown> | undefined; none: string }) {
  const entries = Object.entries(values ?? {});
  if (!entries.length) return <p className="dim sm none">{none}</p>;
  return (
    <dl className="runvalues">
      {entries.map(([name, value]) => (
        <Value key={name} name={name} text={written(value)} />
      ))}
    </dl>
  );
}

function Value({ name, text }: { name: string; text: string }) {
  const [open, setOpen] = useState(false);
  const lines = text.split("\n");
  const long = text.length > FOLDED.characters || lines.length > FOLDED.lines;
  const shown = long && !open ? lines.slice(0, FOLDED.lines).join("\n").slice(0, FOLDED.characters) : text;
  return (
    <div>
      <dt className="mono">{name}</dt>
      <dd>
        {text === "" ? <span className="dim">empty</span> : <pre>{shown + (long && !open ? " …" : "")}</pre>}
        {long && (
          <button type="button" className="btn quiet s fold" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Show less" : `Show all ${text.length.toLocaleString("en")} characters`}
          </button>
        )}
      </dd>
      <dd>
        <IconButton label={`Copy ${name}`} icon="copy" size="s" onClick={() => void copy(text, `${name} copied`)} />
      </dd>
    </div>
  );
}
