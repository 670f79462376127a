/* Putting a component of the palette into the pipeline. */
import type { Source } from "../../../model/document.ts";
import { changeOutput, setArgument } from "../../../model/edit.ts";
import { canvasBridge, type Landing } from "../canvas/bridge.ts";
import { portName } from "../canvas/ids.ts";
import { type Chosen, canvas } from "../canvas/state.ts";
import { actions } from "../store.ts";
import { type Entry, type Fit, joining } from "./entries.ts";

/** About the size of a new task. */
const SIZE = { width: 200, height: 114 };

/** Next to the selected task. */
export function addNext(entry: Entry): void {
  const at = canvasBridge()?.nextPlace(SIZE.width, SIZE.height) ?? null;
  shown(actions.addComponent(entry, at));
}

/** Joined to the chosen port. */
export function addFitting({ entry, port }: Fit, chosen: Chosen): void {
  const at = chosen.at ?? canvasBridge()?.nextPlace(SIZE.width, SIZE.height) ?? null;
  const { args, rest } = joining(chosen, port);
  const id = actions.addComponent(entry, at, args, rest);
  canvas.set({ chosen: null });
  if (id !== "") actions.say(`Added ${entry.title}, connected ${portName(chosen.port)} to ${port.name}`);
  shown(id);
}

/** Where it was dropped; on an edge it goes into the connection. */
export function drop(entry: Entry, { at, split }: Landing): void {
  if (!split) {
    shown(actions.addComponent(entry, at));
    return;
  }
  const { from, to, input, output } = split;
  const args = new Map<string, Source>([[input, from]]);
  const id = actions.addComponent(entry, at, args, (doc, task) => {
    const source: Source = { kind: "output", task, output };
    return "task" in to ? setArgument(doc, to.task, to.port, source) : changeOutput(doc, to.output, {}, source);
  });
  if (id !== "") actions.say(`Added ${entry.title} between two tasks, by ${input} and ${output}`);
  shown(id);
}

function shown(id: string): void {
  if (id !== "") canvasBridge()?.show(id);
}
