import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tagged } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import type { Draft } from "../../net/types.ts";
import { Autosave, type Clock, LONGEST, QUIET, type SaveHub } from "./autosave.ts";

class FakeClock implements Clock {
  private time = 0;
  private waiting: { at: number; fn: () => void }[] = [];

  now() {
    return this.time;
  }

  after(milliseconds: number, fn: () => void) {
    const entry = { at: this.time + milliseconds, fn };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== entry);
    };
  }

  /** Lets time pass, and what is asked for be answered. */
  async pass(milliseconds: number) {
    const until = this.time + milliseconds;
    for (;;) {
      await settled();
      const next = this.waiting.filter((entry) => entry.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.waiting = this.waiting.filter((entry) => entry !== next);
      this.time = next.at;
      next.fn();
    }
    this.time = until;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Keeps one draft, as the hub does, and fails as it is told to. */
class FakeHub implements SaveHub {
  text: string | null;
  revision = 1;
  calls: string[] = [];
  keys: string[] = [];
  /** thrown instead of the next answers */
  failures: ApiError[] = [];
  /** the change is made and its answer lost */
  loseAnswer = false;
  drafts = 0;

  constructor(text: string | null) {
    this.text = text;
  }

  private answer(): Tagged<Draft> {
    const time = "2026-01-02T03:04:05Z";
    const value = {
      id: `draft-${this.drafts}`,
      namespace: "default",
      title: "t",
      asset: null,
      revision: this.revision,
    };
    return {
      value: { ...value, document: this.text ?? "", created_at: time, updated_at: time } as Draft,
      etag: `"${this.revision}"`,
    };
  }

  private async changed(call: string, text: string): Promise<Tagged<Draft>> {
    this.calls.push(call);
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.text = text;
    if (this.loseAnswer) {
      this.loseAnswer = false;
      throw new ApiError(0, "unreachable", "The hub does not answer.");
    }
    return this.answer();
  }

  async create(draft: { document: string }, key: string) {
    this.keys.push(key);
    if (this.failures.length === 0) {
      this.drafts++;
      this.revision = 1;
    }
    return this.changed(`create ${draft.document}`, draft.document);
  }

  async put(_id: string, etag: string, draft: { document: string }) {
    if (this.failures.length === 0 && etag !== `"${this.revision}"`) {
      this.calls.push(`stale ${draft.document}`);
      throw new ApiError(412, "stale", "Somebody else was first.");
    }
    if (this.failures.length === 0) this.revision++;
    return this.changed(`put ${draft.document}`, draft.document);
  }

  async get() {
    return this.answer();
  }

  /** Somebody else saves. */
  elsewhere(text: string) {
    this.text = text;
    this.revision++;
  }
}

function begin(text: string, options: { stored?: boolean; guest?: boolean } = {}) {
  const stored = options.stored ?? true;
  const hub = new FakeHub(stored ? text : null);
  const clock = new FakeClock();
  const told: string[] = [];
  const taken: string[] = [];
  let signedIn = !options.guest;
  let key = 0;
  const autosave = new Autosave({
    hub,
    clock,
    newKey: () => `key-${++key}`,
    stored: stored ? { id: "draft-0", etag: '"1"', text, at: 0 } : null,
    text,
    basedOn: null,
    title: () => "t",
    mayChange: () => signedIn,
    onStatus: (status) => told.push(status.error ? `${status.state}: ${status.error}` : status.state),
    onCreated: (draft) => told.push(`created ${draft.id}`),
    onText: (newer) => {
      taken.push(newer);
      autosave.changed(newer);
    },
  });
  const signIn = () => {
    signedIn = true;
    autosave.saveNow();
  };
  return { hub, clock, told, taken, autosave, signIn, last: () => told[told.length - 1] };
}

const down = () => new ApiError(0, "unreachable", "The hub does not answer.");

test("a change is sent once it has been quiet for a moment", async () => {
  const { hub, clock, autosave, told } = begin("a");
  autosave.changed("b");
  await clock.pass(QUIET - 1);
  assert.deepEqual(hub.calls, []);
  await clock.pass(1);
  assert.deepEqual(hub.calls, ["put b"]);
  assert.deepEqual(told, ["saved", "unsaved", "saving", "saved"]);
  assert.equal(autosave.unsaved, false);
});

test("who goes on changing is saved every two seconds all the same", async () => {
  const { hub, clock, autosave } = begin("0");
  for (let i = 1; i <= 50; i++) {
    autosave.changed(String(i));
    await clock.pass(100);
  }
  assert.ok(hub.calls.length >= 2 && hub.calls.length <= 5000 / LONGEST + 1, String(hub.calls.length));
  await clock.pass(QUIET);
  assert.equal(hub.text, "50");
});

test("what is changed while it is being sent is sent next", async () => {
  const { hub, clock, autosave, last } = begin("a");
  autosave.changed("b");
  const passing = clock.pass(QUIET);
  await settled();
  autosave.changed("c");
  await passing;
  await clock.pass(LONGEST);
  assert.equal(hub.text, "c");
  assert.equal(last(), "saved");
});

test("a new draft is begun by its first change and changed from then on", async () => {
  const { hub, clock, autosave, told } = begin("a", { stored: false });
  await clock.pass(5000);
  assert.deepEqual(hub.calls, []);
  autosave.changed("b");
  await clock.pass(QUIET);
  autosave.changed("c");
  await clock.pass(QUIET);
  assert.deepEqual(hub.calls, ["create b", "put c"]);
  assert.ok(told.includes("created draft-1"));
});

test("beginning it again after no answer carries the same key, so that there is one draft", async () => {
  const { hub, clock, autosave } = begin("a", { stored: false });
  hub.failures = [down(), new ApiError(500, "internal", "Broken")];
  autosave.changed("b");
  await clock.pass(QUIET);
  autosave.changed("c");
  await clock.pass(10000);
  assert.deepEqual(hub.keys, ["key-1", "key-1", "key-1"]);
  assert.deepEqual(hub.calls, ["create b", "create b", "create b", "put c"]);
});

test("while the hub is down it is tried again, with longer and longer pauses, and at once when it is back", async () => {
  const { hub, clock, autosave, last } = begin("a");
  hub.failures = Array.from({ length: 100 }, down);
  autosave.changed("b");
  await clock.pass(QUIET + 8000);
  assert.equal(last(), "retrying");
  assert.ok(hub.calls.length <= 5, String(hub.calls.length));
  autosave.changed("c");
  assert.equal(last(), "retrying");
  hub.failures = [];
  autosave.saveNow();
  await clock.pass(0);
  assert.equal(hub.text, "c");
  assert.equal(last(), "saved");
});

test("a save whose answer was lost is not taken for somebody else's", async () => {
  const { hub, clock, autosave, last } = begin("a");
  hub.loseAnswer = true;
  autosave.changed("b");
  await clock.pass(QUIET);
  autosave.changed("c");
  await clock.pass(10000);
  assert.equal(autosave.conflict, null);
  assert.equal(hub.text, "c");
  assert.equal(last(), "saved");
});

test("what somebody else saved is taken where nothing here is unsaved", async () => {
  const { hub, clock, autosave, taken, last } = begin("a");
  hub.elsewhere("theirs");
  await autosave.look();
  assert.deepEqual(taken, ["theirs"]);
  assert.equal(last(), "saved");
  autosave.changed("theirs and mine");
  await clock.pass(QUIET);
  assert.deepEqual(hub.calls, ["put theirs and mine"]);
});

async function conflict() {
  const parts = begin("a");
  parts.autosave.changed("mine");
  parts.hub.elsewhere("theirs");
  await parts.clock.pass(QUIET);
  assert.equal(parts.last(), "conflict");
  assert.equal(parts.autosave.conflict?.text, "theirs");
  return parts;
}

test("in a conflict nothing is sent until it is decided", async () => {
  const { hub, clock, autosave } = await conflict();
  autosave.changed("mine, longer");
  autosave.saveNow();
  await clock.pass(60000);
  assert.equal(hub.text, "theirs");
  assert.equal(autosave.unsaved, true);
});

test("keeping mine saves it after theirs", async () => {
  const { hub, clock, autosave, last } = await conflict();
  autosave.keepMine();
  await clock.pass(0);
  assert.equal(hub.text, "mine");
  assert.equal(hub.revision, 3);
  assert.equal(last(), "saved");
});

test("taking theirs leaves nothing to save", async () => {
  const { hub, clock, autosave, taken, last } = await conflict();
  autosave.takeTheirs();
  await clock.pass(5000);
  assert.deepEqual(taken, ["theirs"]);
  assert.deepEqual(hub.calls, ["stale mine"]);
  assert.equal(last(), "saved");
});

test("keeping both makes mine a draft of its own", async () => {
  const { hub, clock, autosave, told } = await conflict();
  autosave.keepBoth();
  await clock.pass(0);
  assert.deepEqual(hub.calls, ["stale mine", "create mine"]);
  assert.ok(told.includes("created draft-1"));
});

test("a third who saves while it is decided is a conflict again", async () => {
  const { hub, clock, autosave } = await conflict();
  hub.elsewhere("a third one");
  autosave.keepMine();
  await clock.pass(0);
  assert.equal(autosave.conflict?.text, "a third one");
});

test("a guest keeps everything here, and it is saved after signing in", async () => {
  const { hub, clock, autosave, last, signIn } = begin("a", { stored: false, guest: true });
  autosave.changed("b");
  await clock.pass(10000);
  assert.equal(last(), "guest");
  assert.deepEqual(hub.calls, []);
  signIn();
  await clock.pass(0);
  assert.deepEqual(hub.calls, ["create b"]);
});

test("a session that ended while saving makes a guest", async () => {
  const { hub, clock, autosave, last, signIn } = begin("a");
  hub.failures = [new ApiError(401, "unauthorized", "Sign in.")];
  autosave.changed("b");
  await clock.pass(20000);
  assert.equal(last(), "guest");
  signIn();
  await clock.pass(0);
  assert.equal(hub.text, "b");
});

test("a draft that was deleted elsewhere is begun anew with what is here", async () => {
  const { hub, clock, autosave, last } = begin("a");
  hub.failures = [new ApiError(404, "draft_not_found", "There is no such draft.")];
  autosave.changed("b");
  await clock.pass(QUIET + 1);
  assert.deepEqual(hub.calls, ["put b", "create b"]);
  assert.equal(last(), "saved");
});

test("what the hub refuses for good is said, and the next change is tried", async () => {
  const { hub, clock, autosave, last } = begin("a");
  hub.failures = [new ApiError(413, "too_large", "The document is larger than 4 MiB.")];
  autosave.changed("b");
  await clock.pass(60000);
  assert.equal(last(), "unsaved: The document is larger than 4 MiB.");
  assert.deepEqual(hub.calls, ["put b"]);
  autosave.changed("c");
  await clock.pass(QUIET);
  assert.equal(last(), "saved");
});

test("undoing everything leaves nothing to save", async () => {
  const { hub, clock, autosave, last } = begin("a");
  autosave.changed("b");
  autosave.changed("a");
  await clock.pass(5000);
  assert.deepEqual(hub.calls, []);
  assert.equal(last(), "saved");
});

test("closing sends what is left, and nothing after it", async () => {
  const { hub, clock, autosave } = begin("a");
  autosave.changed("b");
  autosave.close();
  await clock.pass(0);
  assert.equal(hub.text, "b");
  await clock.pass(60000);
  assert.deepEqual(hub.calls, ["put b"]);
});

test("a draft that was deleted on purpose is not saved again", async () => {
  const { hub, clock, autosave } = begin("a");
  autosave.changed("b");
  autosave.abandon();
  autosave.close();
  await clock.pass(60000);
  assert.deepEqual(hub.calls, []);
});

test("a revision is named after what is unsaved was saved", async () => {
  const { hub, autosave } = begin("a");
  autosave.changed("b");
  await autosave.label("first good one");
  assert.deepEqual(hub.calls, ["put b", "put b"]);
});
