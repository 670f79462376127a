/* The graph itself: what is drawn, and what pointer and keys do to it. */
import {
  type Connection,
  type EdgeChange,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
  useStoreApi,
  type Viewport,
  ViewportPortal,
} from "@xyflow/react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Position } from "../../../model/document.ts";
import { family } from "../../../model/types.ts";
import { actions, useCreator } from "../store.ts";
import * as acts from "./acts.ts";
import { Banner, PortList, Reason } from "./connecting.tsx";
import { DetailContext, detailAt } from "./detail.ts";
import { EdgeLine, EdgeSheet } from "./edges.tsx";
import { boxOf, type Flow, type FlowNode } from "./flow.ts";
import { endOf, nameOfNode, nodeId, nodeOfEnd, portKey } from "./ids.ts";
import { showCandidate, type View } from "./keys.ts";
import { MiniMap } from "./minimap.tsx";
import { GRID, snapped } from "./places.ts";
import { typeOfPort } from "./ports.ts";
import { type FlowEdge, selectedNodes, shownEdges, shownNodes } from "./shown.ts";
import { canvas, useCanvas } from "./state.ts";
import { PillNode, TaskNode } from "./task-node.tsx";
import { Toolbar } from "./toolbar.tsx";
import { useBridge } from "./use-bridge.ts";
import { useCanvasKeys } from "./use-canvas-keys.ts";
import { useFlow } from "./use-flow.ts";
import { FARTHEST, useStart, useView } from "./use-view.ts";

const NODE_TYPES = { task: TaskNode, pill: PillNode };
const EDGE_TYPES = { flow: EdgeLine };
const SNAP: [number, number] = [GRID, GRID];
const MULTI = ["Shift", "Meta", "Control"];
const NO_EDGES: FlowEdge[] = [];
const NEAREST = 2;

export function Graph({ children }: { children: ReactNode }) {
  const store = useStoreApi();
  // Sizes and ports of nodes are known before they are drawn: nothing has to be measured afterwards.
  useState(() => store.setState({ updateNodeInternals: () => {} }));
  const flow = useFlow();
  const latest = useRef(flow);
  latest.current = flow;
  const section = useRef<HTMLElement>(null);
  const start = useStart(section, flow);
  const view = useView(section, latest);
  useCanvasKeys(section, view);
  useBridge(section, latest, view);
  const connecting = useCanvas((state) => state.connecting);
  const listing = useCanvas((state) => state.listing);
  const hint = connecting ? `connecting p p-${family(connecting.type)}` : "";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: Tab enters the canvas here and walks its tasks from here
    <section ref={section} className={`canvas ${hint}`} aria-label={canvasLabel(flow)} tabIndex={0}>
      {start && <Surface flow={flow} start={start} view={view} />}
      {children}
      <Reason />
      <Banner />
      {listing !== null && <PortList key={listing} task={listing} back={() => view.goTo(nodeId("task", listing))} />}
      <Toolbar
        fit={view.fit}
        tidy={() => {
          acts.tidy(latest.current);
          view.fit();
        }}
      />
    </section>
  );
}

const canvasLabel = (flow: Flow): string =>
  flow.made.size === 0 ? "Canvas, no tasks yet" : `Canvas, ${flow.made.size} tasks. Tab walks them in run order.`;

/* ---- what is drawn */

function Surface({ flow, start, view }: { flow: Flow; start: Viewport; view: View }) {
  const selection = useCreator((creator) => creator.selection);
  const readOnly = useCreator((creator) => creator.readOnly);
  const edge = useCanvas((state) => state.edge);
  const over = useCanvas((state) => state.over);
  const detail = useStore((state) => detailAt(state.transform[2]));
  const [moved, setMoved] = useState<ReadonlyMap<string, Position> | null>(null);
  const selected = useMemo(() => selectedNodes(selection), [selection]);
  const nodes = useMemo(() => shownNodes(flow, selected, moved), [flow, selected, moved]);
  const edges = useMemo(
    () => (detail === 1 ? shownEdges(flow, selected, edge, over) : NO_EDGES),
    [flow, selected, edge, over, detail],
  );
  const store = useStoreApi();
  const { screenToFlowPosition } = useReactFlow();
  /** Letting go of a connection is a click as well, but none that is meant. */
  const isDropped = useRef(false);

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    const places = new Map<string, Position>();
    const turned = new Map<string, boolean>();
    for (const change of changes) {
      if (change.type === "position" && change.position && change.dragging) places.set(change.id, change.position);
      else if (change.type === "select") turned.set(change.id, change.selected);
    }
    if (places.size) setMoved((before) => new Map([...(before ?? []), ...places]));
    if (turned.size) turnSelection(turned);
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange<FlowEdge>[]) => {
    for (const change of changes) {
      if (change.type !== "select") continue;
      if (change.selected) canvas.set({ edge: change.id });
      else if (canvas.get().edge === change.id) canvas.set({ edge: null });
    }
  }, []);

  const onNodeDragStop = useCallback(
    (_: unknown, __: unknown, dragged: FlowNode[]) => {
      const places = new Map(dragged.map(({ id, position }) => [id, position]));
      const isMoved = dragged.some(({ id, position }) => {
        const place = flow.places.get(id);
        return place && (place.x !== position.x || place.y !== position.y);
      });
      if (isMoved) {
        const label = acts.movedLabel(places.keys());
        acts.move(flow, places, label);
        actions.say(label.replace("Move", "Moved"));
      }
      setMoved(null);
    },
    [flow],
  );

  const onConnectStart = useCallback(
    (_: unknown, { nodeId: node, handleId }: { nodeId: string | null; handleId: string | null }) => {
      const port = node === null ? null : endOf(node, handleId);
      if (port) acts.startConnecting(port, false);
    },
    [],
  );

  const isValidConnection = useCallback(({ source, sourceHandle, target, targetHandle }: Connection | FlowEdge) => {
    const fitting = canvas.get().connecting?.fitting;
    return Boolean(fitting?.has(`${source} ${sourceHandle}`) || fitting?.has(`${target} ${targetHandle}`));
  }, []);

  const onConnect = useCallback(({ source, sourceHandle, target, targetHandle }: Connection) => {
    const [from, to] = [endOf(source, sourceHandle), endOf(target, targetHandle)];
    if (canvas.get().connecting && from && to) acts.connect(from, to);
  }, []);

  const onConnectEnd = useCallback<OnConnectEnd>(
    (event, { isValid, toHandle }) => {
      const { connecting } = canvas.get();
      acts.stopConnecting();
      if (!connecting || isValid) return;
      const { port, type } = connecting;
      const to = toHandle ? endOf(toHandle.nodeId, toHandle.id) : null;
      if (to) {
        const verdict = acts.verdictOf(port, to);
        if (!verdict.ok && portKey(port) !== portKey(to)) acts.refuse(verdict.reason);
        return;
      }
      const point = "changedTouches" in event ? event.changedTouches[0]! : event;
      const under = document.elementFromPoint(point.clientX, point.clientY);
      const node = under?.closest(".react-flow__node")?.getAttribute("data-id");
      if (node && node !== nodeOfEnd(port)) acts.connectToNode(connecting, node);
      if (node || !under?.closest(".react-flow__pane")) return;
      const at = snapped(screenToFlowPosition({ x: point.clientX, y: point.clientY }));
      canvas.set({ chosen: { port, type, at } });
      isDropped.current = true;
      actions.say("The palette lists the components that fit");
    },
    [screenToFlowPosition],
  );

  useEffect(() => {
    const cancel = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !store.getState().connection.inProgress) return;
      acts.stopConnecting();
      store.getState().cancelConnection();
      actions.say("Connection cancelled");
      event.preventDefault();
    };
    addEventListener("keydown", cancel);
    return () => removeEventListener("keydown", cancel);
  }, [store]);

  const onClick = useCallback((event: React.MouseEvent) => {
    if (isDropped.current) {
      isDropped.current = false;
      return;
    }
    const target = event.target as Element;
    const mark = target.closest<HTMLElement>(".port");
    const port = mark ? endOf(mark.dataset.nodeid!, mark.dataset.handleid) : null;
    const { readOnly } = actions.current();
    if (port && !readOnly) canvas.set({ chosen: { port, type: typeOfPort(actions.current(), port), at: null } });
    else if (canvas.get().chosen) canvas.set({ chosen: null });
    const node = target.closest<HTMLElement>(".react-flow__node");
    if (!node) return;
    node.querySelector<HTMLElement>("article")?.focus({ preventScroll: true });
    // One of several that are selected: a plain click leaves it alone.
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey)
      turnSelection(new Map([[node.dataset.id!, true]]), new Set());
  }, []);

  return (
    <DetailContext.Provider value={detail}>
      <ReactFlow<FlowNode, FlowEdge>
        className={detail === 1 ? "" : `is-far far-${Math.round(detail * 100)}`}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        defaultViewport={start}
        minZoom={FARTHEST}
        maxZoom={NEAREST}
        onlyRenderVisibleElements
        disableKeyboardA11y
        nodesFocusable={false}
        edgesFocusable={false}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        connectOnClick={false}
        connectionRadius={24}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={MULTI}
        selectionMode={SelectionMode.Partial}
        zoomOnDoubleClick={false}
        snapToGrid
        snapGrid={SNAP}
        elevateNodesOnSelect={false}
        proOptions={PRO}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={onNodeDragStop}
        onConnectStart={onConnectStart}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValidConnection}
        onPointerDownCapture={() => {
          isDropped.current = false;
        }}
        onClick={onClick}
      >
        <ExitLane flow={flow} />
        {detail !== 1 && <EdgeSheet flow={flow} moved={moved} touched={selected} />}
      </ReactFlow>
      <MiniMap flow={flow} selected={selected} />
      <FollowCandidate view={view} />
    </DetailContext.Provider>
  );
}

const PRO = { hideAttribution: true };

/** What React Flow says was turned on or off, as the selection of the store: tasks, or one input or output. */
function turnSelection(
  turned: ReadonlyMap<string, boolean>,
  next: Set<string> = selectedNodes(actions.current().selection),
): void {
  for (const [id, on] of turned) {
    if (on) next.add(id);
    else next.delete(id);
  }
  const names = [...next].map(nameOfNode);
  const tasks = names.filter(({ kind }) => kind === "task").map(({ name }) => name);
  const port = names.find(({ kind }) => kind !== "task");
  if (tasks.length) actions.select({ kind: "tasks", ids: new Set(tasks) });
  else if (port && port.kind !== "task") actions.select({ kind: port.kind, name: port.name });
  else actions.select({ kind: "none" });
}

/** The lane below the graph in which exit handlers stand. */
function ExitLane({ flow }: { flow: Flow }) {
  const lane = useMemo(() => {
    const isHandler = (node: FlowNode) => node.type === "task" && node.data.exitHandler;
    const box = boxOf(flow.nodes.filter(isHandler));
    const all = boxOf(flow.nodes);
    if (!box || !all) return null;
    const [top, bottom] = [box.y - 36, box.y + box.height + 12];
    const isBeside = (node: FlowNode) =>
      !isHandler(node) && node.position.y < bottom && node.position.y + (node.height ?? 0) > top;
    // As wide as the graph, unless something else stands at its height.
    const { x, width } = flow.nodes.some(isBeside) ? box : all;
    return { left: x - 18, width: width + 36, top, height: bottom - top };
  }, [flow]);
  if (!lane) return null;
  return (
    <ViewportPortal>
      <div className="lane" style={lane}>
        <span className="lane-title">
          <b>Exit handlers</b> always run after the last task, whatever its state
        </span>
      </div>
    </ViewportPortal>
  );
}

/** The keyboard's connection starts by showing its first candidate. */
function FollowCandidate({ view }: { view: View }) {
  const port = useCanvas(({ connecting }) => (connecting?.at == null ? null : connecting.port));
  useEffect(() => {
    if (port) showCandidate(view);
  }, [port, view]);
  return null;
}
