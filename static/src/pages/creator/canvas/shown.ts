/* Nodes and edges as they are shown: with what is selected and what is being dragged. */
import type { Edge } from "@xyflow/react";
import type { Position } from "../../../model/document.ts";
import type { Selection } from "../store.ts";
import type { EdgeView, Flow, FlowNode } from "./flow.ts";
import { nodeId } from "./ids.ts";

export type FlowEdge = Edge<{ view: EdgeView; touched: boolean }, "flow">;

export function selectedNodes(selection: Selection): Set<string> {
  if (selection.kind === "none") return new Set();
  if (selection.kind !== "tasks") return new Set([nodeId(selection.kind, selection.name)]);
  return new Set([...selection.ids].map((id) => nodeId("task", id)));
}

/** The same object for the same node each time. */
const chosen = new WeakMap<FlowNode, FlowNode>();

function selectedForm(node: FlowNode): FlowNode {
  const known = chosen.get(node);
  if (known) return known;
  const form = { ...node, selected: true } as FlowNode;
  chosen.set(node, form);
  return form;
}

export function shownNodes(
  flow: Flow,
  selected: ReadonlySet<string>,
  moved: ReadonlyMap<string, Position> | null,
): FlowNode[] {
  if (selected.size === 0 && !moved) return flow.nodes;
  return flow.nodes.map((node) => {
    const form = selected.has(node.id) ? selectedForm(node) : node;
    const position = moved?.get(node.id);
    return position ? ({ ...form, position, dragging: true } as FlowNode) : form;
  });
}

const forms = new WeakMap<EdgeView, Map<string, FlowEdge>>();

/** Edges of the selected are stronger. */
export function shownEdges(
  flow: Flow,
  selected: ReadonlySet<string>,
  edge: string | null,
  over: string | null,
): FlowEdge[] {
  return flow.edges.map((view) => {
    const touched = selected.has(view.source) || selected.has(view.target);
    const [isChosen, isOver] = [view.id === edge, view.id === over];
    const key = `${touched} ${isChosen} ${isOver}`;
    const known = forms.get(view)?.get(key);
    if (known) return known;
    const form = edgeForm(view, touched, isChosen, isOver);
    if (!forms.has(view)) forms.set(view, new Map());
    forms.get(view)?.set(key, form);
    return form;
  });
}

function edgeForm(view: EdgeView, touched: boolean, selected: boolean, over: boolean): FlowEdge {
  const { id, source, target, sourceHandle, targetHandle, label } = view;
  const edge: Edge<FlowEdge["data"] & object, "flow"> = {
    id,
    type: "flow",
    source,
    target,
    sourceHandle,
    targetHandle,
    selected,
    className: over ? "over" : "",
    ariaLabel: label,
    data: { view, touched },
  };
  return edge as FlowEdge;
}
