/** "?": all keys, as far as pages have some. */
import { Dialog } from "../ui/dialog.tsx";
import { CONTROL } from "./top.tsx";

const GROUPS: { title: string; keys: [what: string, ...keys: string[]][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["Search everything", `${CONTROL} K`],
      ["Search on this page", "/"],
      ["All keys", "?"],
      ["Close what is open", "Esc"],
    ],
  },
  {
    title: "In the search",
    keys: [
      ["Move", "↑", "↓"],
      ["Open", "Enter"],
      ["Open in a new tab", `${CONTROL} Enter`],
      ["Acts only", ">"],
    ],
  },
  {
    title: "Check Tekton YAML",
    keys: [["Next, previous problem", "F8", "Shift F8"]],
  },
  {
    title: "Run",
    keys: [
      ["Next, previous task", "J", "K"],
      ["Log", "L"],
      ["Follow the log", "F"],
    ],
  },
  {
    title: "Pipeline creator",
    keys: [
      ["Search the palette", "/"],
      ["Next task in run order", "Tab"],
      ["Along the connections", "←", "→"],
      ["Move the task", "Alt + arrows"],
      ["Open the form of the task", "Enter"],
      ["Start a connection at a port", "C"],
      ["Delete", "Del"],
      ["Undo, redo", `${CONTROL} Z`, `${CONTROL} Shift Z`],
      ["Copy, paste, duplicate", `${CONTROL} C`, `${CONTROL} V`, `${CONTROL} D`],
      ["Select all tasks", `${CONTROL} A`],
      ["Tasks as a list", `${CONTROL} F`],
      ["YAML beside the canvas", "Y"],
      ["Compiled pipeline", `${CONTROL} B`],
      ["Problems", `${CONTROL} Shift C`],
      ["Zoom", "+", "-"],
      ["Fit into view", "Shift 1"],
      ["Tidy", "Shift L"],
      ["Save now", `${CONTROL} S`],
      ["Launch", `${CONTROL} Enter`],
    ],
  },
];

export default function KeysDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="All keys" onClose={onClose} wide>
      <div className="keys">
        {GROUPS.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([what, ...all]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    {all.map((k) => (
                      <kbd key={k}>{k}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
