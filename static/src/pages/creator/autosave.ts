/** Saving by itself: what the hub has, what is newer here, and when it is sent. Knows no browser: see autosave.test.ts. */
import type { Tagged } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import type { Draft } from "../../net/types.ts";

export interface SaveStatus {
  state: "new" | "saved" | "saving" | "unsaved" | "retrying" | "conflict" | "guest";
  /** when it was last saved, as Date.now() */
  at: number | null;
  /** why it could not be saved, where trying again will not help */
  error: string | null;
}

/** What somebody else, or another tab, has saved meanwhile. */
export interface Theirs {
  text: string;
  etag: string;
  revision: number;
  at: string;
}

export interface SaveHub {
  create(draft: { document: string; title: string; based_on?: string }, key: string): Promise<Tagged<Draft>>;
  put(id: string, etag: string, draft: { document: string; title: string; label?: string }): Promise<Tagged<Draft>>;
  get(id: string): Promise<Tagged<Draft>>;
}

export interface Clock {
  now(): number;
  /** Calls fn once; the answer takes it back. */
  after(milliseconds: number, fn: () => void): () => void;
}

export interface SaveParts {
  hub: SaveHub;
  clock: Clock;
  newKey(): string;
  /** The draft as the hub has it; null: not there yet. */
  stored: { id: string; etag: string; text: string; at: number } | null;
  text: string;
  basedOn: string | null;
  title(): string;
  mayChange(): boolean;
  onStatus(status: SaveStatus): void;
  /** It has a place of its own from now on. */
  onCreated(draft: Draft): void;
  /** A newer text came and nothing here was unsaved, or it was asked for. */
  onText(text: string): void;
}

export const QUIET = 600;
export const LONGEST = 2000;
const RETRIES = [1000, 2000, 4000, 8000, 15000];

export class Autosave {
  private readonly parts: SaveParts;
  private id: string | null;
  private etag: string;
  /** What the hub has; null: nothing. */
  private savedText: string | null;
  private text: string;
  private status: SaveStatus;
  private theirs: Theirs | null = null;
  /** Texts under way, or sent without an answer: when the hub turns out to have one of them, it was ours. */
  private readonly sent = new Set<string>();
  private sending = false;
  private asking = false;
  private unsavedSince: number | null = null;
  private cancelTimer: (() => void) | null = null;
  private failures = 0;
  /** How the draft was begun without an answer: tried again just so, as it may be there already. */
  private creation: { text: string; key: string } | null = null;
  private closed = false;

  constructor(parts: SaveParts) {
    this.parts = parts;
    const { stored } = parts;
    this.id = stored?.id ?? null;
    this.etag = stored?.etag ?? "";
    this.savedText = stored?.text ?? null;
    this.text = parts.text;
    this.status = { state: stored ? "saved" : "new", at: stored?.at ?? null, error: null };
    parts.onStatus(this.status);
    if (stored && stored.text !== parts.text) this.changed(parts.text);
  }

  get unsaved(): boolean {
    return this.unsavedSince !== null;
  }

  get conflict(): Theirs | null {
    return this.theirs;
  }

  get draftId(): string | null {
    return this.id;
  }

  changed(text: string) {
    this.text = text;
    if (text === this.savedText && !this.sending && !this.theirs) return this.settle();
    this.unsavedSince ??= this.parts.clock.now();
    if (this.theirs || this.sending || this.status.state === "retrying") return;
    this.tell(this.parts.mayChange() ? "unsaved" : "guest");
    if (this.parts.mayChange())
      this.plan(Math.max(0, Math.min(QUIET, this.unsavedSince + LONGEST - this.parts.clock.now())));
  }

  /** At once: asked for, or the person has signed in. */
  saveNow() {
    if (this.unsaved) void this.send();
  }

  /** The hub answers again. Where only saving keeps failing, the pauses stay as long as they have become. */
  recovered() {
    if (this.failures < RETRIES.length) this.saveNow();
  }

  /** Somebody may have saved this draft. */
  async look(): Promise<void> {
    if (!this.id || this.sending || this.asking || this.theirs || this.closed) return;
    this.asking = true;
    try {
      const newest = await this.parts.hub.get(this.id);
      if (!this.sending && !this.closed && newest.etag !== this.etag) this.meet(newest);
    } catch {
      // Saving will find out.
    } finally {
      this.asking = false;
    }
  }

  /** My text becomes the revision after theirs. */
  keepMine() {
    if (!this.theirs) return;
    this.etag = this.theirs.etag;
    this.theirs = null;
    void this.send();
  }

  takeTheirs() {
    if (!this.theirs) return;
    const { text, etag, at } = this.theirs;
    this.theirs = null;
    this.adopt(text, etag, new Date(at).getTime());
  }

  /** Mine becomes a draft of its own; theirs stays as it is. */
  keepBoth() {
    if (!this.theirs) return;
    this.theirs = null;
    this.separate();
    void this.send();
  }

  /** Gives the newest revision a name; saves first what is not saved. */
  async label(label: string): Promise<void> {
    if (this.unsaved) await this.send();
    const { id, savedText } = this;
    if (this.unsaved || this.sending || id === null || savedText === null)
      throw new ApiError(0, "not_saved", "The draft is not saved yet; a revision can be named once it is.");
    this.sending = true;
    try {
      this.etag = (
        await this.parts.hub.put(id, this.etag, { document: savedText, title: this.parts.title(), label })
      ).etag;
    } finally {
      this.sending = false;
      if (this.unsaved) this.plan(0);
    }
  }

  /** It is gone on purpose: nothing more is sent. */
  abandon() {
    this.settle();
    this.closed = true;
  }

  /** What is under way still ends. */
  close() {
    this.saveNow();
    this.closed = true;
    this.cancelTimer?.();
  }

  private separate() {
    this.id = null;
    this.etag = "";
    this.savedText = null;
  }

  private plan(wait: number) {
    this.cancelTimer?.();
    if (this.closed) return;
    this.cancelTimer = this.parts.clock.after(wait, () => {
      this.cancelTimer = null;
      void this.send();
    });
  }

  private tell(state: SaveStatus["state"], error: string | null = null) {
    if (state === this.status.state && error === this.status.error && state !== "saved") return;
    this.status = { state, at: this.status.at, error };
    this.parts.onStatus(this.status);
  }

  private settle() {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.unsavedSince = null;
    this.failures = 0;
    this.tell(this.id === null ? "new" : "saved");
  }

  private async send(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = null;
    if (this.sending || this.closed || this.theirs) return;
    if (!this.parts.mayChange()) return this.tell("guest");
    const text = (this.id === null && this.creation?.text) || this.text;
    this.sending = true;
    this.sent.add(text);
    this.tell("saving");
    try {
      this.accept(await this.store(text), text);
    } catch (error) {
      await this.refused(error);
    } finally {
      this.sending = false;
    }
    if (this.unsaved && !this.cancelTimer && this.status.state === "saving") this.changed(this.text);
  }

  private async store(text: string): Promise<Tagged<Draft>> {
    const { hub, basedOn, title, newKey } = this.parts;
    if (this.id !== null) return hub.put(this.id, this.etag, { document: text, title: title() });
    this.creation ??= { text, key: newKey() };
    const draft = { document: text, title: title(), ...(basedOn ? { based_on: basedOn } : {}) };
    const created = await hub.create(draft, this.creation.key);
    this.creation = null;
    this.id = created.value.id;
    this.parts.onCreated(created.value);
    return created;
  }

  private accept(answer: Tagged<Draft>, text: string) {
    this.etag = answer.etag;
    this.savedText = text;
    this.sent.clear();
    this.failures = 0;
    this.status = { ...this.status, at: this.parts.clock.now() };
    this.unsavedSince = null;
    if (this.text === text) return this.tell("saved");
    this.unsavedSince = this.parts.clock.now();
  }

  private async refused(error: unknown): Promise<void> {
    const known = error instanceof ApiError ? error : new ApiError(0, "unexpected", String(error));
    if (!known.retryable && known.status !== 409) this.creation = null;
    if (known.status === 401 || known.status === 403) return this.tell("guest");
    if (known.status === 412 && this.id !== null) return this.stale(this.id);
    if (known.status === 404 && this.id !== null) {
      // Deleted elsewhere: what is here becomes a draft of its own rather than nothing.
      this.separate();
      return this.plan(0);
    }
    if (!known.retryable && known.status !== 409) return this.tell("unsaved", known.message);
    this.tryAgain();
  }

  private tryAgain() {
    this.tell("retrying");
    this.plan(RETRIES[Math.min(this.failures++, RETRIES.length - 1)]!);
  }

  private async stale(id: string): Promise<void> {
    try {
      this.meet(await this.parts.hub.get(id));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        this.separate();
        return this.plan(0);
      }
      this.tryAgain();
    }
  }

  /** Another revision than the one that was known. */
  private meet({ value, etag }: Tagged<Draft>) {
    const text = value.document ?? "";
    const at = new Date(value.updated_at).getTime();
    if (text === this.text) return this.adopt(text, etag, at);
    if (this.sent.has(text) || text === this.savedText) {
      // Ours, whose answer was lost; or only the title is another one.
      this.etag = etag;
      this.savedText = text;
      this.sent.clear();
      if (this.unsaved) this.plan(0);
      return;
    }
    if (!this.unsaved) return this.adopt(text, etag, at);
    this.theirs = { text, etag, revision: value.revision, at: value.updated_at };
    this.tell("conflict");
  }

  private adopt(text: string, etag: string, at: number) {
    this.etag = etag;
    this.savedText = text;
    this.sent.clear();
    this.status = { ...this.status, at };
    const differs = text !== this.text;
    this.text = text;
    this.settle();
    if (differs) this.parts.onText(text);
  }
}
