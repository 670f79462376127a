/** What a manifest says about one task, without the parser that read it. */

export type Need = "data" | "order" | "condition";

export interface When {
  /** "$(params.mode)" or any text */
  input: string;
  negated: boolean;
  values: string[];
}

export interface ManifestTask {
  /** As Tekton knows it. */
  name: string;
  /** Path in the pipeline document. */
  path: string;
  finally: boolean;
  /** Tasks it waits for, by Tekton name, with the strongest reason. */
  needs: Map<string, Need>;
  when: When[];
  /** "namespace/name@version" */
  component: string | null;
  digest: string | null;
  retries: number;
  timeout: string | null;
  goesOn: boolean;
  /** Where it stands in the text. */
  from: number;
  to: number;
  column: number;
}

/** A task's part of the manifest, moved to the left margin. */
export function partOf(source: string, task: ManifestTask): string {
  const margin = new RegExp(`^ {0,${task.column}}`, "gm");
  const end = source.slice(task.from, task.to).trimEnd();
  return `${" ".repeat(task.column)}${end}\n`.replace(margin, "");
}
