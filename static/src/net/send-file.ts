/** Publishing a file so that one sees how far it is: fetch does not tell what was sent, XMLHttpRequest does. */
import { type Outcome, requestBegins, requestEnds } from "./connection.ts";
import type { PublishOptions } from "./hub.ts";
import { ApiError, errorOf, url } from "./request.ts";
import type { Version } from "./types.ts";

export interface Sent {
  version: Version;
  /** false: a dry run, or these very bytes were that version already. */
  created: boolean;
}

interface SendOptions {
  /** Makes a second try harmless. */
  key?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Share of the bytes that are under way, 0 to 1. */
  onProgress?(share: number): void;
}

export function sendFile(file: File, publish: PublishOptions, { key, signal, onProgress }: SendOptions): Promise<Sent> {
  const form = new FormData();
  form.append("file", file, file.name);
  const id = requestBegins(true);
  return new Promise<Sent>((resolve, reject) => {
    const call = new XMLHttpRequest();
    const end = (outcome: Outcome) => {
      signal?.removeEventListener("abort", abort);
      requestEnds(id, outcome);
    };
    const abort = () => call.abort();
    call.open("POST", url("/api/v1/assets", { ...publish }));
    call.setRequestHeader("Accept", "application/json");
    if (key) call.setRequestHeader("Idempotency-Key", key);
    call.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    call.onload = () => {
      end(call.status >= 500 ? "broken" : "answered");
      answered(call).then(resolve, reject);
    };
    call.onerror = () => {
      end("unreachable");
      reject(new ApiError(0, "unreachable", "The hub does not answer.", "Nothing was stored. Try again when it does."));
    };
    call.onabort = () => {
      end("aborted");
      reject(new DOMException("Cancelled", "AbortError"));
    };
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) call.onabort(new ProgressEvent("abort"));
    else call.send(form);
  });
}

async function answered(call: XMLHttpRequest): Promise<Sent> {
  const type = call.getResponseHeader("Content-Type") ?? "";
  const answer = new Response(call.responseText, {
    status: call.status,
    statusText: call.statusText,
    headers: { "Content-Type": type },
  });
  if (!answer.ok) throw await errorOf(answer);
  return { version: (await answer.json()) as Version, created: answer.status === 201 };
}
