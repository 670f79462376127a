/* The graph itself: what is drawn, and what pointer and keys do to it. */
import {
  type Connection,
  type EdgeChange,
  getViewportForBounds,
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
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Position } from "../../../model/document.ts";
import { family } from "../../../model/types.ts";
import { actions, useCreator } from "../store.ts";
import * as acts from "./acts.ts";
import { setBridge } from "./bridge.ts";
import { Banner, PortList, Reason } from "./connecting.tsx";
import { DetailContext, detailAt } from "./detail.ts";
import { EdgeLine, EdgeSheet, type FlowEdge } from "./edges.tsx";
import { boxOf, type Flow, type FlowNode } from "./flow.ts";
import { endOf, nameOfNode, nodeId, nodeOfEnd, portKey } from "./ids.ts";
import { canvasKey, isElsewhere, pageKey, showCandidate, type View } from "./keys.ts";
import { MiniMap } from "./minimap.tsx";
import { freePlace, GAP_X, GRID, snapped } from "./places.ts";
import { splitOf, typeOfPort } from "./ports.ts";
import { canvas, useCanvas } from "./state.ts";
import { PillNode, TaskNode } from "./task-node.tsx";
import { Toolbar } from "./toolbar.tsx";
import { selectedNodes, shownEdges, shownNodes, useFlow } from "./use-flow.ts";

const NODE_TYPES = { task: TaskNode, pill: PillNode };
const EDGE_TYPES = { flow: EdgeLine };
const SNAP: [number, number] = [GRID, GRID];
const MULTI = ["Shift", "Meta", "Control"];
const NO_EDGES: FlowEdge[] = [];
const NEAREST = 2;
const FARTHEST = 0.05;
/** Few tasks open with all they show, or at their beginning; many as a whole unless that would be too small to read. */
const FEW = 30;
const READABLE = 0.25;
const FULL = 0.75;
const PADDING = 0.06;
/** Frames to wait for a node that comes into view. */
const PATIENCE = 30;

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
  useKeys(section, view);
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

/** Where to look at first, once the size of the canvas is known. */
function useStart(section: React.RefObject<HTMLElement | null>, flow: Flow): Viewport | null {
  const [start, setStart] = useState<Viewport | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first view
  useLayoutEffect(() => {
    const box = section.current!.getBoundingClientRect();
    setStart(firstView(flow, box.width, box.height));
  }, []);
  return start;
}

function firstView(flow: Flow, width: number, height: number): Viewport {
  const box = boxOf(flow.nodes);
  if (!box || flow.made.size === 0) return { x: 66, y: height * 0.7, zoom: 1 };
  const whole = getViewportForBounds(box, width, height, FARTHEST, 1, PADDING);
  if (whole.zoom >= FULL || (flow.made.size > FEW && whole.zoom >= READABLE)) return whole;
  const room = Math.max(48, (height - box.height * FULL) / 2);
  return { x: 24 - box.x * FULL, y: room - box.y * FULL, zoom: FULL };
}

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
      if (!under?.closest(".react-flow__pane") || under.closest(".react-flow__node")) return;
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
    target.closest(".react-flow__node")?.querySelector<HTMLElement>("article")?.focus({ preventScroll: true });
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
function turnSelection(turned: ReadonlyMap<string, boolean>): void {
  const next = selectedNodes(actions.current().selection);
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
    return { left: all.x - 18, width: all.width + 36, top: box.y - 36, height: box.height + 48 };
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

/* ---- the view */

function useView(section: React.RefObject<HTMLElement | null>, latest: React.RefObject<Flow>): View {
  const store = useStoreApi();
  const { setCenter, fitView, zoomTo, getZoom, setViewport } = useReactFlow();
  const view = useMemo<View>(() => {
    const show = (id: string, zoom?: number) => {
      const node = latest.current.byId.get(id);
      if (!node) return;
      const { transform, width, height } = store.getState();
      const [x, y, now] = transform;
      const [w, h] = [node.width ?? 0, node.height ?? 0];
      const [left, top] = [node.position.x * now + x, node.position.y * now + y];
      const isSeen = left >= 0 && top >= 0 && left + w * now <= width && top + h * now <= height;
      if (!isSeen || zoom) void setCenter(node.position.x + w / 2, node.position.y + h / 2, { zoom: zoom ?? now });
    };
    const focus = (id: string, frames: number) => {
      const node = section.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"] article`);
      if (node) node.focus({ preventScroll: true });
      else if (frames > 0) requestAnimationFrame(() => focus(id, frames - 1));
    };
    return {
      flow: () => latest.current,
      goTo(id) {
        const { kind, name } = nameOfNode(id);
        const isConnecting = canvas.get().connecting?.at != null;
        if (!isConnecting) actions.select(kind === "task" ? { kind: "tasks", ids: new Set([name]) } : { kind, name });
        show(id, isConnecting && getZoom() < 0.6 ? 1 : undefined);
        focus(id, PATIENCE);
      },
      zoomBy: (factor) => void zoomTo(getZoom() * factor),
      fit: () => {
        // After the change that the fitting follows is drawn.
        requestAnimationFrame(() => void fitView({ padding: PADDING, maxZoom: 1 }));
      },
      focus: () => section.current?.focus({ preventScroll: true }),
    };
  }, [store, setCenter, fitView, zoomTo, getZoom, section, latest]);

  useEffect(() => actions.onFocusTask((id) => view.goTo(nodeId("task", id))), [view]);

  // A pipeline that comes as a whole, such as a starter, is shown as a whole; so it is after a pane beside it opened.
  const count = latest.current.made.size;
  const before = useRef(count);
  useEffect(() => {
    const { width, height } = store.getState();
    if (before.current === 0 && count > 1) void setViewport(firstView(latest.current, width, height));
    before.current = count;
  }, [count, store, setViewport, latest]);
  useEffect(() => {
    let width = section.current!.clientWidth;
    const observer = new ResizeObserver(() => {
      const now = section.current?.clientWidth ?? width;
      if (Math.abs(now - width) > 150 && width > 0) view.fit();
      width = now;
    });
    observer.observe(section.current!);
    return () => observer.disconnect();
  }, [section, view]);
  return view;
}

function useKeys(section: React.RefObject<HTMLElement | null>, view: View): void {
  useEffect(() => {
    const element = section.current!;
    const onCanvas = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event) || (event.target as Element).closest(".float, .starts")) return;
      if (canvasKey(event, view)) event.preventDefault();
    };
    const onPage = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event)) return;
      if ((event.ctrlKey || event.metaKey) && event.key === "f") canvas.set({ list: true });
      else if (!pageKey(event, view)) return;
      event.preventDefault();
    };
    const onClipboard = (event: ClipboardEvent) => {
      if (isElsewhere(event) || !event.clipboardData) return;
      if (event.type === "paste" ? pasted(event.clipboardData, view) : copied(event.clipboardData, event.type, view))
        event.preventDefault();
    };
    element.addEventListener("keydown", onCanvas);
    addEventListener("keydown", onPage);
    for (const type of CLIPBOARD) document.addEventListener(type, onClipboard);
    return () => {
      element.removeEventListener("keydown", onCanvas);
      removeEventListener("keydown", onPage);
      for (const type of CLIPBOARD) document.removeEventListener(type, onClipboard);
    };
  }, [section, view]);
}

const CLIPBOARD = ["copy", "cut", "paste"] as const;
/** How often the same text was pasted: each copy stands beside the one before. */
let pasting = { text: "", times: 0 };

function copied(clipboard: DataTransfer, type: string, view: View): boolean {
  if (String(getSelection()) !== "") return false;
  const text = acts.copySelected();
  if (text === null) return false;
  clipboard.setData("text/plain", text);
  if (type === "cut" && !actions.current().readOnly) acts.removeSelected(view.flow());
  pasting = { text, times: 0 };
  return true;
}

function pasted(clipboard: DataTransfer, view: View): boolean {
  const text = clipboard.getData("text/plain");
  if (text === "" || actions.current().readOnly) return false;
  pasting = { text, times: pasting.text === text ? pasting.times + 1 : 1 };
  const by = 2 * GRID * pasting.times;
  if (!acts.paste(text, { x: by, y: by })) return false;
  const first = acts.selectedTasks()[0];
  if (first) view.goTo(nodeId("task", first));
  return true;
}

/* ---- what the palette drops */

function useBridge(section: React.RefObject<HTMLElement | null>, latest: React.RefObject<Flow>, view: View): void {
  const store = useStoreApi();
  const { screenToFlowPosition } = useReactFlow();
  useEffect(
    () =>
      setBridge({
        landing(clientX, clientY, component) {
          const under = document
            .elementsFromPoint(clientX, clientY)
            .filter((element) => !element.closest(".drag-ghost"));
          if (!under[0] || !section.current?.contains(under[0]) || under[0].closest(".float, .map")) return null;
          const edge = under.find((element) => element.closest(".react-flow__edge"))?.closest(".react-flow__edge");
          const at = screenToFlowPosition({ x: clientX, y: clientY });
          const split = splitOf(actions.current(), latest.current, edge?.getAttribute("data-id") ?? null, component);
          return { at: snapped({ x: at.x - 85, y: at.y - 21 }), split };
        },
        hover: (edge) => canvas.get().over !== edge && canvas.set({ over: edge }),
        nextPlace(width, height) {
          const flow = latest.current;
          const { chosen } = canvas.get();
          const selected = [...selectedNodes(actions.current().selection)].at(-1);
          const id = chosen ? nodeOfEnd(chosen.port) : selected;
          const beside = id === undefined ? undefined : flow.byId.get(id);
          const state = store.getState();
          const [x, y, zoom] = state.transform;
          const middle = { x: (state.width / 2 - x) / zoom - width / 2, y: (state.height / 2 - y) / zoom - height / 2 };
          const isBefore = chosen?.port.side === "to";
          const wanted = beside
            ? {
                x: isBefore ? beside.position.x - GAP_X - width : beside.position.x + (beside.width ?? 0) + GAP_X,
                y: beside.position.y,
              }
            : middle;
          const boxes = flow.nodes.map((node) => ({
            ...node.position,
            width: node.width ?? 0,
            height: node.height ?? 0,
          }));
          return freePlace({ ...snapped(wanted), width, height }, boxes);
        },
        show: (task) => view.goTo(nodeId("task", task)),
      }),
    [section, latest, view, store, screenToFlowPosition],
  );
}
