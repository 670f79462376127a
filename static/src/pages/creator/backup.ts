/** What is not saved yet, kept in this browser so that a tab that closes loses nothing. */
export interface Backup {
  key: string;
  text: string;
  at: number;
}

const PREFIX = "unsaved-draft";
const PAUSE = 250;

/** Of a draft, or of new ones ("new"); the newest that is not what is there anyway. */
export function findBackup(draft: string, text: string): Backup | null {
  const found: Backup[] = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${PREFIX}:${draft}:`)) continue;
      const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Backup>;
      if (typeof kept.text === "string" && kept.text !== text) found.push({ key, text: kept.text, at: kept.at ?? 0 });
      else localStorage.removeItem(key);
    }
  } catch {
    // Storage is switched off, or somebody else wrote into it.
  }
  return found.sort((a, b) => b.at - a.at)[0] ?? null;
}

export function dropBackup(key: string) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Then there is none.
  }
}

export interface Keeper {
  keep(text: string): void;
  /** All of it is at the hub. */
  done(): void;
  /** Writes at once what waits to be written. */
  flush(): void;
  key: string;
}

export function keeper(draft: string): Keeper {
  const key = `${PREFIX}:${draft}:${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  let waiting: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === null) return;
    try {
      localStorage.setItem(key, JSON.stringify({ text: waiting, at: Date.now() }));
    } catch {
      // Full or switched off: saving at the hub is all there is.
    }
    waiting = null;
  };
  return {
    key,
    keep(text) {
      waiting = text;
      timer ??= setTimeout(flush, PAUSE);
    },
    done() {
      waiting = null;
      clearTimeout(timer);
      timer = undefined;
      dropBackup(key);
    },
    flush,
  };
}
