/** Has a text looked at by the hub shortly after it was changed; only the answer to its newest form counts. */
import { useEffect, useState } from "react";
import { onRecovered } from "../../net/connection.ts";
import { type Gate, lint } from "../../net/hub.ts";
import { ApiError } from "../../net/request.ts";
import { type Answer, GATES, LIMIT, type Rules, sizeOf, tally } from "./sources.ts";

export interface Look {
  /** The newest there is; stays while the next one is on its way. */
  answer: Answer | null;
  error: ApiError | null;
  checking: boolean;
  again(): void;
}

const PAUSE = 250;
const NOTHING = { answer: null, error: null, checking: false };
const TOO_LARGE = new ApiError(
  413,
  "too_large",
  "This text has more than 8 MiB, which is what the hub takes at once.",
  "Split it, or check the file with component-hub lint.",
);

/** A text that cannot be read is an answer as well: the hub says where it breaks off. */
async function ask(text: string, rules: Rules, signal: AbortSignal): Promise<Answer> {
  try {
    const { documents, problems } = await lint(text, { gate: rules.gate, tekton_only: rules.tektonOnly }, signal);
    return { documents, problems, unreadable: null };
  } catch (error) {
    if (!(error instanceof ApiError) || error.problems.length === 0) throw error;
    return { documents: [], problems: error.problems, unreadable: error.message };
  }
}

const known = (error: unknown) => (error instanceof ApiError ? error : new ApiError(0, "unexpected", String(error)));

export function useLook(text: string, { gate, tektonOnly }: Rules): Look {
  const [look, setLook] = useState<Omit<Look, "again">>(NOTHING);
  const [turn, setTurn] = useState(0);
  const [again] = useState(() => () => setTurn((n) => n + 1));
  const begun = look.answer !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: turn asks once more; the first answer need not wait
  useEffect(() => {
    if (text.trim() === "") return setLook(NOTHING);
    if (sizeOf(text) > LIMIT) return setLook({ ...NOTHING, error: TOO_LARGE });
    const controller = new AbortController();
    setLook((before) => ({ ...before, checking: true }));
    const timer = setTimeout(
      () =>
        ask(text, { gate, tektonOnly }, controller.signal).then(
          (answer) => setLook({ answer, error: null, checking: false }),
          (error) => {
            if (!controller.signal.aborted) setLook(({ answer }) => ({ answer, error: known(error), checking: false }));
          },
        ),
      begun ? PAUSE : 0,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text, gate, tektonOnly, turn]);

  const failed = look.error !== null && look.error !== TOO_LARGE;
  useEffect(() => (failed ? onRecovered(again) : undefined), [failed, again]);
  return { ...look, again };
}

/** Beyond this the other gates are not asked for: it would cost more than it tells. */
const SMALL = 256 * 1024;
const LATER = 600;

/** What the other gates would say: "5 errors, 1 warning". Asked for once there is an answer and nothing is typed. */
export function useOtherGates(text: string, { gate, tektonOnly }: Rules, answer: Answer | null): Map<Gate, string> {
  const [tallies, setTallies] = useState<Map<Gate, string>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answer changes with the text and the rules
  useEffect(() => {
    setTallies(new Map());
    if (!answer || answer.unreadable || answer.documents.length === 0 || text.length > SMALL) return;
    const controller = new AbortController();
    const look = async (other: Gate) => {
      const { problems } = await ask(text, { gate: other, tektonOnly }, controller.signal);
      if (!controller.signal.aborted) setTallies((before) => new Map(before).set(other, tally(problems)));
    };
    const timer = setTimeout(() => {
      for (const other of GATES) if (other !== gate) look(other).catch(() => {}); // it is only said by the way
    }, LATER);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [answer]);
  return tallies;
}
