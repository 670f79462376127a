/** The calls of the API that pages make, one function each. */
import { type Ask, request, url } from "./request.ts";
import type {
  Asset,
  AssetPage,
  Checked,
  Compiled,
  Diff,
  Draft,
  DraftPage,
  Engine,
  Kind,
  Linted,
  PipelineRequest,
  RevisionPage,
  Run,
  RunPage,
  RunRequest,
  Session,
  SnippetList,
  State,
  UsedBy,
  Version,
  VersionPage,
} from "./types.ts";

type Signal = AbortSignal | undefined;

async function json<T>(path: string, ask?: Ask): Promise<T> {
  return (await request(path, ask)).json() as Promise<T>;
}

async function text(path: string, ask?: Ask): Promise<string> {
  return (await request(path, ask)).text();
}

/** A thing with the ETag that its next change is based on. */
export interface Tagged<T> {
  value: T;
  etag: string;
}

async function tagged<T>(path: string, ask?: Ask): Promise<Tagged<T>> {
  const answer = await request(path, ask);
  return { value: (await answer.json()) as T, etag: answer.headers.get("ETag") ?? "*" };
}

// ---- assets

export interface AssetQuery {
  kind?: Kind | undefined;
  namespace?: string | undefined;
  q?: string | undefined;
  tag?: string | undefined;
  provider?: string | undefined;
  label?: string | undefined;
  featured?: boolean | undefined;
  sort?: "relevance" | "updated" | "name" | "used" | undefined;
  facets?: boolean | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface AssetName {
  namespace: string;
  kind: Kind;
  name: string;
}

export interface PublishOptions {
  kind?: Kind | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
  version?: string | undefined;
  dry_run?: boolean | undefined;
}

export const assetPath = (a: AssetName) =>
  `/api/v1/assets/${encodeURIComponent(a.namespace)}/${a.kind}/${encodeURIComponent(a.name)}`;
export const versionPath = (a: AssetName, version: string) => `${assetPath(a)}/versions/${encodeURIComponent(version)}`;

export const listAssets = (query: AssetQuery, signal?: Signal) =>
  json<AssetPage>("/api/v1/assets", { query: { ...query }, signal });
export const getAsset = (a: AssetName, signal?: Signal) => tagged<Asset>(assetPath(a), { signal });
export const listVersions = (a: AssetName, cursor?: string, signal?: Signal) =>
  json<VersionPage>(`${assetPath(a)}/versions`, { query: { limit: 50, cursor }, signal });
export const getVersion = (a: AssetName, version: string, signal?: Signal) =>
  json<Version>(versionPath(a, version), { signal });
export const getContent = (a: AssetName, version: string, signal?: Signal) =>
  text(`${versionPath(a, version)}/content`, { accept: "text/plain, */*", signal });
export const getReadme = (a: AssetName, version: string, signal?: Signal) =>
  text(`${versionPath(a, version)}/readme`, { accept: "text/html", signal });
export const getSnippets = (a: AssetName, version: string, signal?: Signal) =>
  json<SnippetList>(`${versionPath(a, version)}/snippets`, { signal });
/** Withdraws it; `etag` is that of the asset. */
export const deleteVersion = (a: AssetName, version: string, etag: string) =>
  request(versionPath(a, version), { method: "DELETE", headers: { "If-Match": etag } });
const tagPath = (a: AssetName, tag: string) => `${assetPath(a)}/tags/${encodeURIComponent(tag)}`;
export const putTag = (a: AssetName, tag: string, version: string, etag: string) =>
  tagged<Asset>(tagPath(a, tag), { method: "PUT", json: { version }, headers: { "If-Match": etag } });
export const deleteTag = (a: AssetName, tag: string, etag: string) =>
  request(tagPath(a, tag), { method: "DELETE", headers: { "If-Match": etag } });
export const getUsedBy = (a: AssetName, signal?: Signal) => json<UsedBy>(`${assetPath(a)}/used-by`, { signal });
export const getDiff = (a: AssetName, from: string, to: string, signal?: Signal) =>
  json<Diff>(`${assetPath(a)}/diff`, { query: { from, to }, signal });
export const downloadUrl = (a: AssetName, version: string) => `${versionPath(a, version)}/download`;
export const contentUrl = (a: AssetName, version: string) => `${versionPath(a, version)}/content`;

/** Publishes a file as its name and bytes are. `key` makes a second try harmless. */
export function publish(file: File, options: PublishOptions, key?: string, signal?: Signal): Promise<Version> {
  const form = new FormData();
  form.append("file", file, file.name);
  return json<Version>(url("/api/v1/assets", { ...options }), {
    method: "POST",
    body: form,
    headers: key ? { "Idempotency-Key": key } : {},
    signal,
    patient: true,
  });
}

// ---- pipelines

export const check = (body: PipelineRequest, signal?: Signal) =>
  json<Checked>("/api/v1/check", { method: "POST", json: body, signal });
export const compile = (body: PipelineRequest, signal?: Signal) =>
  json<Compiled>("/api/v1/compile", { method: "POST", json: body, signal });

export type Gate = "stable" | "beta" | "alpha";
/** What Tekton would say of each object of a text. */
export const lint = (body: string, query: { gate: Gate; tekton_only: boolean }, signal?: Signal) =>
  json<Linted>("/api/v1/lint", { method: "POST", query, body, type: "application/octet-stream", signal });

// ---- drafts

export const listDrafts = (query: { limit?: number; cursor?: string | undefined }, signal?: Signal) =>
  json<DraftPage>("/api/v1/drafts", { query, signal });
export const createDraft = (
  draft: { document: string; title?: string; label?: string; based_on?: string },
  key: string,
) => tagged<Draft>("/api/v1/drafts", { method: "POST", json: draft, headers: { "Idempotency-Key": key } });
export const getDraft = (id: string, signal?: Signal) => tagged<Draft>(`/api/v1/drafts/${id}`, { signal });
export const putDraft = (id: string, etag: string, draft: { document: string; title?: string; label?: string }) =>
  tagged<Draft>(`/api/v1/drafts/${id}`, { method: "PUT", json: draft, headers: { "If-Match": etag } });
export const deleteDraft = (id: string, etag: string) =>
  request(`/api/v1/drafts/${id}`, { method: "DELETE", headers: { "If-Match": etag } });
export const listRevisions = (id: string, cursor?: string, signal?: Signal) =>
  json<RevisionPage>(`/api/v1/drafts/${id}/revisions`, { query: { limit: 50, cursor }, signal });
export const getRevision = (id: string, revision: number, signal?: Signal) =>
  text(`/api/v1/drafts/${id}/revisions/${revision}`, { accept: "text/plain", signal });

// ---- runs

export interface RunQuery {
  state?: State | undefined;
  pipeline?: string | undefined;
  archived?: boolean | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}
export const listEngines = (signal?: Signal) => json<{ items: Engine[] }>("/api/v1/engines", { signal });
export const listRuns = (query: RunQuery, signal?: Signal) =>
  json<RunPage>("/api/v1/runs", { query: { ...query }, signal });
export const getRun = (id: string, signal?: Signal) => json<Run>(`/api/v1/runs/${id}`, { signal });
export const launch = (run: RunRequest, key: string) =>
  json<Run>("/api/v1/runs", { method: "POST", json: run, headers: { "Idempotency-Key": key }, patient: true });
export const cancelRun = (id: string) => json<Run>(`/api/v1/runs/${id}/cancel`, { method: "POST" });
export const retryRun = (id: string, key: string) =>
  json<Run>(`/api/v1/runs/${id}/retry`, { method: "POST", headers: { "Idempotency-Key": key } });
export const resumeRun = (id: string, key: string) =>
  json<Run>(`/api/v1/runs/${id}/resume`, { method: "POST", headers: { "Idempotency-Key": key } });
export const archiveRun = (id: string) => json<Run>(`/api/v1/runs/${id}/archive`, { method: "POST" });
export const deleteRun = (id: string) => request(`/api/v1/runs/${id}`, { method: "DELETE" });
export const getManifest = (id: string, signal?: Signal) =>
  text(`/api/v1/runs/${id}/manifest`, { accept: "application/yaml", signal });
export const logsUrl = (id: string, query: { task?: string | undefined; step?: string | undefined }) =>
  url(`/api/v1/runs/${id}/logs`, query);
/** The answer itself, so that its body can be read as it arrives. */
export const followLogs = (id: string, query: { task?: string; step?: string; follow: boolean }, signal: AbortSignal) =>
  request(`/api/v1/runs/${id}/logs`, { query, accept: "text/plain", signal, patient: true });

// ---- session

export const getSession = (signal?: Signal) => json<Session>("/api/v1/session", { signal });
export const signIn = (code: string) => json<Session>("/api/v1/session", { method: "POST", json: { code } });
export const signOut = () => request("/api/v1/session", { method: "DELETE" });
