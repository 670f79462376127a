/** What a proposed version says about the change: the hub raises the first number when inputs or outputs break. */
export interface Verdict {
  word: string;
  tone: "ok" | "bad" | "warn" | "";
  sentence: string;
}

export function verdictOf(latest: string, proposed: string, same: boolean): Verdict | null {
  if (same) return { word: "Identical", tone: "", sentence: `These bytes are ${latest} already; nothing is added.` };
  const [a, b] = [numbers(latest), numbers(proposed)];
  if (!a || !b) return null;
  if (b[0]! > a[0]!)
    return {
      word: "Breaking",
      tone: "bad",
      sentence: `Inputs or outputs of ${latest} changed so that pipelines which use it would break; those keep ${latest}.`,
    };
  if (b[1]! > a[1]!)
    return { word: "Compatible", tone: "ok", sentence: `What uses ${latest} can use this one; something was added.` };
  return { word: "Compatible", tone: "ok", sentence: `Inputs and outputs are those of ${latest}.` };
}

function numbers(version: string): number[] | null {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match ? match.slice(1).map(Number) : null;
}
