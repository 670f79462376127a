/** What is typed into the form of a pipeline, and what of it is sent. */
import type { Port } from "../../net/types.ts";
import { fault, valueText } from "./values.ts";

/** What was typed; null or left out: not set. */
export type ParameterValues = Readonly<Record<string, string | null>>;

export const givenValue = (values: ParameterValues, name: string): string | null =>
  Object.hasOwn(values, name) ? (values[name] ?? null) : null;

export const isRequired = (port: Port) => !port.optional && valueText(port.default) === null;

/** Only what was set; an optional input that was left empty is not sent. */
export function parametersOf(inputs: readonly Port[], values: ParameterValues): Record<string, string> {
  const set = inputs.map((port) => [port.name, givenValue(values, port.name)] as const);
  return Object.fromEntries(set.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** What keeps the values from being sent, by input. */
export function parameterFaults(inputs: readonly Port[], values: ParameterValues): Map<string, string> {
  const faults = new Map<string, string>();
  for (const port of inputs) {
    const value = givenValue(values, port.name);
    const wrong = value === null ? isRequired(port) && "A value is needed." : fault(value, port.type);
    if (wrong) faults.set(port.name, wrong);
  }
  return faults;
}
