/** Under which namespace, name and version it is published; what is not typed is proposed by the hub. */
import { useState } from "react";
import { Field } from "../../ui/controls.tsx";
import { type Chosen, type Field as FieldName, fieldOf, whyVersion } from "./items.ts";
import type { Item, useUploads } from "./use-uploads.ts";

interface Props {
  item: Item;
  change: ReturnType<typeof useUploads>["change"];
}

const LABELS: Record<FieldName, string> = { namespace: "Namespace", name: "Name", version: "Version" };

export function ItemFields({ item, change }: Props) {
  const wrong = item.phase === "refused" && item.error ? fieldOf(item.error) : null;
  if (item.phase === "published" || item.phase === "known" || item.phase === "too-large" || item.phase === "guest")
    return null;
  if (!item.found && !wrong && !Object.values(item.chosen).some(Boolean)) return null;
  const set = (field: FieldName, value: string) => change(item.id, { chosen: { ...item.chosen, [field]: value } });
  return (
    <fieldset className="upload-fields">
      <legend className="sr">Publish {item.file.name} as</legend>
      {(Object.keys(LABELS) as FieldName[]).map((field) => (
        <One
          key={field}
          field={field}
          chosen={item.chosen}
          proposed={item.found?.[field] ?? ""}
          help={item.phase === "ready" ? helpFor(field, item) : undefined}
          error={wrong === field ? item.error?.message : undefined}
          set={(value) => set(field, value)}
        />
      ))}
    </fieldset>
  );
}

function helpFor(field: FieldName, { chosen, found, existing }: Item): string | undefined {
  if (!found) return undefined;
  if (field === "name")
    return existing
      ? `The next version of ${existing.title}, which has ${existing.versions}.`
      : "New in this namespace.";
  if (field !== "version") return undefined;
  const why = whyVersion(existing?.latest ?? null, found.interface);
  return chosen.version ? why : `Proposed. ${why}`;
}

interface OneProps {
  field: FieldName;
  chosen: Chosen;
  proposed: string;
  help: string | undefined;
  error: string | undefined;
  set(value: string): void;
}

function One({ field, chosen, proposed, help, error, set }: OneProps) {
  /** While it is typed in, an emptied field stays empty instead of showing what is proposed. */
  const [typing, setTyping] = useState<string | null>(null);
  return (
    <Field label={LABELS[field]} help={help} error={error}>
      {({ id, describedBy, invalid }) => (
        <input
          id={id}
          data-upload-field={field}
          className={`input ${field === "version" ? "num" : "mono"} ${invalid ? "bad" : ""}`}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          autoComplete="off"
          spellCheck={false}
          maxLength={128}
          placeholder={proposed}
          value={typing ?? (chosen[field] || proposed)}
          onInput={(event) => {
            setTyping(event.currentTarget.value);
            set(event.currentTarget.value);
          }}
          onBlur={() => setTyping(null)}
        />
      )}
    </Field>
  );
}
