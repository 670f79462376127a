/** The edge between two panes: dragged, or moved with the arrow keys. */
interface DividerProps {
  label: string;
  value: number;
  min: number;
  max: number;
  /** where the pane is that has the width: left or right of the edge */
  pane: "left" | "right";
  onChange(value: number): void;
}

const STEP = 16;

export function Divider({ label, value, min, max, pane, onChange }: DividerProps) {
  const put = (wanted: number) => onChange(Math.round(Math.max(min, Math.min(max, wanted))));
  const sign = pane === "left" ? 1 : -1;
  const drag = (event: React.PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    const handle = event.currentTarget;
    const from = event.clientX;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    const move = (next: PointerEvent) => put(value + sign * (next.clientX - from));
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };
  const keys = (event: React.KeyboardEvent) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (step !== undefined) put(value + sign * step);
    else if (event.key === "Home") put(min);
    else if (event.key === "End") put(max);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      className={`divider ${pane}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={keys}
    />
  );
}
