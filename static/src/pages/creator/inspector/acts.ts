/** What is done to tasks and to ports of the pipeline as a whole. */
import { duplicateTasks } from "../../../model/clipboard.ts";
import { removeInput, removeOutput, removeTasks } from "../../../model/edit.ts";
import { counted } from "../../../ui/format.ts";
import { toast } from "../../../ui/toast.tsx";
import { actions } from "../store.ts";

const COPY_OFFSET = { x: 36, y: 36 };

export function duplicate(ids: readonly string[]) {
  let added: string[] = [];
  actions.change(`Duplicate ${ids.length === 1 ? ids[0] : counted(ids.length, "task")}`, (doc) => {
    const copies = duplicateTasks(doc, ids, COPY_OFFSET);
    added = copies.added;
    return copies.changes;
  });
  if (!added.length) return;
  actions.select({ kind: "tasks", ids: new Set(added) });
  actions.say(`Duplicated as ${added.join(", ")}`);
}

export function remove(ids: readonly string[]) {
  const what = ids.length === 1 ? ids[0]! : counted(ids.length, "task");
  actions.change(`Delete ${what}`, (doc) => removeTasks(doc, ids));
  document.getElementById("inspector")?.focus();
  toast(`Deleted ${what}`, { action: { label: "Undo", run: actions.undo } });
}

export function removePort(side: "input" | "output", name: string) {
  actions.change(`Delete the ${side} ${name}`, (doc) =>
    side === "input" ? removeInput(doc, name) : removeOutput(doc, name),
  );
  document.getElementById("inspector")?.focus();
  toast(`Deleted the ${side} ${name}`, { action: { label: "Undo", run: actions.undo } });
}
