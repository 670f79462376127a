/** Shapes of the API, generated from openapi.yaml. */
import type { components } from "#api";

type Schemas = components["schemas"];
export type Kind = Schemas["Kind"];
export type Asset = Schemas["Asset"];
export type AssetPage = Schemas["AssetPage"];
export type Version = Schemas["Version"];
export type VersionPage = Schemas["VersionPage"];
export type Interface = Schemas["Interface"];
export type Port = Schemas["Port"];
export type UsedBy = Schemas["UsedBy"];
export type SnippetList = Schemas["SnippetList"];
export type Diff = Schemas["Diff"];
export type Problem = Schemas["Problem"];
export type PipelineRequest = Schemas["PipelineRequest"];
export type RunRequest = Schemas["RunRequest"];
export type Checked = Schemas["Checked"];
/** A component or pipeline that a document refers to, as the hub resolved it. */
export type Reference = Schemas["Reference"];
export type Compiled = Schemas["Compiled"];
export type Linted = Schemas["Linted"];
export type LintedDocument = Schemas["LintedDocument"];
export type Draft = Schemas["Draft"];
export type DraftPage = Schemas["DraftPage"];
export type Revision = Schemas["Revision"];
export type RevisionPage = Schemas["RevisionPage"];
export type Engine = Schemas["Engine"];
export type State = Schemas["State"];
export type Run = Schemas["Run"];
export type RunPage = Schemas["RunPage"];
export type Task = Schemas["Task"];
export type Step = Schemas["Step"];
export type Session = Schemas["Session"];

export const KINDS: readonly Kind[] = ["pipeline", "component", "model", "notebook", "operator", "dataset"];
export const STATES: readonly State[] = [
  "pending",
  "running",
  "succeeded",
  "failed",
  "cancelled",
  "timed_out",
  "skipped",
];
export const isFinished = (state: State) => state !== "pending" && state !== "running";
