/** Which problems of a refused launch belong to which field. */
import type { Port, Problem } from "../../net/types.ts";
import { capital } from "../../ui/format.ts";

/** Warnings do not keep a pipeline from running, so they are left out. */
export function problemsByInput(problems: readonly Problem[], inputs: readonly Port[]) {
  const byInput = new Map<string, string>();
  const rest: Problem[] = [];
  for (const problem of problems) {
    if (problem.severity !== "error") continue;
    const name = inputOf(problem, inputs);
    if (name === null) rest.push(problem);
    else if (!byInput.has(name)) byInput.set(name, sentenceOf(problem, name));
  }
  return { byInput: byInput as ReadonlyMap<string, string>, rest };
}

function inputOf({ path, code, message }: Problem, inputs: readonly Port[]): string | null {
  const [first, second = ""] = path.split("/").slice(1).map(unescaped);
  if (first === "parameters" && inputs.some((port) => port.name === second)) return second;
  if (first === "inputs" && code === "missing_parameter") return inputs[Number(second)]?.name ?? null;
  return inputs.find((port) => message.startsWith(`parameter ${port.name}: `))?.name ?? null;
}

/** A part of a JSON pointer. */
const unescaped = (part: string) => part.replaceAll("~1", "/").replaceAll("~0", "~");

function sentenceOf(problem: Problem, name: string): string {
  return sentences({ ...problem, message: problem.message.replace(`parameter ${name}: `, "") });
}

const ended = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What is wrong, and what to do. */
export const sentences = ({ message, hint }: Problem) =>
  [message, hint].flatMap((text) => (text ? [ended(capital(text))] : [])).join(" ");
