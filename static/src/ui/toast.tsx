/** Short messages at the bottom left: at most three, six seconds, longer while they are pointed at or focused. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { Icon } from "./icon.tsx";

interface Toast {
  id: number;
  text: string;
  tone: "ok" | "bad" | "plain";
  action: { label: string; run(): void } | undefined;
}

const LIFE = 6000;
const MOST = 3;
let toasts: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(list: Toast[]) {
  toasts = list;
  for (const listener of listeners) listener();
}

/** `action` is what undoes or follows it. */
export function toast(text: string, options: { tone?: Toast["tone"]; action?: Toast["action"] } = {}) {
  set([...toasts, { id: next++, text, tone: options.tone ?? "plain", action: options.action }].slice(-MOST));
}

const close = (id: number) => set(toasts.filter((t) => t.id !== id));

export function Toasts() {
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((t) => (
        <One key={t.id} toast={t} />
      ))}
    </div>
  );
}

function One({ toast: t }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => close(t.id), LIFE);
    return () => clearTimeout(timer);
  }, [held, t.id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only stays longer while it is looked at
    <div
      className={`toast ${t.tone}`}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{t.text}</span>
      {t.action && (
        <button
          type="button"
          className="btn s"
          onClick={() => {
            t.action?.run();
            close(t.id);
          }}
        >
          {t.action.label}
        </button>
      )}
      <button type="button" className="btn quiet icon s" aria-label="Close message" onClick={() => close(t.id)}>
        <Icon name="x" size={12} />
      </button>
    </div>
  );
}
