/* What can become a task: components and pipelines of the catalog. */
import type { PipelineDocument, Port, Source, TextChange } from "../../../model/document.ts";
import { changeOutput, setArgument } from "../../../model/edit.ts";
import { fittingPorts } from "../../../model/graph.ts";
import type { Asset } from "../../../net/types.ts";
import { sourceOf } from "../canvas/ports.ts";
import type { Chosen } from "../canvas/state.ts";
import { modelInterface } from "../references.ts";
import type { Component } from "../store.ts";

export interface Entry extends Component {
  provider: string;
  version: string;
  deprecated: boolean;
  used: number;
}

/** Null for what has no version to refer to. */
export function entryOf(asset: Asset): Entry | null {
  if (!asset.latest || (asset.kind !== "component" && asset.kind !== "pipeline")) return null;
  return {
    key: `${asset.namespace}/${asset.name}@${asset.latest.version}`,
    kind: asset.kind,
    title: asset.title || asset.name,
    interface: modelInterface(asset.latest.interface),
    provider: asset.provider ?? asset.namespace,
    version: asset.latest.version,
    deprecated: asset.deprecated !== null,
    used: asset.used_by,
  };
}

export const entriesOf = (assets: readonly Asset[]): Entry[] =>
  assets.map(entryOf).filter((entry): entry is Entry => entry !== null);

export interface Fit {
  entry: Entry;
  port: Port;
  exact: boolean;
}

/** Those that a port may be connected with: exact types first, rest the most used; deprecated ones last. */
export function fitsFor({ port, type }: Pick<Chosen, "port" | "type">, entries: readonly Entry[]): Fit[] {
  const side = port.side === "from" ? "inputs" : "outputs";
  const fits = entries.flatMap((entry) => {
    const [first] = fittingPorts(entry.interface, type, side);
    return first ? [{ entry, port: first, exact: first.type === type }] : [];
  });
  const rank = ({ entry, exact }: Fit) => (entry.deprecated ? 2 : exact ? 0 : 1);
  return fits.sort(
    (a, b) => rank(a) - rank(b) || b.entry.used - a.entry.used || a.entry.title.localeCompare(b.entry.title, "en"),
  );
}

/** The arguments of the new task, and what else has to change, to join it to a port. */
export function joining(
  { port }: Pick<Chosen, "port">,
  own: Port,
): { args: Map<string, Source>; rest: (doc: PipelineDocument, id: string) => TextChange[] } {
  if (port.side === "from") return { args: new Map([[own.name, sourceOf(port.end)]]), rest: () => [] };
  const { end } = port;
  return {
    args: new Map(),
    rest: (doc, id) => {
      const source: Source = { kind: "output", task: id, output: own.name };
      return "task" in end ? setArgument(doc, end.task, end.port, source) : changeOutput(doc, end.output, {}, source);
    },
  };
}
