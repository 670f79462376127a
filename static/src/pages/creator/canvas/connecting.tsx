/* While a connection is made: what is dragged and where it fits, why a port refuses, and the same by keyboard. */
import { useConnection } from "@xyflow/react";
import { useId, useLayoutEffect, useRef, useState } from "react";
import { interfaceOf } from "../../../model/graph.ts";
import { family, isFile } from "../../../model/types.ts";
import { counted } from "../../../ui/format.ts";
import { actions } from "../store.ts";
import { startConnecting, verdictOf } from "./acts.ts";
import { endOf, type PortEnd, portKey, portName, spokenPort } from "./ids.ts";
import { canvas, useCanvas } from "./state.ts";

export function PortLabel({ port, type }: { port: PortEnd; type: string | null }) {
  const { end } = port;
  return (
    <>
      <span className={`row p p-${family(type)}`}>
        <span className={`dot on ${isFile(type) ? "file" : ""}`} />
      </span>
      <b className="cut">{"task" in end ? `${end.task} › ${end.port}` : portName(port)}</b>
      <span className="dim mono">{type ?? "any type"}</span>
    </>
  );
}

export function Banner() {
  const connecting = useCanvas((state) => state.connecting);
  if (!connecting) return null;
  const { port, type, candidates, at } = connecting;
  const side = port.side === "from" ? "input" : "output";
  const count = `${counted(candidates.length, side)} ${candidates.length === 1 ? "fits" : "fit"}.`;
  const gives = port.side === "from" ? "takes" : "gives";
  const what = type === null ? "a value" : `${/^[AEIO]/.test(type) ? "an" : "a"} ${type}`;
  const current = at === null ? undefined : candidates[at];
  return (
    <div className="panel banner">
      <span className="row">
        <PortLabel port={port} type={type} />
        <span className="grow" />
        <kbd>Esc</kbd> cancels
      </span>
      {at === null ? (
        <span className="muted">
          {count} Drop on empty canvas to add a component that {gives} {what}.
        </span>
      ) : (
        <span className="muted">
          {current ? `${at + 1} of ${candidates.length}: ${spokenPort(current)}. ` : `${count} `}
          {current && (
            <>
              <kbd>Tab</kbd> goes on, <kbd>Enter</kbd> connects.
            </>
          )}
        </span>
      )}
    </div>
  );
}

/** At the pointer: why the port below it refuses, or what a drop would replace. */
export function Reason() {
  const connecting = useCanvas((state) => state.connecting);
  const below = useConnection(({ inProgress, toHandle }) =>
    inProgress && toHandle ? `${toHandle.nodeId} ${toHandle.id}` : "",
  );
  if (!connecting || connecting.at !== null || below === "" || below === portKey(connecting.port)) return null;
  return <Tip below={below} port={connecting.port} fitting={connecting.fitting} />;
}

function Tip({ below, port, fitting }: { below: string; port: PortEnd; fitting: ReadonlySet<string> }) {
  const pointer = useConnection(({ pointer }) => pointer);
  const [node = "", handle] = below.split(" ");
  const target = endOf(node, handle);
  if (!target || !pointer) return null;
  const verdict = verdictOf(port, target);
  const replaced = verdict.ok ? takenBy(port.side === "from" ? target : port) : null;
  if (verdict.ok && replaced === null) return null;
  const others = [...fitting].filter((key) => key.startsWith(`${node} `)).map((key) => endOf(node, key.split(" ")[1]));
  return (
    <div
      className="tip"
      role="status"
      style={{ left: `min(${pointer.x + 14}px, calc(100% - 262px))`, top: pointer.y + 18 }}
    >
      {verdict.ok ? (
        <>Replaces {replaced} when dropped.</>
      ) : (
        <>
          <b>Does not fit {portName(target)}</b>
          <br />
          {verdict.reason}
          {others.length > 0 && (
            <>
              <br />
              <span className="d">
                Fits here:{" "}
                <span className="mono">{others.flatMap((end) => (end ? [portName(end)] : [])).join(", ")}</span>
              </span>
            </>
          )}
        </>
      )}
    </div>
  );
}

/** What an input has now. */
function takenBy({ end }: PortEnd): string | null {
  const { document } = actions.current();
  const source =
    "task" in end
      ? document.tasks.get(end.task)?.arguments.get(end.port)
      : "output" in end
        ? document.outputValues.get(end.output)
        : undefined;
  if (!source) return null;
  if (source.kind === "output") return `${source.task} › ${source.output}`;
  if (source.kind === "input") return `the input ${source.input}`;
  return source.kind === "constant" ? `the value ${source.text.slice(0, 30) || "(empty)"}` : source.label;
}

/* ---- by keyboard */

/** The ports of a task, one of which a connection starts from. */
export function PortList({ task, back }: { task: string; back(): void }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const creator = actions.current();
  const known = creator.document.tasks.has(task)
    ? interfaceOf(creator.document.tasks.get(task)!, creator.interfaces)
    : null;
  const ports = [
    ...(known?.outputs ?? []).map((port) => ({
      port,
      end: { side: "from", end: { task, port: port.name } } as PortEnd,
    })),
    ...(known?.inputs ?? []).map((port) => ({ port, end: { side: "to", end: { task, port: port.name } } as PortEnd })),
  ];
  // Before the next key: Enter right after C belongs to this list already.
  useLayoutEffect(() => list.current?.focus(), []);
  const close = () => {
    canvas.set({ listing: null });
    back();
  };
  const choose = (index: number) => {
    const chosen = ports[index];
    if (!chosen) return;
    startConnecting(chosen.end, true);
    back();
  };
  const key = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined && !["Enter", " ", "Escape", "Tab"].includes(event.key)) return;
    event.preventDefault();
    if (step !== undefined) setAt((at + step + ports.length) % ports.length);
    else if (event.key === "Enter" || event.key === " ") choose(at);
    else close();
  };
  return (
    <div className="panel ports-list">
      <p className="row">
        <b>Connect a port of {task}</b>
        <span className="grow" />
        <kbd>Esc</kbd>
      </p>
      {ports.length === 0 ? <p className="muted">Its component is not known, so neither are its ports.</p> : null}
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={`Ports of ${task}`}
        aria-activedescendant={ports.length ? `${id}-${at}` : undefined}
        onKeyDown={key}
        onBlur={() => canvas.set({ listing: null })}
      >
        {ports.map(({ port, end }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
          <div
            key={portKey(end)}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="row"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(index)}
          >
            <span className={`row p p-${family(port.type)}`}>
              <span className={`dot ${isFile(port.type) ? "file" : ""}`} />
            </span>
            <span className="cut grow">{port.name}</span>
            <span className="dim xs">
              {port.type ?? "any type"}, {end.side === "from" ? "output" : "input"}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
