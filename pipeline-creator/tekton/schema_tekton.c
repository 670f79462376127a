/* Tekton's own types: the output of `tekton-oracle -types` (tests/conformance/tekton). */
#include "pipeline-creator/tekton/schema.h"

const struct schema SCHEMA_TEKTON[] = {
    {"v1.Artifact", "name?:string values?:[]v1.ArtifactValue buildOutput?:bool"},
    {"v1.ArtifactValue", "digest?:{}string uri?:string"},
    {"v1.Artifacts", "inputs?:[]v1.Artifact outputs?:[]v1.Artifact"},
    {"v1.ChildStatusReference", "apiVersion?:string kind?:string name?:string displayName?:string "
                                "pipelineTaskName?:string whenExpressions?:[]v1.WhenExpression"},
    {"v1.EmbeddedTask", "apiVersion?:string kind?:string spec?:raw metadata?:v1.PipelineTaskMetadata "
                        "params?:[]v1.ParamSpec displayName?:string description?:string steps?:[]v1.Step "
                        "volumes?:[]core.Volume stepTemplate?:*v1.StepTemplate sidecars?:[]v1.Sidecar "
                        "workspaces?:[]v1.WorkspaceDeclaration results?:[]v1.TaskResult"},
    {"v1.IncludeParams", "name?:string params?:[]v1.Param"},
    {"v1.Matrix", "params?:[]v1.Param include?:[]v1.IncludeParams"},
    {"v1.Param", "name:string value:param-value"},
    {"v1.ParamSpec", "name:string type?:string description?:string properties?:{}v1.PropertySpec "
                     "default?:*param-value enum?:[]string"},
    {"v1.Pipeline", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta spec:v1.PipelineSpec"},
    {"v1.PipelineRef", "name?:string apiVersion?:string resolver?:string params?:[]v1.Param"},
    {"v1.PipelineResult", "name:string type?:string description:string value:param-value"},
    {"v1.PipelineRun", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta spec?:v1.PipelineRunSpec "
                       "status?:v1.PipelineRunStatus"},
    {"v1.PipelineRunResult", "name:string value:param-value"},
    {"v1.PipelineRunSpec", "pipelineRef?:*v1.PipelineRef pipelineSpec?:*v1.PipelineSpec params?:[]v1.Param "
                           "status?:string timeouts?:*v1.TimeoutFields taskRunTemplate?:v1.PipelineTaskRunTemplate "
                           "workspaces?:[]v1.WorkspaceBinding taskRunSpecs?:[]v1.PipelineTaskRunSpec "
                           "managedBy?:*string"},
    {"v1.PipelineRunStatus", "observedGeneration?:int64 conditions?:[]apis.Condition annotations?:{}string "
                             "startTime?:*time completionTime?:*time results?:[]v1.PipelineRunResult "
                             "pipelineSpec?:*v1.PipelineSpec skippedTasks?:[]v1.SkippedTask "
                             "childReferences?:[]v1.ChildStatusReference finallyStartTime?:*time "
                             "provenance?:*v1.Provenance spanContext?:{}string"},
    {"v1.PipelineSpec", "displayName?:string description?:string tasks?:[]v1.PipelineTask params?:[]v1.ParamSpec "
                        "workspaces?:[]v1.PipelineWorkspaceDeclaration results?:[]v1.PipelineResult "
                        "finally?:[]v1.PipelineTask"},
    {"v1.PipelineTask", "name?:string displayName?:string description?:string taskRef?:*v1.TaskRef "
                        "taskSpec?:*v1.EmbeddedTask when?:[]v1.WhenExpression retries?:int runAfter?:[]string "
                        "params?:[]v1.Param matrix?:*v1.Matrix workspaces?:[]v1.WorkspacePipelineTaskBinding "
                        "timeout?:*duration pipelineRef?:*v1.PipelineRef pipelineSpec?:*v1.PipelineSpec "
                        "onError?:string"},
    {"v1.PipelineTaskMetadata", "labels?:{}string annotations?:{}string"},
    {"v1.PipelineTaskRunSpec", "pipelineTaskName?:string serviceAccountName?:string podTemplate?:*pod.Template "
                               "stepSpecs?:[]v1.TaskRunStepSpec sidecarSpecs?:[]v1.TaskRunSidecarSpec "
                               "metadata?:*v1.PipelineTaskMetadata computeResources?:*core.ResourceRequirements "
                               "timeout?:*duration"},
    {"v1.PipelineTaskRunTemplate", "podTemplate?:*pod.Template serviceAccountName?:string"},
    {"v1.PipelineWorkspaceDeclaration", "name:string description?:string optional?:bool"},
    {"v1.PropertySpec", "type?:string"},
    {"v1.Provenance", "refSource?:*v1.RefSource featureFlags?:*config.FeatureFlags"},
    {"v1.Ref", "name?:string resolver?:string params?:[]v1.Param"},
    {"v1.RefSource", "uri?:string digest?:{}string entryPoint?:string"},
    {"v1.Sidecar", "name:string image?:string command?:[]string args?:[]string workingDir?:string "
                   "ports?:[]core.ContainerPort envFrom?:[]core.EnvFromSource env?:[]core.EnvVar "
                   "computeResources?:core.ResourceRequirements volumeMounts?:[]core.VolumeMount "
                   "volumeDevices?:[]core.VolumeDevice livenessProbe?:*core.Probe "
                   "readinessProbe?:*core.Probe startupProbe?:*core.Probe lifecycle?:*core.Lifecycle "
                   "terminationMessagePath?:string terminationMessagePolicy?:string imagePullPolicy?:string "
                   "securityContext?:*core.SecurityContext stdin?:bool stdinOnce?:bool tty?:bool "
                   "script?:string workspaces?:[]v1.WorkspaceUsage restartPolicy?:*string"},
    {"v1.SidecarState", "waiting?:*core.ContainerStateWaiting running?:*core.ContainerStateRunning "
                        "terminated?:*core.ContainerStateTerminated name?:string container?:string "
                        "imageID?:string"},
    {"v1.SkippedTask", "name:string reason:string whenExpressions?:[]v1.WhenExpression"},
    {"v1.Step", "name:string displayName?:string image?:string command?:[]string args?:[]string "
                "workingDir?:string envFrom?:[]core.EnvFromSource env?:[]core.EnvVar "
                "computeResources?:core.ResourceRequirements volumeMounts?:[]core.VolumeMount "
                "volumeDevices?:[]core.VolumeDevice imagePullPolicy?:string "
                "securityContext?:*core.SecurityContext script?:string timeout?:*duration "
                "workspaces?:[]v1.WorkspaceUsage onError?:string stdoutConfig?:*v1.StepOutputConfig "
                "stderrConfig?:*v1.StepOutputConfig ref?:*v1.Ref params?:[]v1.Param "
                "results?:[]v1.StepResult when?:[]v1.WhenExpression"},
    {"v1.StepOutputConfig", "path?:string"},
    {"v1.StepResult", "name:string type?:string properties?:{}v1.PropertySpec description?:string"},
    {"v1.StepState", "waiting?:*core.ContainerStateWaiting running?:*core.ContainerStateRunning "
                     "terminated?:*core.ContainerStateTerminated name?:string container?:string "
                     "imageID?:string results?:[]v1.TaskRunResult provenance?:*v1.Provenance "
                     "terminationReason?:string inputs?:[]v1.Artifact outputs?:[]v1.Artifact"},
    {"v1.StepTemplate", "image?:string command?:[]string args?:[]string workingDir?:string "
                        "envFrom?:[]core.EnvFromSource env?:[]core.EnvVar "
                        "computeResources?:core.ResourceRequirements volumeMounts?:[]core.VolumeMount "
                        "volumeDevices?:[]core.VolumeDevice imagePullPolicy?:string "
                        "securityContext?:*core.SecurityContext"},
    {"v1.Task", "kind?:string apiVersion?:string metadata:meta.ObjectMeta spec:v1.TaskSpec"},
    {"v1.TaskBreakpoints", "onFailure?:string beforeSteps?:[]string"},
    {"v1.TaskRef", "name?:string kind?:string apiVersion?:string resolver?:string params?:[]v1.Param"},
    {"v1.TaskResult", "name:string type?:string properties?:{}v1.PropertySpec description?:string "
                      "value?:*param-value"},
    {"v1.TaskRun", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta spec?:v1.TaskRunSpec "
                   "status?:v1.TaskRunStatus"},
    {"v1.TaskRunDebug", "breakpoints?:*v1.TaskBreakpoints"},
    {"v1.TaskRunResult", "name:string type?:string value:param-value"},
    {"v1.TaskRunSidecarSpec", "name:string computeResources:core.ResourceRequirements"},
    {"v1.TaskRunSpec", "debug?:*v1.TaskRunDebug params?:[]v1.Param serviceAccountName:string "
                       "taskRef?:*v1.TaskRef taskSpec?:*v1.TaskSpec status?:string statusMessage?:string "
                       "retries?:int timeout?:*duration podTemplate?:*pod.Template "
                       "workspaces?:[]v1.WorkspaceBinding stepSpecs?:[]v1.TaskRunStepSpec "
                       "sidecarSpecs?:[]v1.TaskRunSidecarSpec computeResources?:*core.ResourceRequirements "
                       "managedBy?:*string"},
    {"v1.TaskRunStatus", "observedGeneration?:int64 conditions?:[]apis.Condition annotations?:{}string "
                         "podName:string startTime?:*time completionTime?:*time steps?:[]v1.StepState "
                         "retriesStatus?:[]v1.TaskRunStatus results?:[]v1.TaskRunResult artifacts?:*v1.Artifacts "
                         "sidecars?:[]v1.SidecarState taskSpec?:*v1.TaskSpec provenance?:*v1.Provenance "
                         "spanContext?:{}string"},
    {"v1.TaskRunStepSpec", "name:string computeResources:core.ResourceRequirements"},
    {"v1.TaskSpec", "params?:[]v1.ParamSpec displayName?:string description?:string steps?:[]v1.Step "
                    "volumes?:[]core.Volume stepTemplate?:*v1.StepTemplate sidecars?:[]v1.Sidecar "
                    "workspaces?:[]v1.WorkspaceDeclaration results?:[]v1.TaskResult"},
    {"v1.TimeoutFields", "pipeline?:*duration tasks?:*duration finally?:*duration"},
    {"v1.WhenExpression", "input?:string operator?:string values?:[]string cel?:string"},
    {"v1.WorkspaceBinding", "name:string subPath?:string volumeClaimTemplate?:*core.PersistentVolumeClaim "
                            "persistentVolumeClaim?:*core.PersistentVolumeClaimVolumeSource "
                            "emptyDir?:*core.EmptyDirVolumeSource configMap?:*core.ConfigMapVolumeSource "
                            "secret?:*core.SecretVolumeSource projected?:*core.ProjectedVolumeSource "
                            "csi?:*core.CSIVolumeSource"},
    {"v1.WorkspaceDeclaration", "name:string description?:string mountPath?:string readOnly?:bool optional?:bool"},
    {"v1.WorkspacePipelineTaskBinding", "name:string workspace?:string subPath?:string"},
    {"v1.WorkspaceUsage", "name:string mountPath:string"},
    {"v1alpha1.Authority", "name:string key?:*v1alpha1.KeyRef"},
    {"v1alpha1.KeyRef", "secretRef?:*core.SecretReference data?:string kms?:string hashAlgorithm?:string"},
    {"v1alpha1.PipelineResourceSpec", "description?:string type:string params:[]v1alpha1.ResourceParam "
                                      "secrets?:[]v1alpha1.SecretParam"},
    {"v1alpha1.ResourceParam", "name:string value:string"},
    {"v1alpha1.ResourcePattern", "pattern:string"},
    {"v1alpha1.SecretParam", "fieldName:string secretKey:string secretName:string"},
    {"v1alpha1.StepAction", "kind?:string apiVersion?:string metadata:meta.ObjectMeta spec:v1alpha1.StepActionSpec"},
    {"v1alpha1.StepActionSpec", "description?:string image?:string command?:[]string args?:[]string env?:[]core.EnvVar "
                                "script?:string workingDir?:string params?:[]v1.ParamSpec results?:[]v1.StepResult "
                                "securityContext?:*core.SecurityContext volumeMounts?:[]core.VolumeMount"},
    {"v1alpha1.VerificationPolicy", "kind?:string apiVersion?:string metadata:meta.ObjectMeta "
                                    "spec:v1alpha1.VerificationPolicySpec"},
    {"v1alpha1.VerificationPolicySpec",
     "resources:[]v1alpha1.ResourcePattern authorities:[]v1alpha1.Authority mode?:string"},
    {"v1beta1.Artifact", "name?:string values?:[]v1beta1.ArtifactValue buildOutput?:bool"},
    {"v1beta1.ArtifactValue", "digest?:{}string uri?:string"},
    {"v1beta1.ChildStatusReference", "apiVersion?:string kind?:string name?:string displayName?:string "
                                     "pipelineTaskName?:string whenExpressions?:[]v1beta1.WhenExpression"},
    {"v1beta1.CloudEventDelivery", "target?:string status?:v1beta1.CloudEventDeliveryState"},
    {"v1beta1.CloudEventDeliveryState", "condition?:string sentAt?:*time message:string retryCount:int32"},
    {"v1beta1.ConfigSource", "uri?:string digest?:{}string entryPoint?:string"},
    {"v1beta1.CustomRun", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta spec?:v1beta1.CustomRunSpec "
                          "status?:v1beta1.CustomRunStatus"},
    {"v1beta1.CustomRunResult", "name:string value:string"},
    {"v1beta1.CustomRunSpec", "customRef?:*v1beta1.TaskRef customSpec?:*v1beta1.EmbeddedCustomRunSpec "
                              "params?:[]v1beta1.Param status?:string statusMessage?:string retries?:int "
                              "serviceAccountName:string timeout?:*duration workspaces?:[]v1beta1.WorkspaceBinding"},
    {"v1beta1.CustomRunStatus", "observedGeneration?:int64 conditions?:[]apis.Condition annotations?:{}string "
                                "startTime?:*time completionTime?:*time results?:[]v1beta1.CustomRunResult "
                                "retriesStatus?:[]v1beta1.CustomRunStatus extraFields?:raw"},
    {"v1beta1.EmbeddedCustomRunSpec",
     "apiVersion?:string kind?:string metadata?:v1beta1.PipelineTaskMetadata spec?:raw"},
    {"v1beta1.EmbeddedTask", "apiVersion?:string kind?:string spec?:raw metadata?:v1beta1.PipelineTaskMetadata "
                             "resources?:*v1beta1.TaskResources params?:[]v1beta1.ParamSpec displayName?:string "
                             "description?:string steps?:[]v1beta1.Step volumes?:[]core.Volume "
                             "stepTemplate?:*v1beta1.StepTemplate sidecars?:[]v1beta1.Sidecar "
                             "workspaces?:[]v1beta1.WorkspaceDeclaration results?:[]v1beta1.TaskResult"},
    {"v1beta1.IncludeParams", "name?:string params?:[]v1beta1.Param"},
    {"v1beta1.Matrix", "params?:[]v1beta1.Param include?:[]v1beta1.IncludeParams"},
    {"v1beta1.Param", "name:string value:param-value"},
    {"v1beta1.ParamSpec", "name:string type?:string description?:string properties?:{}v1beta1.PropertySpec "
                          "default?:*param-value enum?:[]string"},
    {"v1beta1.Pipeline", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta spec:v1beta1.PipelineSpec"},
    {"v1beta1.PipelineDeclaredResource", "name:string type:string optional?:bool"},
    {"v1beta1.PipelineRef", "name?:string apiVersion?:string bundle?:string resolver?:string params?:[]v1beta1.Param"},
    {"v1beta1.PipelineResourceBinding", "name?:string resourceRef?:*v1beta1.PipelineResourceRef "
                                        "resourceSpec?:*v1alpha1.PipelineResourceSpec"},
    {"v1beta1.PipelineResourceRef", "name?:string apiVersion?:string"},
    {"v1beta1.PipelineResult", "name:string type?:string description:string value:param-value"},
    {"v1beta1.PipelineRun", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta spec?:v1beta1.PipelineRunSpec "
                            "status?:v1beta1.PipelineRunStatus"},
    {"v1beta1.PipelineRunResult", "name:string value:param-value"},
    {"v1beta1.PipelineRunRunStatus", "pipelineTaskName?:string status?:*v1beta1.CustomRunStatus "
                                     "whenExpressions?:[]v1beta1.WhenExpression"},
    {"v1beta1.PipelineRunSpec", "pipelineRef?:*v1beta1.PipelineRef pipelineSpec?:*v1beta1.PipelineSpec "
                                "resources?:[]v1beta1.PipelineResourceBinding params?:[]v1beta1.Param "
                                "serviceAccountName?:string status?:string timeouts?:*v1beta1.TimeoutFields "
                                "timeout?:*duration podTemplate?:*pod.Template workspaces?:[]v1beta1.WorkspaceBinding "
                                "taskRunSpecs?:[]v1beta1.PipelineTaskRunSpec managedBy?:*string"},
    {"v1beta1.PipelineRunStatus",
     "observedGeneration?:int64 conditions?:[]apis.Condition annotations?:{}string "
     "startTime?:*time completionTime?:*time taskRuns?:{}*v1beta1.PipelineRunTaskRunStatus "
     "runs?:{}*v1beta1.PipelineRunRunStatus pipelineResults?:[]v1beta1.PipelineRunResult "
     "pipelineSpec?:*v1beta1.PipelineSpec skippedTasks?:[]v1beta1.SkippedTask "
     "childReferences?:[]v1beta1.ChildStatusReference finallyStartTime?:*time "
     "provenance?:*v1beta1.Provenance spanContext?:{}string"},
    {"v1beta1.PipelineRunTaskRunStatus", "pipelineTaskName?:string status?:*v1beta1.TaskRunStatus "
                                         "whenExpressions?:[]v1beta1.WhenExpression"},
    {"v1beta1.PipelineSpec", "displayName?:string description?:string resources?:[]v1beta1.PipelineDeclaredResource "
                             "tasks?:[]v1beta1.PipelineTask params?:[]v1beta1.ParamSpec "
                             "workspaces?:[]v1beta1.PipelineWorkspaceDeclaration results?:[]v1beta1.PipelineResult "
                             "finally?:[]v1beta1.PipelineTask"},
    {"v1beta1.PipelineTask", "name?:string displayName?:string description?:string taskRef?:*v1beta1.TaskRef "
                             "taskSpec?:*v1beta1.EmbeddedTask when?:[]v1beta1.WhenExpression retries?:int "
                             "runAfter?:[]string resources?:*v1beta1.PipelineTaskResources params?:[]v1beta1.Param "
                             "matrix?:*v1beta1.Matrix workspaces?:[]v1beta1.WorkspacePipelineTaskBinding "
                             "timeout?:*duration pipelineRef?:*v1beta1.PipelineRef "
                             "pipelineSpec?:*v1beta1.PipelineSpec onError?:string"},
    {"v1beta1.PipelineTaskInputResource", "name:string resource:string from?:[]string"},
    {"v1beta1.PipelineTaskMetadata", "labels?:{}string annotations?:{}string"},
    {"v1beta1.PipelineTaskOutputResource", "name:string resource:string"},
    {"v1beta1.PipelineTaskResources", "inputs?:[]v1beta1.PipelineTaskInputResource "
                                      "outputs?:[]v1beta1.PipelineTaskOutputResource"},
    {"v1beta1.PipelineTaskRunSpec",
     "pipelineTaskName?:string taskServiceAccountName?:string taskPodTemplate?:*pod.Template "
     "stepOverrides?:[]v1beta1.TaskRunStepOverride "
     "sidecarOverrides?:[]v1beta1.TaskRunSidecarOverride "
     "metadata?:*v1beta1.PipelineTaskMetadata computeResources?:*core.ResourceRequirements "
     "timeout?:*duration"},
    {"v1beta1.PipelineWorkspaceDeclaration", "name:string description?:string optional?:bool"},
    {"v1beta1.PropertySpec", "type?:string"},
    {"v1beta1.Provenance", "configSource?:*v1beta1.ConfigSource refSource?:*v1beta1.RefSource "
                           "featureFlags?:*config.FeatureFlags"},
    {"v1beta1.Ref", "name?:string resolver?:string params?:[]v1beta1.Param"},
    {"v1beta1.RefSource", "uri?:string digest?:{}string entryPoint?:string"},
    {"v1beta1.Sidecar", "name:string image?:string command?:[]string args?:[]string workingDir?:string "
                        "ports?:[]core.ContainerPort envFrom?:[]core.EnvFromSource env?:[]core.EnvVar "
                        "resources?:core.ResourceRequirements volumeMounts?:[]core.VolumeMount "
                        "volumeDevices?:[]core.VolumeDevice livenessProbe?:*core.Probe "
                        "readinessProbe?:*core.Probe startupProbe?:*core.Probe lifecycle?:*core.Lifecycle "
                        "terminationMessagePath?:string terminationMessagePolicy?:string imagePullPolicy?:string "
                        "securityContext?:*core.SecurityContext stdin?:bool stdinOnce?:bool tty?:bool "
                        "script?:string workspaces?:[]v1beta1.WorkspaceUsage restartPolicy?:*string"},
    {"v1beta1.SidecarState", "waiting?:*core.ContainerStateWaiting running?:*core.ContainerStateRunning "
                             "terminated?:*core.ContainerStateTerminated name?:string container?:string "
                             "imageID?:string"},
    {"v1beta1.SkippedTask", "name:string reason:string whenExpressions?:[]v1beta1.WhenExpression"},
    {"v1beta1.Step", "name:string displayName?:string image?:string command?:[]string args?:[]string "
                     "workingDir?:string ports?:[]core.ContainerPort envFrom?:[]core.EnvFromSource "
                     "env?:[]core.EnvVar resources?:core.ResourceRequirements "
                     "volumeMounts?:[]core.VolumeMount volumeDevices?:[]core.VolumeDevice "
                     "livenessProbe?:*core.Probe readinessProbe?:*core.Probe startupProbe?:*core.Probe "
                     "lifecycle?:*core.Lifecycle terminationMessagePath?:string "
                     "terminationMessagePolicy?:string imagePullPolicy?:string "
                     "securityContext?:*core.SecurityContext stdin?:bool stdinOnce?:bool tty?:bool "
                     "script?:string timeout?:*duration workspaces?:[]v1beta1.WorkspaceUsage onError?:string "
                     "stdoutConfig?:*v1beta1.StepOutputConfig stderrConfig?:*v1beta1.StepOutputConfig "
                     "ref?:*v1beta1.Ref params?:[]v1beta1.Param results?:[]v1.StepResult "
                     "when?:[]v1beta1.WhenExpression"},
    {"v1beta1.StepAction", "kind?:string apiVersion?:string metadata:meta.ObjectMeta spec:v1beta1.StepActionSpec"},
    {"v1beta1.StepActionSpec", "description?:string image?:string command?:[]string args?:[]string env?:[]core.EnvVar "
                               "script?:string workingDir?:string params?:[]v1.ParamSpec results?:[]v1.StepResult "
                               "securityContext?:*core.SecurityContext volumeMounts?:[]core.VolumeMount"},
    {"v1beta1.StepOutputConfig", "path?:string"},
    {"v1beta1.StepState", "waiting?:*core.ContainerStateWaiting running?:*core.ContainerStateRunning "
                          "terminated?:*core.ContainerStateTerminated name?:string container?:string "
                          "imageID?:string results?:[]v1beta1.TaskRunResult provenance?:*v1beta1.Provenance "
                          "inputs?:[]v1beta1.Artifact outputs?:[]v1beta1.Artifact"},
    {"v1beta1.StepTemplate", "name?:string image?:string command?:[]string args?:[]string workingDir?:string "
                             "ports?:[]core.ContainerPort envFrom?:[]core.EnvFromSource env?:[]core.EnvVar "
                             "resources?:core.ResourceRequirements volumeMounts?:[]core.VolumeMount "
                             "volumeDevices?:[]core.VolumeDevice livenessProbe?:*core.Probe "
                             "readinessProbe?:*core.Probe startupProbe?:*core.Probe lifecycle?:*core.Lifecycle "
                             "terminationMessagePath?:string terminationMessagePolicy?:string imagePullPolicy?:string "
                             "securityContext?:*core.SecurityContext stdin?:bool stdinOnce?:bool tty?:bool"},
    {"v1beta1.Task", "kind?:string apiVersion?:string metadata:meta.ObjectMeta spec:v1beta1.TaskSpec"},
    {"v1beta1.TaskBreakpoints", "onFailure?:string beforeSteps?:[]string"},
    {"v1beta1.TaskRef", "name?:string kind?:string apiVersion?:string bundle?:string resolver?:string "
                        "params?:[]v1beta1.Param"},
    {"v1beta1.TaskResource", "name:string type:string description?:string targetPath?:string optional?:bool"},
    {"v1beta1.TaskResourceBinding", "name?:string resourceRef?:*v1beta1.PipelineResourceRef "
                                    "resourceSpec?:*v1alpha1.PipelineResourceSpec paths?:[]string"},
    {"v1beta1.TaskResources", "inputs?:[]v1beta1.TaskResource outputs?:[]v1beta1.TaskResource"},
    {"v1beta1.TaskResult", "name:string type?:string properties?:{}v1beta1.PropertySpec description?:string "
                           "value?:*param-value"},
    {"v1beta1.TaskRun", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta spec?:v1beta1.TaskRunSpec "
                        "status?:v1beta1.TaskRunStatus"},
    {"v1beta1.TaskRunDebug", "breakpoints?:*v1beta1.TaskBreakpoints"},
    {"v1beta1.TaskRunResources", "inputs?:[]v1beta1.TaskResourceBinding outputs?:[]v1beta1.TaskResourceBinding"},
    {"v1beta1.TaskRunResult", "name:string type?:string value:param-value"},
    {"v1beta1.TaskRunSidecarOverride", "name:string resources:core.ResourceRequirements"},
    {"v1beta1.TaskRunSpec", "debug?:*v1beta1.TaskRunDebug params?:[]v1beta1.Param "
                            "resources?:*v1beta1.TaskRunResources serviceAccountName:string "
                            "taskRef?:*v1beta1.TaskRef taskSpec?:*v1beta1.TaskSpec status?:string "
                            "statusMessage?:string retries?:int timeout?:*duration podTemplate?:*pod.Template "
                            "workspaces?:[]v1beta1.WorkspaceBinding stepOverrides?:[]v1beta1.TaskRunStepOverride "
                            "sidecarOverrides?:[]v1beta1.TaskRunSidecarOverride "
                            "computeResources?:*core.ResourceRequirements managedBy?:*string"},
    {"v1beta1.TaskRunStatus", "observedGeneration?:int64 conditions?:[]apis.Condition annotations?:{}string "
                              "podName:string startTime?:*time completionTime?:*time steps?:[]v1beta1.StepState "
                              "cloudEvents?:[]v1beta1.CloudEventDelivery retriesStatus?:[]v1beta1.TaskRunStatus "
                              "resourcesResult?:[]result.RunResult taskResults?:[]v1beta1.TaskRunResult "
                              "sidecars?:[]v1beta1.SidecarState taskSpec?:*v1beta1.TaskSpec "
                              "provenance?:*v1beta1.Provenance spanContext?:{}string"},
    {"v1beta1.TaskRunStepOverride", "name:string resources:core.ResourceRequirements"},
    {"v1beta1.TaskSpec", "resources?:*v1beta1.TaskResources params?:[]v1beta1.ParamSpec displayName?:string "
                         "description?:string steps?:[]v1beta1.Step volumes?:[]core.Volume "
                         "stepTemplate?:*v1beta1.StepTemplate sidecars?:[]v1beta1.Sidecar "
                         "workspaces?:[]v1beta1.WorkspaceDeclaration results?:[]v1beta1.TaskResult"},
    {"v1beta1.TimeoutFields", "pipeline?:*duration tasks?:*duration finally?:*duration"},
    {"v1beta1.WhenExpression", "input?:string operator?:string values?:[]string cel?:string"},
    {"v1beta1.WorkspaceBinding", "name:string subPath?:string volumeClaimTemplate?:*core.PersistentVolumeClaim "
                                 "persistentVolumeClaim?:*core.PersistentVolumeClaimVolumeSource "
                                 "emptyDir?:*core.EmptyDirVolumeSource configMap?:*core.ConfigMapVolumeSource "
                                 "secret?:*core.SecretVolumeSource projected?:*core.ProjectedVolumeSource "
                                 "csi?:*core.CSIVolumeSource"},
    {"v1beta1.WorkspaceDeclaration", "name:string description?:string mountPath?:string readOnly?:bool optional?:bool"},
    {"v1beta1.WorkspacePipelineTaskBinding", "name:string workspace?:string subPath?:string"},
    {"v1beta1.WorkspaceUsage", "name:string mountPath:string"},
};
const size_t SCHEMA_TEKTON_COUNT = sizeof SCHEMA_TEKTON / sizeof SCHEMA_TEKTON[0];
