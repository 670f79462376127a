/** A modal dialog over the page: the browser's own, so focus, Escape and what lies behind are its business. */
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { IconButton } from "./controls.tsx";

interface DialogProps {
  /** The act, as on the button that does it. */
  title: string;
  onClose(): void;
  children: ReactNode;
  /** Buttons, the one that does it last. */
  foot?: ReactNode;
  wide?: boolean;
  /** A form: Enter submits. */
  onSubmit?(): void;
}

export function Dialog({ title, onClose, children, foot, wide, onSubmit }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the next key is pressed, or it would reach the page behind.
  useLayoutEffect(() => {
    const dialog = element.current!;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>(".in :is(input, select, textarea)")?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={`dialog ${wide ? "wide" : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === element.current && onClose()}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <header>
          <h2 id={id}>{title}</h2>
          <IconButton label="Close" icon="x" size="s" onClick={onClose} />
        </header>
        <div className="in">{children}</div>
        {foot && <footer>{foot}</footer>}
      </form>
    </dialog>
  );
}
