/** Icons of style/icons.svg, by the id of their symbol. */
import type { Kind, State } from "../net/types.ts";
import sprite from "../style/icons.svg";
import { STATE_WORDS } from "./words.ts";

interface IconProps {
  name: string;
  size?: 12 | 16 | 20;
  className?: string;
}

export function Icon({ name, size = 16, className = "" }: IconProps) {
  return (
    <svg className={`i ${size === 16 ? "" : `i${size}`} ${className}`} aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}

/** The mark of a kind in its colour. */
export const KindIcon = ({ kind, size = 16 }: { kind: Kind; size?: 12 | 16 | 20 }) => (
  <span className={`kind k-${kind}`}>
    <Icon name={kind} size={size} />
  </span>
);

/** The mark of a kind on a tinted tile: 24, 32 or 44 px. */
export const KindTile = ({ kind, size = "m" }: { kind: Kind; size?: "s" | "m" | "l" }) => (
  <span className={`kicon k-${kind} ${size === "m" ? "" : size}`}>
    <Icon name={kind} size={size === "s" ? 16 : 20} />
  </span>
);

const stateClass = (state: State) => `st-${state === "timed_out" ? "timedout" : state}`;
export const stateIcon = (state: State) => `s-${state === "timed_out" ? "timedout" : state}`;

/** The shape of a state; the word for it is read out where it stands alone. */
export const StateIcon = ({ state, alone = false }: { state: State; alone?: boolean }) => (
  <span className={`sti ${stateClass(state)}`} title={alone ? STATE_WORDS[state] : undefined}>
    <Icon name={stateIcon(state)} />
    {alone && <span className="sr">{STATE_WORDS[state]}</span>}
  </span>
);

/** Shape and word. */
export const StateLabel = ({ state, children }: { state: State; children?: React.ReactNode }) => (
  <span className={`state ${stateClass(state)}`}>
    <Icon name={stateIcon(state)} />
    {children ?? STATE_WORDS[state]}
  </span>
);

export { stateClass };
