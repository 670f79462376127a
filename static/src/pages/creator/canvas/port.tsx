/* The mark of a port: where connections are dragged from and to. */
import { Handle, Position } from "@xyflow/react";
import { memo } from "react";
import { type PortEnd, portKey } from "./ids.ts";
import { type Connecting, useCanvas } from "./state.ts";

interface PortProps {
  id: string;
  port: PortEnd;
  top: number;
  type: string | null;
  family: string;
  file: boolean;
  mark: "hollow" | "filled" | "missing";
  connectable: boolean;
}

/** How a port stands to the connection that is made: it is one of its ends, it fits, it does not. */
function standing(connecting: Connecting | null, port: PortEnd): string {
  if (!connecting) return "";
  const key = portKey(port);
  if (key === portKey(connecting.port)) return "lit";
  if (!connecting.fitting.has(key)) return "off";
  const at = connecting.at === null ? undefined : connecting.candidates[connecting.at];
  return at && portKey(at) === key ? "here" : "lit";
}

export const PortMark = memo(function PortMark({ id, port, top, type, family, file, mark, connectable }: PortProps) {
  const state = useCanvas(({ connecting }) => standing(connecting, port));
  const left = port.side === "to";
  const dot = `dot ${mark === "filled" ? "on" : mark === "missing" ? "miss" : ""} ${file ? "file" : ""} ${state === "here" ? "lit" : state}`;
  return (
    <Handle
      id={id}
      type={left ? "target" : "source"}
      position={left ? Position.Left : Position.Right}
      isConnectable={connectable}
      className={`port p p-${family} ${state && `is-${state}`}`}
      style={{ top }}
      title={`${type ?? "Any type"}${mark === "missing" ? ", required and without a value" : ""}`}
    >
      <span className={dot} />
    </Handle>
  );
});
