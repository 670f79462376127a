/** The text beside the canvas: the document as typed, and what it compiles to. */
import { useMemo } from "react";
import type { Lines } from "../../../features/code/code-marks.ts";
import { Code } from "../../../features/code/lazy-code.tsx";
import { IconButton, Tabs } from "../../../ui/controls.tsx";
import { actions, useCreator } from "../store.ts";
import { CompiledTab } from "./compiled-tab.tsx";
import { linesOf, taskAt } from "./lines.ts";

export type YamlTab = "document" | "compiled";

interface YamlPaneProps {
  tab: YamlTab;
  setTab(tab: YamlTab): void;
  /** a line that a problem leads to */
  line: number | null;
  onClose(): void;
}

const TABS = [
  { id: "document", label: "Document" },
  { id: "compiled", label: "Compiled" },
];

export default function YamlPane({ tab, setTab, line, onClose }: YamlPaneProps) {
  return (
    <section className="yamlpane" aria-label="YAML">
      <Tabs label="YAML" tabs={TABS} value={tab} onChange={(id) => setTab(id as YamlTab)}>
        {tab === "document" ? <DocumentTab line={line} /> : <CompiledTab />}
      </Tabs>
      <IconButton label="Close YAML (Y)" icon="x" size="s" className="yaml-close" onClick={onClose} />
    </section>
  );
}

function DocumentTab({ line }: { line: number | null }) {
  const text = useCreator((creator) => creator.text);
  const problems = useCreator((creator) => creator.problems);
  const document = useCreator((creator) => creator.document);
  const selection = useCreator((creator) => creator.selection);
  const lines = useMemo(() => text.split("\n"), [text]);
  const markers = useMemo(
    () =>
      problems.flatMap(({ line, severity, message }) =>
        typeof line === "number" ? [{ line, severity, message }] : [],
      ),
    [problems],
  );
  const selected = useMemo((): Lines | null => {
    if (selection.kind === "tasks") return linesOf(document, lines, [...selection.ids].at(-1) ?? "");
    if (selection.kind === "none") return line === null ? null : { from: line, to: line };
    const port = document[selection.kind === "input" ? "inputs" : "outputs"].find((p) => p.name === selection.name);
    return port ? { from: port.line, to: port.line } : null;
  }, [selection, document, lines, line]);
  const select = (at: number) => {
    const task = taskAt(document, lines, at);
    // Only selected, not gone to: the keys stay with who reads the text.
    if (task !== null) actions.select({ kind: "tasks", ids: new Set([task]) });
  };
  return (
    <>
      <Code
        text={text}
        language="yaml"
        label="Pipeline document"
        selectedLines={selected}
        markers={markers}
        onLine={select}
      />
      <p className="yaml-foot">
        Changes on the canvas touch only their own lines. Comments and unknown fields are kept.
      </p>
    </>
  );
}
