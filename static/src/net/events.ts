/**
 * What changed at the hub, as it changes. A browser opens at most six connections to a host, so its tabs share one
 * stream: the tab that holds the lock reads it and tells the others. When it closes, another one takes over, and as nobody
 * knows what was missed in between, everything is looked at once more.
 */
import { onRecovered, probe } from "./connection.ts";

export interface HubEvent {
  id: string;
  /** assets, drafts, runs, run/<id> */
  topic: string;
  at: string;
  payload: Record<string, unknown>;
}

const TOPICS = "assets,drafts,runs,run";
const NAME = "component-hub-events";
/** The stream broke: whether the hub is there is asked at once, also by tabs that want nothing of it just now. */
const LOST: HubEvent = { id: "", topic: "lost", at: "", payload: {} };
/** After a gap nobody knows what was missed. */
const MISSED: HubEvent = { id: "", topic: "*", at: "", payload: {} };

type Listener = (event: HubEvent) => void;
const listeners = new Set<{ topics: string[]; fn: Listener }>();
let started = false;

function tell(event: HubEvent) {
  if (event.topic === LOST.topic) void probe();
  for (const { topics, fn } of [...listeners]) if (topics.some((t) => matches(t, event.topic))) fn(event);
}

/** "run" and "run/1" match the topic "run/1"; after a gap everything does. */
export const matches = (wanted: string, topic: string) =>
  topic === "*" || wanted === topic || topic.startsWith(`${wanted}/`);

/** Calls fn for each event of the topics. After the connection was lost it is called once with topic "*". */
export function onEvents(topics: string[], fn: Listener): () => void {
  start();
  const entry = { topics, fn };
  listeners.add(entry);
  return () => listeners.delete(entry);
}

function start() {
  if (started || typeof window === "undefined") return;
  started = true;
  onRecovered(() => tell(MISSED));
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = (message) => tell(message.data as HubEvent);
  void navigator.locks.request(NAME, () => read(channel)); // never ends while this tab lives
}

function read(channel: BroadcastChannel): Promise<never> {
  let wait = 1000;
  const open = () => {
    const source = new EventSource(`/api/v1/events?topic=${TOPICS}`);
    let opened = false;
    source.onopen = () => {
      wait = 1000;
      if (opened) return;
      opened = true;
      pass(MISSED);
    };
    source.onmessage = (message) => {
      const event = JSON.parse(message.data) as HubEvent;
      pass({ ...event, id: message.lastEventId || event.id });
    };
    source.onerror = () => {
      pass(LOST);
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself, with Last-Event-ID
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 15000);
    };
  };
  const pass = (event: HubEvent) => {
    tell(event);
    channel.postMessage(event);
  };
  open();
  return new Promise(() => {});
}
