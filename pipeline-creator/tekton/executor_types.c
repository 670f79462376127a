/*
 * What a task says about Kubernetes: KFP's KubernetesExecutorConfig, field by field, and beside it fields of pods and
 * containers as Kubernetes has them.
 *
 * Source: kubernetes_platform/proto/kubernetes_executor_config.proto of github.com/kubeflow/pipelines, in protobuf's
 * JSON spelling. Ours are the fields of kfp.KubernetesExecutorConfig from `resources` on, `graphInput` and
 * `taskOutput` of kfp.InputParameterSpec (how our documents spell references), and that securityContext,
 * initContainers and their parts take all that Kubernetes has for them. kfp.PolicyRule is RBAC's for one namespace.
 */
#include "pipeline-creator/tekton/schema.h"

const struct schema SCHEMA_EXECUTOR[] = {
    {"kfp.ConfigMapAsEnv", "configMapName?:string keyToEnv?:[]kfp.ConfigMapKeyToEnvMap "
                           "configMapNameParameter?:*kfp.InputParameterSpec optional?:*bool"},
    {"kfp.ConfigMapAsVolume", "configMapName?:string mountPath?:string optional?:*bool "
                              "configMapNameParameter?:*kfp.InputParameterSpec"},
    {"kfp.ConfigMapKeyToEnvMap", "configMapKey?:string envVar?:string"},
    {"kfp.EmptyDirMount", "volumeName?:string mountPath?:string medium?:*string sizeLimit?:*quantity"},
    {"kfp.EnabledSharedMemory", "volumeName?:string size?:quantity"},
    {"kfp.FieldPathAsEnv", "name?:string fieldPath?:string"},
    {"kfp.GenericEphemeralVolume", "volumeName?:string mountPath?:string accessModes?:[]string size?:quantity "
                                   "defaultStorageClass?:bool storageClassName?:string metadata?:kfp.PodMetadata"},
    {"kfp.GraphInput", "inputName?:string type?:raw"},
    {"kfp.ImagePullSecret", "secretName?:string secretNameParameter?:*kfp.InputParameterSpec"},
    {"kfp.InitContainer", "name?:string image?:string command?:[]string args?:[]string env?:[]core.EnvVar "
                          "volumeMounts?:[]kfp.VolumeMount restartPolicy?:*string "
                          "resources?:core.ResourceRequirements envFrom?:[]core.EnvFromSource workingDir?:string "
                          "imagePullPolicy?:string securityContext?:*core.SecurityContext script?:string"},
    {"kfp.InputParameterSpec", "taskOutputParameter?:*kfp.TaskOutputParameterSpec "
                               "runtimeValue?:*kfp.RuntimeValue componentInputParameter?:string "
                               "graphInput?:*kfp.GraphInput taskOutput?:*kfp.TaskOutput"},
    {"kfp.KubernetesExecutorConfig",
     "secretAsVolume?:[]kfp.SecretAsVolume secretAsEnv?:[]kfp.SecretAsEnv pvcMount?:[]kfp.PvcMount "
     "nodeSelector?:*kfp.NodeSelector podMetadata?:*kfp.PodMetadata imagePullSecret?:[]kfp.ImagePullSecret "
     "imagePullPolicy?:string configMapAsVolume?:[]kfp.ConfigMapAsVolume configMapAsEnv?:[]kfp.ConfigMapAsEnv "
     "activeDeadlineSeconds?:int64 fieldPathAsEnv?:[]kfp.FieldPathAsEnv tolerations?:[]kfp.Toleration "
     "genericEphemeralVolume?:[]kfp.GenericEphemeralVolume nodeAffinity?:[]kfp.NodeAffinityTerm "
     "podAffinity?:[]kfp.PodAffinityTerm enabledSharedMemory?:*kfp.EnabledSharedMemory "
     "emptyDirMounts?:[]kfp.EmptyDirMount securityContext?:*core.SecurityContext "
     "initContainers?:[]kfp.InitContainer resources?:core.ResourceRequirements sidecars?:[]kfp.Sidecar "
     "serviceAccountName?:string volumes?:[]core.Volume volumeMounts?:[]core.VolumeMount env?:[]core.EnvVar "
     "envFrom?:[]core.EnvFromSource workingDir?:string podTemplate?:*pod.Template"},
    {"kfp.NodeAffinityTerm", "matchExpressions?:[]kfp.SelectorRequirement matchFields?:[]kfp.SelectorRequirement "
                             "weight?:*int32 nodeAffinityJson?:*kfp.InputParameterSpec"},
    {"kfp.NodeSelector", "labels?:{}string nodeSelectorJson?:*kfp.InputParameterSpec"},
    {"kfp.PodAffinityTerm", "matchPodExpressions?:[]kfp.SelectorRequirement matchPodLabels?:{}string "
                            "topologyKey?:string namespaces?:[]string "
                            "matchNamespaceExpressions?:[]kfp.SelectorRequirement matchNamespaceLabels?:{}string "
                            "weight?:*int32 anti?:*bool"},
    {"kfp.PodMetadata", "labels?:{}string annotations?:{}string"},
    {"kfp.PolicyRule", "apiGroups?:[]string resources?:[]string resourceNames?:[]string verbs:[]string"},
    {"kfp.PvcMount", "taskOutputParameter?:*kfp.TaskOutputParameterSpec constant?:string "
                     "componentInputParameter?:string mountPath?:string pvcNameParameter?:*kfp.InputParameterSpec "
                     "subPath?:string"},
    {"kfp.RuntimeValue", "constant?:raw"},
    {"kfp.SecretAsEnv", "secretName?:string keyToEnv?:[]kfp.SecretKeyToEnvMap optional?:*bool "
                        "secretNameParameter?:*kfp.InputParameterSpec"},
    {"kfp.SecretAsVolume", "secretName?:string mountPath?:string optional?:*bool "
                           "secretNameParameter?:*kfp.InputParameterSpec"},
    {"kfp.SecretKeyToEnvMap", "secretKey?:string envVar?:string"},
    {"kfp.SelectorRequirement", "key?:string operator?:string values?:[]string"},
    {"kfp.Sidecar", "name?:string image?:string command?:[]string args?:[]string workingDir?:string "
                    "ports?:[]core.ContainerPort envFrom?:[]core.EnvFromSource env?:[]core.EnvVar "
                    "resources?:core.ResourceRequirements volumeMounts?:[]core.VolumeMount "
                    "livenessProbe?:*core.Probe readinessProbe?:*core.Probe startupProbe?:*core.Probe "
                    "lifecycle?:*core.Lifecycle imagePullPolicy?:string securityContext?:*core.SecurityContext "
                    "script?:string"},
    {"kfp.TaskOutput", "taskId?:string outputName?:string type?:raw"},
    {"kfp.TaskOutputParameterSpec", "producerTask?:string outputParameterKey?:string"},
    {"kfp.Toleration", "key?:string operator?:string value?:string effect?:string tolerationSeconds?:*int64 "
                       "tolerationJson?:*kfp.InputParameterSpec"},
    {"kfp.VolumeMount", "volumeName?:string mountPath?:string name?:string subPath?:string readOnly?:bool"},
};
const size_t SCHEMA_EXECUTOR_COUNT = sizeof SCHEMA_EXECUTOR / sizeof SCHEMA_EXECUTOR[0];
