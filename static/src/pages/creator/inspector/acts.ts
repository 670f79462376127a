/** What is done to tasks as a whole. */
import { duplicateTasks } from "../../../model/clipboard.ts";
import { removeTasks } from "../../../model/edit.ts";
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
