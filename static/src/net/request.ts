/** One way to ask the hub: fetch with its errors as ApiError, and the connection told about every outcome. */
import { type Outcome, requestBegins, requestEnds } from "./connection.ts";
import type { Problem } from "./types.ts";

/** What went wrong, in the hub's words where it said any. */
export class ApiError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly problems: Problem[];

  constructor(status: number, code: string, message: string, hint: string | null = null, problems: Problem[] = []) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.problems = problems;
  }

  /** Worth asking again without changing anything. */
  get retryable() {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Left out where undefined, null or "". */
  query?: Record<string, string | number | boolean | null | undefined>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with `type` as Content-Type (multipart: leave it out). */
  body?: BodyInit;
  type?: string;
  accept?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** May take long without the hub being slow. */
  patient?: boolean;
}

export function url(path: string, query: Ask["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** The answer of a successful call. Throws ApiError, or AbortError when `signal` was used. */
export async function request(path: string, ask: Ask = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: ask.accept ?? "application/json", ...ask.headers };
  if (ask.json !== undefined) headers["Content-Type"] = "application/json";
  else if (ask.type) headers["Content-Type"] = ask.type;
  const init: RequestInit = { method: ask.method ?? "GET", headers };
  const body = ask.json !== undefined ? JSON.stringify(ask.json) : ask.body;
  if (body !== undefined) init.body = body;
  if (ask.signal) init.signal = ask.signal;

  const id = requestBegins(ask.patient ?? false);
  let outcome: Outcome = "unreachable";
  try {
    const answer = await fetch(url(path, ask.query), init);
    outcome = answer.status >= 500 ? "broken" : "answered";
    if (!answer.ok) throw await errorOf(answer);
    return answer;
  } catch (error) {
    if (ask.signal?.aborted) outcome = "aborted";
    if (error instanceof ApiError || ask.signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", "The hub does not answer.", "Is it running? This page goes on by itself.");
  } finally {
    requestEnds(id, outcome);
  }
}

/** What an answer that is not a good one says. */
export async function errorOf(answer: Response): Promise<ApiError> {
  if (!answer.headers.get("Content-Type")?.includes("json"))
    return new ApiError(
      answer.status,
      "http",
      `The hub answered ${answer.status} ${answer.statusText}.`.replace(" .", "."),
    );
  try {
    const said = await answer.json();
    const message = said.detail ?? said.title ?? `The hub answered ${answer.status}.`;
    return new ApiError(answer.status, said.code ?? "http", message, said.hint ?? null, said.problems ?? []);
  } catch {
    return new ApiError(answer.status, "http", `The hub answered ${answer.status}.`);
  }
}

/** For writing "try again" twice with one effect: a key that a creating call may carry as Idempotency-Key. */
export const idempotencyKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
