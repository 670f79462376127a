/** The words of the application that several pages say. */
import type { Kind, State } from "../net/types.ts";

export const STATE_WORDS: Record<State, string> = {
  pending: "Pending",
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
  timed_out: "Timed out",
  skipped: "Skipped",
};

export const KIND_WORDS: Record<Kind, { one: string; many: string; article: string; sentence: string }> = {
  pipeline: {
    one: "pipeline",
    many: "pipelines",
    article: "a pipeline",
    sentence: "Pipelines that can be run as they are or used as one task.",
  },
  component: {
    one: "component",
    many: "components",
    article: "a component",
    sentence: "Components that can be used to build your pipelines.",
  },
  model: {
    one: "model",
    many: "models",
    article: "a model",
    sentence: "Models that can be deployed, tested and served.",
  },
  notebook: {
    one: "notebook",
    many: "notebooks",
    article: "a notebook",
    sentence: "Notebooks that can be run alone or as a task.",
  },
  operator: {
    one: "operator",
    many: "operators",
    article: "an operator",
    sentence: "Operators that bring services your pipelines rely on.",
  },
  dataset: {
    one: "dataset",
    many: "datasets",
    article: "a dataset",
    sentence: "Datasets that can be read by your components.",
  },
};

/** Formats as the catalog stores them, and what people call them. */
export const FORMAT_WORDS: Record<string, string> = {
  "kfp-component-v1": "KFP component v1",
  "kfp-component-v2": "KFP component v2",
  "tekton-task": "Tekton Task",
  "tekton-stepaction": "Tekton StepAction",
  "component-graph": "Component graph",
  "kfp-ir": "KFP pipeline (IR)",
  "tekton-pipeline": "Tekton Pipeline",
  "tekton-pipelinerun": "Tekton PipelineRun",
  "elyra-pipeline": "Elyra pipeline",
  "mlx-model": "MLX model",
  "mlx-notebook": "MLX notebook",
  ipynb: "Jupyter notebook",
  "olm-bundle": "OLM bundle",
  "operator-manifests": "Kubernetes manifests",
  "mlx-dataset": "MLX dataset",
};
