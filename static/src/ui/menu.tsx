/** A button that opens a list of acts or choices below it: arrows move, Escape closes, a choice closes. */
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

interface MenuProps {
  /** Name of the button for those who do not see its content. */
  label: string;
  className?: string;
  button: ReactNode;
  align?: "left" | "right";
  /** Items: <button role="menuitem"> or links with that role. */
  children(close: () => void): ReactNode;
}

const itemsOf = (box: HTMLElement | null) => [...(box?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];

export function Menu({ label, className = "btn", button, align = "left", children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
  };

  useEffect(() => {
    if (!open) return;
    itemsOf(box.current)[0]?.focus();
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);

  const move = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") return close();
    const all = itemsOf(box.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const begins = (item: HTMLElement) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase());
      return [...all.slice(at + 1), ...all.slice(0, at + 1)].find(begins)?.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    all[(at + step + all.length) % all.length]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu inside
    <div className="menu" ref={box} onKeyDown={open ? move : undefined}>
      <button
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div className={`menu-list ${align}`} role="menu" id={id} aria-label={label}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
