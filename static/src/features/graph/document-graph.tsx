/** The picture of a pipeline document: its tasks, what goes in and what comes out. */
import { useMemo } from "react";
import { readDocument, type Task } from "../../model/document.ts";
import { type End, edges as edgesOf, runOrder } from "../../model/graph.ts";
import { Empty } from "../../ui/states.tsx";
import { type GraphEdge, type GraphNode, GraphView } from "./graph-view.tsx";

const idOf = (end: End) =>
  end.kind === "task" ? `task/${end.task}` : end.kind === "input" ? `input/${end.input}` : `output/${end.output}`;

function secondLine(task: Task): string {
  if (task.iterate !== null) return `for each ${task.iterate}`;
  if (task.condition.kind !== "none") return "on a condition";
  const key = task.reference.name ?? task.reference.key;
  return key === null ? "defined in this pipeline" : key.startsWith("sha256:") ? key.slice(0, 15) : key;
}

function picture(text: string) {
  const doc = readDocument(text);
  const nodes: GraphNode[] = [
    ...doc.inputs.map((p) => ({ id: `input/${p.name}`, title: p.name, line: p.type ?? "input", icon: "right" })),
    ...runOrder(doc).flatMap((id): GraphNode[] => {
      const task = doc.tasks.get(id);
      if (!task) return [];
      return [{ id: `task/${id}`, title: id, line: secondLine(task), kind: "component", lane: task.exitHandler }];
    }),
    ...doc.outputs.map((p) => ({ id: `output/${p.name}`, title: p.name, line: p.type ?? "output", icon: "flag" })),
  ];
  const edges = new Map<string, GraphEdge>();
  for (const edge of edgesOf(doc)) {
    const [from, to] = [idOf(edge.from), idOf(edge.to)];
    if (to.startsWith("task/") && doc.tasks.get(to.slice(5))?.exitHandler) continue; // lanes have no order edges
    const id = `${from} ${to}`;
    if (edge.kind === "condition" || !edges.has(id))
      edges.set(id, { from, to, look: edge.kind === "condition" ? "condition" : "plain" });
  }
  return { nodes, edges: [...edges.values()] };
}

export default function DocumentGraph({ text, label }: { text: string; label: string }) {
  const { nodes, edges } = useMemo(() => picture(text), [text]);
  if (!nodes.length)
    return (
      <Empty icon="pipeline" title="No tasks">
        This document describes no graph.
      </Empty>
    );
  return (
    <div className="docgraph">
      <GraphView nodes={nodes} edges={edges} label={label} />
    </div>
  );
}
