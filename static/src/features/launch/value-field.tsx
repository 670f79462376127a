/** One field for a value of a type: text that grows, a number, true or false, JSON. */
import { type TextareaHTMLAttributes, useLayoutEffect, useRef } from "react";
import { fieldKind, readBoolean, typedValue } from "./values.ts";

interface ValueFieldProps {
  id: string;
  type: string | null | undefined;
  /** null: not set, the default counts */
  value: string | null;
  byDefault: string | null;
  /** what stands there while nothing is set */
  placeholder?: string | undefined;
  describedBy?: string | undefined;
  label?: string | undefined;
  invalid?: boolean;
  required?: boolean;
  disabled?: boolean;
  className?: string;
  onChange(value: string | null): void;
  onFocus?(): void;
}

export function ValueField({
  type,
  value,
  byDefault,
  invalid,
  required,
  className = "input",
  ...rest
}: ValueFieldProps) {
  const { id, placeholder, describedBy, label, disabled, onChange, onFocus } = rest;
  const kind = fieldKind(type);
  const common = {
    id,
    className: `${className} ${invalid ? "bad" : ""}`.trim(),
    "aria-describedby": describedBy,
    "aria-label": label,
    "aria-invalid": invalid || undefined,
    "aria-required": required || undefined,
    onFocus,
  };
  if (kind === "boolean" && (value === null || readBoolean(value) !== null)) {
    return (
      <select
        {...common}
        disabled={disabled}
        value={value === null ? "" : String(readBoolean(value))}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      >
        <option value="">{placeholder || (required ? "Choose" : "Not set")}</option>
        <option value="true">true</option>
        <option value="false">false</option>
      </select>
    );
  }
  const written = {
    ...common,
    value: value ?? "",
    placeholder,
    // Can still be read in full, and copied.
    readOnly: disabled,
    spellCheck: false,
    autoComplete: "off",
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange(typedValue(event.currentTarget.value, type, byDefault)),
  };
  if (kind === "number" || kind === "boolean")
    return <input {...written} inputMode={kind === "number" ? "decimal" : undefined} />;
  return <GrowingText {...written} />;
}

/** As high as its text, up to what the style allows. */
export function GrowingText({ className = "", ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const element = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const area = element.current!;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  });
  return <textarea ref={element} rows={1} className={`${className} growing`} {...rest} />;
}
