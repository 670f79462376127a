/** Opens a draft: loads its text, has it saved and checked while it is open, and hears of others who save it. */
import { emptyDocument } from "../../model/document.ts";
import { onRecovered } from "../../net/connection.ts";
import { onEvents } from "../../net/events.ts";
import * as hub from "../../net/hub.ts";
import { ApiError, idempotencyKey } from "../../net/request.ts";
import type { Kind } from "../../net/types.ts";
import { session as signedIn } from "../../net/use-session.ts";
import { creatorPlace } from "../../route/places.ts";
import { readdress } from "../../route/router.tsx";
import { Autosave, type Clock } from "./autosave.ts";
import { type Backup, findBackup, keeper } from "./backup.ts";
import { watchChecks } from "./checks.ts";
import { modelInterface } from "./references.ts";
import { actions, type Component, session } from "./store.ts";

/** What a draft begins with. */
export interface Start {
  text: string;
  title: string;
  basedOn: string | null;
  stored: { id: string; etag: string; text: string; at: number } | null;
  /** goes onto the canvas first */
  use: Component | null;
}

const UNTITLED = "Untitled pipeline";

export interface Address {
  draft: string;
  from: string | null;
  use: string | null;
}

export async function loadStart({ draft, from, use }: Address, signal: AbortSignal): Promise<Start> {
  if (draft !== "new") return loadDraft(draft, signal);
  const nothing = { text: emptyDocument(UNTITLED), title: UNTITLED, basedOn: null, stored: null, use: null };
  if (from) {
    const { name, version } = readReference(from);
    const text = await hub.getContent({ ...name, kind: "pipeline" }, version, signal);
    return { ...nothing, text, title: name.name, basedOn: from };
  }
  return use ? { ...nothing, use: await loadComponent(use, signal) } : nothing;
}

async function loadDraft(id: string, signal: AbortSignal): Promise<Start> {
  const { value, etag } = await hub.getDraft(id, signal);
  const text = value.document ?? "";
  const basedOn = value.asset ? `${value.asset.namespace}/${value.asset.name}@${value.asset.version}` : null;
  const at = new Date(value.updated_at).getTime();
  return { text, title: value.title, basedOn, stored: { id, etag, text, at }, use: null };
}

/** "namespace/name@version", the version a tag where there is none */
export function readReference(text: string): { name: { namespace: string; name: string }; version: string } {
  const match = /^([^/@]+)\/([^/@]+)(?:@(.+))?$/.exec(text);
  if (!match) throw new ApiError(404, "not_found", `${text} names no asset; it should be namespace/name@version.`);
  return { name: { namespace: match[1]!, name: match[2]! }, version: match[3] ?? "latest" };
}

async function loadComponent(reference: string, signal: AbortSignal): Promise<Component> {
  try {
    return await loadOf(reference, "component", signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return loadOf(reference, "pipeline", signal);
    throw error;
  }
}

async function loadOf(reference: string, kind: "component" | "pipeline", signal: AbortSignal): Promise<Component> {
  const { name, version } = readReference(reference);
  const of = { ...name, kind: kind satisfies Kind };
  const [asset, found] = await Promise.all([hub.getAsset(of, signal), hub.getVersion(of, version, signal)]);
  return {
    key: `${found.namespace}/${found.name}@${found.version}`,
    interface: modelInterface(found.interface),
    title: asset.value.title,
    kind,
  };
}

const clock: Clock = {
  now: () => Date.now(),
  after(milliseconds, fn) {
    const timer = setTimeout(fn, milliseconds);
    return () => clearTimeout(timer);
  },
};

export interface Open {
  autosave: Autosave;
  backup: Backup | null;
  close(): void;
}

export function openDraft(start: Start, mayChange: () => boolean = () => signedIn()?.authenticated ?? false): Open {
  const { stored } = start;
  session.open(start.text, { id: stored?.id ?? null, title: start.title, basedOn: start.basedOn });
  const place = stored?.id ?? "new";
  const backup = findBackup(place, start.text);
  const kept = keeper(place);
  let closed = false;
  const autosave = new Autosave({
    hub: { create: hub.createDraft, put: hub.putDraft, get: hub.getDraft },
    clock,
    newKey: idempotencyKey,
    stored,
    text: start.text,
    basedOn: start.basedOn,
    title: () => actions.current().draft.title,
    mayChange,
    onStatus(status) {
      if (status.state === "saved") kept.done();
      if (!closed) session.saved(status);
    },
    onCreated(draft) {
      if (closed) return;
      session.identified(draft.id);
      const yaml = new URLSearchParams(location.search).get("yaml");
      readdress(creatorPlace(draft.id) + (yaml ? `?yaml=${yaml}` : ""));
    },
    onText: (text) => !closed && session.replace("Take what was saved elsewhere", text),
  });
  const changed = (text: string) => {
    autosave.changed(text);
    if (autosave.unsaved) kept.keep(text);
    else kept.done();
  };
  const hide = () => {
    kept.flush();
    autosave.saveNow();
  };
  addEventListener("pagehide", hide);
  const stops = [
    session.onChange(changed),
    onRecovered(() => autosave.recovered()),
    onEvents(["drafts"], (event) => concerns(event.payload, autosave.draftId) && void autosave.look()),
    watchChecks(),
    () => removeEventListener("pagehide", hide),
  ];
  if (start.use) actions.addComponent(start.use, { x: 0, y: 0 });
  return {
    autosave,
    backup,
    close() {
      closed = true;
      kept.flush();
      for (const stop of stops) stop();
      autosave.close();
    },
  };
}

/** An event names the draft it is about; after a gap it may be any. */
const concerns = (payload: Record<string, unknown>, id: string | null) =>
  id !== null && (payload.id === undefined || payload.id === id);
