/* Where nodes stand: as the document says, else as they stood, else in a place found for them. */
import type { PipelineDocument, Position } from "../../../model/document.ts";
import { edges, type Interfaces } from "../../../model/graph.ts";
import { layoutDocument, type Size } from "../../../model/layout.ts";
import { nodeId } from "./ids.ts";

export const GRID = 18;
export const GAP_X = 90;
export const GAP_Y = 36;

export interface Box extends Position {
  width: number;
  height: number;
}

export type Places = Map<string, Position>;

export const snapped = ({ x, y }: Position): Position => ({
  x: Math.round(x / GRID) * GRID,
  y: Math.round(y / GRID) * GRID,
});

/** `before` holds the places of the last time. */
export function placesOf(
  doc: PipelineDocument,
  interfaces: Interfaces,
  size: Size,
  before: ReadonlyMap<string, Position>,
): Places {
  const places: Places = new Map();
  const missing: string[] = [];
  for (const { id, position } of members(doc)) {
    const place = position ?? before.get(id);
    if (place) places.set(id, place);
    else missing.push(id);
  }
  if (missing.length === 0) return places;
  if (places.size === 0) return tidyPlaces(doc, interfaces, size);
  placeMissing(doc, places, missing, size);
  return places;
}

function* members(doc: PipelineDocument) {
  for (const { name, position } of doc.inputs) yield { id: nodeId("input", name), position };
  for (const { id, position } of doc.tasks.values()) yield { id: nodeId("task", id), position };
  for (const { name, position } of doc.outputs) yield { id: nodeId("output", name), position };
}

export function tidyPlaces(doc: PipelineDocument, interfaces: Interfaces, size: Size): Places {
  const laid = layoutDocument(doc, interfaces, size);
  const places: Places = new Map();
  for (const [name, position] of laid.inputs) places.set(nodeId("input", name), position);
  for (const [id, position] of laid.tasks) places.set(nodeId("task", id), position);
  for (const [name, position] of laid.outputs) places.set(nodeId("output", name), position);
  return places;
}

/** Inputs stand left of everything, outputs right; a task right of what it takes from, else below everything. */
function placeMissing(doc: PipelineDocument, places: Places, missing: string[], size: Size): void {
  const box = (id: string): Box => ({ ...places.get(id)!, ...sizeOf(id, size) });
  const boxes = [...places.keys()].map(box);
  const left = Math.min(...boxes.map((b) => b.x));
  const right = Math.max(...boxes.map((b) => b.x + b.width));
  const top = Math.min(...boxes.map((b) => b.y));
  const bottom = Math.max(...boxes.map((b) => b.y + b.height));
  const sources = new Map<string, string>();
  for (const { from, to } of edges(doc)) {
    if (to.kind === "task" && from.kind === "task") sources.set(nodeId("task", to.task), nodeId("task", from.task));
  }
  for (const id of missing) {
    const { width, height } = sizeOf(id, size);
    const source = sources.get(id);
    let at: Position = { x: left, y: bottom + GAP_Y };
    if (id.startsWith("input/")) at = { x: left - width - GAP_X, y: top };
    else if (id.startsWith("output/")) at = { x: right + GAP_X, y: top };
    else if (source && places.has(source)) at = { x: box(source).x + box(source).width + GAP_X, y: box(source).y };
    const place = freePlace({ ...snapped(at), width, height }, boxes);
    places.set(id, place);
    boxes.push({ ...place, width, height });
  }
}

function sizeOf(id: string, size: Size) {
  const at = id.indexOf("/");
  return size(id.slice(0, at) as "task", decodeURIComponent(id.slice(at + 1)));
}

/** The place itself, or the first one below it where nothing stands. */
export function freePlace(wanted: Box, taken: readonly Box[]): Position {
  let { y } = wanted;
  const column = taken
    .filter((box) => box.x < wanted.x + wanted.width + GRID && wanted.x < box.x + box.width + GRID)
    .sort((a, b) => a.y - b.y);
  for (const box of column) {
    if (box.y + box.height + GRID > y && box.y < y + wanted.height + GRID) {
      y = Math.ceil((box.y + box.height + GRID) / GRID) * GRID;
    }
  }
  return { x: wanted.x, y };
}
