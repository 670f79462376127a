/** Ports of an interface as they are drawn: the shape says value or file, the colour the family, the word the type. */
import { family, isFile } from "../model/types.ts";

interface DotProps {
  type: string | null | undefined;
  /** Filled: connected, or simply shown. */
  on?: boolean;
  /** Required and without a value. */
  missing?: boolean;
}

export const portClass = (type: string | null | undefined) => `p p-${family(type ?? null)}`;

export const PortDot = ({ type, on = true, missing = false }: DotProps) => (
  <span
    className={`dot ${portClass(type)} ${on ? "on" : ""} ${isFile(type ?? null) ? "file" : ""} ${missing ? "miss" : ""}`}
  />
);

export const PortType = ({ type }: { type: string | null | undefined }) => (
  <span className={`ptype ${portClass(type)}`} title={isFile(type ?? null) ? "A file" : type ? "A value" : undefined}>
    <PortDot type={type} />
    {type || "any type"}
  </span>
);
