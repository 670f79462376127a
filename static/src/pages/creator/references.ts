/** What the hub says about the components a document refers to, in the shapes of the model. */
import type { Interface, Port } from "../../model/document.ts";
import type { Interfaces } from "../../model/graph.ts";
import { normalType } from "../../model/types.ts";
import type { Reference, Interface as WireInterface, Port as WirePort } from "../../net/types.ts";

const portOf = (port: WirePort): Port => ({
  name: port.name,
  type: normalType(port.type),
  optional: port.optional ?? false,
  default: textOf(port.default),
  description: port.description ?? null,
});

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The interface of a version as the catalog gives it. */
export const modelInterface = (wire: WireInterface): Interface => ({
  inputs: wire.inputs.map(portOf),
  outputs: wire.outputs.map(portOf),
});

export interface Known {
  references: ReadonlyMap<string, Reference>;
  interfaces: Interfaces;
}

/** With what a check has answered; the same objects where it said nothing new, so that nothing is drawn again. */
export function learn(known: Known, answered: readonly Reference[]): Known {
  const news = answered.filter((r) => JSON.stringify(known.references.get(r.key)) !== JSON.stringify(r));
  if (news.length === 0) return known;
  const references = new Map(known.references);
  const interfaces = new Map(known.interfaces);
  for (const reference of news) {
    references.set(reference.key, reference);
    interfaces.set(reference.key, modelInterface(reference.interface));
  }
  return { references, interfaces };
}
