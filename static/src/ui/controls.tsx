/** Buttons and the small things that carry a word or a value. */
import { type ButtonHTMLAttributes, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Link, type LinkProps } from "../route/router.tsx";
import { exact, ago as relative, shortDigest } from "./format.ts";
import { Icon } from "./icon.tsx";
import { toast } from "./toast.tsx";

type Look = "plain" | "primary" | "quiet" | "danger";
type Size = "s" | "m" | "l";

const look = (l: Look, s: Size, extra = "") =>
  `btn ${l === "plain" ? "" : l} ${s === "m" ? "" : s} ${extra}`.replace(/\s+/g, " ").trim();

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  size?: Size;
  icon?: string;
  /** Shows that it is at work, and takes no second press. */
  busy?: boolean;
}

export function Button({
  look: l = "plain",
  size = "m",
  icon,
  busy,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={look(l, size, className)}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {busy ? <Icon name="s-running" className="spin" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button of an icon only; `label` is its name and its tooltip. */
export function IconButton({
  label,
  icon,
  look: l = "quiet",
  size = "m",
  className = "",
  ...rest
}: Omit<ButtonProps, "children"> & { label: string; icon: string }) {
  return (
    <button type="button" className={look(l, size, `icon ${className}`)} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  look: l = "plain",
  size = "m",
  icon,
  children,
  className,
  ...rest
}: LinkProps & { look?: Look; size?: Size; icon?: string }) {
  return (
    <Link className={look(l, size, className)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

export const Badge = ({
  tone = "",
  icon,
  title,
  children,
}: {
  tone?: "" | "ok" | "bad" | "warn" | "acc";
  icon?: string;
  title?: string;
  children: ReactNode;
}) => (
  <span className={`badge ${tone}`} title={title}>
    {icon && <Icon name={icon} size={12} />}
    {children}
  </span>
);

/** A value that can be taken away. */
export const Chip = ({ children, remove, label }: { children: ReactNode; remove: () => void; label: string }) => (
  <span className="chip">
    {children}
    <button type="button" className="chip-x" aria-label={label} title={label} onClick={remove}>
      <Icon name="x" size={12} />
    </button>
  </span>
);

/** "5 minutes ago", exact on hover and focus, kept up to date. */
export function Time({ at, now }: { at: string; now?: number }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 30000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={exact(at)}>
      {relative(at, now)}
    </time>
  );
}

export async function copy(text: string, what = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    toast(what);
  } catch {
    toast("The browser did not allow copying.", { tone: "bad" });
  }
}

export function CopyButton({ text, label = "Copy", size = "s" }: { text: string; label?: string; size?: Size }) {
  return (
    <Button size={size} icon="copy" onClick={() => void copy(text)}>
      {label}
    </Button>
  );
}

/** The first digits of a digest; the whole on hover, and to copy. */
export function Digest({ digest }: { digest: string }) {
  return (
    <span className="digest mono" title={digest}>
      sha256:{shortDigest(digest)}
      <IconButton label="Copy digest" icon="copy" size="s" onClick={() => void copy(digest, "Digest copied")} />
    </span>
  );
}

/** One of a few, side by side. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: { value: T; label: string; icon?: string }[];
  onChange(value: T): void;
}) {
  return (
    <fieldset className="seg">
      <legend className="sr">{label}</legend>
      {options.map((o) => (
        <button
          key={o.value}
          type="button"
          className="btn"
          aria-pressed={o.value === value}
          title={o.icon ? o.label : undefined}
          aria-label={o.icon ? o.label : undefined}
          onClick={() => onChange(o.value)}
        >
          {o.icon ? <Icon name={o.icon} /> : o.label}
        </button>
      ))}
    </fieldset>
  );
}

export interface Tab {
  id: string;
  label: string;
  count?: number | string | undefined;
}

/** Tabs with arrow keys; the panel of the chosen one is `children`. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
  children,
}: {
  label: string;
  tabs: Tab[];
  value: string;
  onChange(id: string): void;
  children: ReactNode;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to =
      event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step === undefined ? null : at() + step;
    if (to === null) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length]!;
    onChange(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  const at = () => tabs.findIndex((t) => t.id === value);
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((t) => (
          <button
            key={t.id}
            type="button"
            role="tab"
            data-tab={t.id}
            id={`${id}-${t.id}`}
            aria-selected={t.id === value}
            aria-controls={`${id}-panel`}
            tabIndex={t.id === value ? 0 : -1}
            onClick={() => onChange(t.id)}
          >
            {t.label}
            {t.count !== undefined && <span className="num">{t.count}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className="tabpanel">
        {children}
      </div>
    </>
  );
}

/** A field with its label, help and error, joined for those who do not see them side by side. */
export function Field({
  label,
  help,
  error,
  children,
}: {
  label: ReactNode;
  help?: ReactNode;
  error?: ReactNode;
  children(ids: { id: string; describedBy: string | undefined; invalid: boolean }): ReactNode;
}) {
  const id = useId();
  const about = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children({ id, describedBy: about, invalid: Boolean(error) })}
      {help && (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p className="help bad" id={`${id}-error`}>
          <Icon name="error" size={12} />
          {error}
        </p>
      )}
    </div>
  );
}
