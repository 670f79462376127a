/* Kubernetes types that Tekton's objects contain: the output of `tekton-oracle -types` (tests/conformance/tekton). */
#include "pipeline-creator/tekton/schema.h"

const struct schema SCHEMA_KUBERNETES[] = {
    {"apis.Condition", "type:string status:string severity?:string lastTransitionTime?:time reason?:string "
                       "message?:string"},
    {"config.FeatureFlags", "disableCredsInit?:bool runningInEnvWithInjectedSidecars?:bool "
                            "requireGitSSHSecretKnownHosts?:bool enableAPIFields?:string "
                            "sendCloudEventsForRuns?:bool awaitSidecarReadiness?:bool "
                            "enforceNonfalsifiability?:string enableKeepPodOnCancel?:bool "
                            "verificationNoMatchPolicy?:string enableProvenanceInStatus?:bool "
                            "resultExtractionMethod?:string maxResultSize?:int setSecurityContext?:bool "
                            "setSecurityContextReadOnlyRootFilesystem?:bool coschedule?:string "
                            "enableCELInWhenExpression?:bool enableStepActions?:bool enableParamEnum?:bool "
                            "enableArtifacts?:bool disableInlineSpec?:string enableConciseResolverSyntax?:bool "
                            "enableKubernetesSidecar?:bool enableWaitExponentialBackoff?:bool "
                            "enableTerminationMessageCompression?:bool enableTektonOCIBundles?:*bool"},
    {"core.AWSElasticBlockStoreVolumeSource", "volumeID:string fsType?:string partition?:int32 readOnly?:bool"},
    {"core.Affinity", "nodeAffinity?:*core.NodeAffinity podAffinity?:*core.PodAffinity "
                      "podAntiAffinity?:*core.PodAntiAffinity"},
    {"core.AppArmorProfile", "type:string localhostProfile?:*string"},
    {"core.AzureDiskVolumeSource",
     "diskName:string diskURI:string cachingMode?:*string fsType?:*string readOnly?:*bool "
     "kind?:*string"},
    {"core.AzureFileVolumeSource", "secretName:string shareName:string readOnly?:bool"},
    {"core.CSIVolumeSource", "driver:string readOnly?:*bool fsType?:*string volumeAttributes?:{}string "
                             "nodePublishSecretRef?:*core.LocalObjectReference"},
    {"core.Capabilities", "add?:[]string drop?:[]string"},
    {"core.CephFSVolumeSource", "monitors:[]string path?:string user?:string secretFile?:string "
                                "secretRef?:*core.LocalObjectReference readOnly?:bool"},
    {"core.CinderVolumeSource", "volumeID:string fsType?:string readOnly?:bool secretRef?:*core.LocalObjectReference"},
    {"core.ClusterTrustBundleProjection",
     "name?:*string signerName?:*string labelSelector?:*meta.LabelSelector optional?:*bool "
     "path:string"},
    {"core.ConfigMapEnvSource", "name?:string optional?:*bool"},
    {"core.ConfigMapKeySelector", "name?:string key:string optional?:*bool"},
    {"core.ConfigMapProjection", "name?:string items?:[]core.KeyToPath optional?:*bool"},
    {"core.ConfigMapVolumeSource", "name?:string items?:[]core.KeyToPath defaultMode?:*int32 optional?:*bool"},
    {"core.ContainerPort", "name?:string hostPort?:int32 containerPort:int32 protocol?:string hostIP?:string"},
    {"core.ContainerStateRunning", "startedAt?:time"},
    {"core.ContainerStateTerminated", "exitCode:int32 signal?:int32 reason?:string message?:string startedAt?:time "
                                      "finishedAt?:time containerID?:string"},
    {"core.ContainerStateWaiting", "reason?:string message?:string"},
    {"core.DownwardAPIProjection", "items?:[]core.DownwardAPIVolumeFile"},
    {"core.DownwardAPIVolumeFile", "path:string fieldRef?:*core.ObjectFieldSelector "
                                   "resourceFieldRef?:*core.ResourceFieldSelector mode?:*int32"},
    {"core.DownwardAPIVolumeSource", "items?:[]core.DownwardAPIVolumeFile defaultMode?:*int32"},
    {"core.EmptyDirVolumeSource", "medium?:string sizeLimit?:*quantity"},
    {"core.EnvFromSource", "prefix?:string configMapRef?:*core.ConfigMapEnvSource secretRef?:*core.SecretEnvSource"},
    {"core.EnvVar", "name:string value?:string valueFrom?:*core.EnvVarSource"},
    {"core.EnvVarSource", "fieldRef?:*core.ObjectFieldSelector resourceFieldRef?:*core.ResourceFieldSelector "
                          "configMapKeyRef?:*core.ConfigMapKeySelector secretKeyRef?:*core.SecretKeySelector "
                          "fileKeyRef?:*core.FileKeySelector"},
    {"core.EphemeralVolumeSource", "volumeClaimTemplate?:*core.PersistentVolumeClaimTemplate"},
    {"core.ExecAction", "command?:[]string"},
    {"core.FCVolumeSource", "targetWWNs?:[]string lun?:*int32 fsType?:string readOnly?:bool wwids?:[]string"},
    {"core.FileKeySelector", "volumeName:string path:string key:string optional?:*bool"},
    {"core.FlexVolumeSource", "driver:string fsType?:string secretRef?:*core.LocalObjectReference readOnly?:bool "
                              "options?:{}string"},
    {"core.FlockerVolumeSource", "datasetName?:string datasetUUID?:string"},
    {"core.GCEPersistentDiskVolumeSource", "pdName:string fsType?:string partition?:int32 readOnly?:bool"},
    {"core.GRPCAction", "port:int32 service:*string"},
    {"core.GitRepoVolumeSource", "repository:string revision?:string directory?:string"},
    {"core.GlusterfsVolumeSource", "endpoints:string path:string readOnly?:bool"},
    {"core.HTTPGetAction", "path?:string port:int-or-string host?:string scheme?:string "
                           "httpHeaders?:[]core.HTTPHeader"},
    {"core.HTTPHeader", "name:string value:string"},
    {"core.HostAlias", "ip:string hostnames?:[]string"},
    {"core.HostPathVolumeSource", "path:string type?:*string"},
    {"core.ISCSIVolumeSource", "targetPortal:string iqn:string lun:int32 iscsiInterface?:string fsType?:string "
                               "readOnly?:bool portals?:[]string chapAuthDiscovery?:bool chapAuthSession?:bool "
                               "secretRef?:*core.LocalObjectReference initiatorName?:*string"},
    {"core.ImageVolumeSource", "reference?:string pullPolicy?:string"},
    {"core.KeyToPath", "key:string path:string mode?:*int32"},
    {"core.Lifecycle", "postStart?:*core.LifecycleHandler preStop?:*core.LifecycleHandler stopSignal?:*string"},
    {"core.LifecycleHandler", "exec?:*core.ExecAction httpGet?:*core.HTTPGetAction tcpSocket?:*core.TCPSocketAction "
                              "sleep?:*core.SleepAction"},
    {"core.LocalObjectReference", "name?:string"},
    {"core.ModifyVolumeStatus", "targetVolumeAttributesClassName?:string status:string"},
    {"core.NFSVolumeSource", "server:string path:string readOnly?:bool"},
    {"core.NodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution?:*core.NodeSelector "
                          "preferredDuringSchedulingIgnoredDuringExecution?:[]core.PreferredSchedulingTerm"},
    {"core.NodeSelector", "nodeSelectorTerms:[]core.NodeSelectorTerm"},
    {"core.NodeSelectorRequirement", "key:string operator:string values?:[]string"},
    {"core.NodeSelectorTerm", "matchExpressions?:[]core.NodeSelectorRequirement "
                              "matchFields?:[]core.NodeSelectorRequirement"},
    {"core.ObjectFieldSelector", "apiVersion?:string fieldPath:string"},
    {"core.PersistentVolumeClaim", "kind?:string apiVersion?:string metadata?:meta.ObjectMeta "
                                   "spec?:core.PersistentVolumeClaimSpec status?:core.PersistentVolumeClaimStatus"},
    {"core.PersistentVolumeClaimCondition",
     "type:string status:string lastProbeTime?:time lastTransitionTime?:time reason?:string "
     "message?:string"},
    {"core.PersistentVolumeClaimSpec",
     "accessModes?:[]string selector?:*meta.LabelSelector "
     "resources?:core.VolumeResourceRequirements volumeName?:string storageClassName?:*string "
     "volumeMode?:*string dataSource?:*core.TypedLocalObjectReference "
     "dataSourceRef?:*core.TypedObjectReference volumeAttributesClassName?:*string"},
    {"core.PersistentVolumeClaimStatus",
     "phase?:string accessModes?:[]string capacity?:{}quantity "
     "conditions?:[]core.PersistentVolumeClaimCondition allocatedResources?:{}quantity "
     "allocatedResourceStatuses?:{}string currentVolumeAttributesClassName?:*string "
     "modifyVolumeStatus?:*core.ModifyVolumeStatus"},
    {"core.PersistentVolumeClaimTemplate", "metadata?:meta.ObjectMeta spec:core.PersistentVolumeClaimSpec"},
    {"core.PersistentVolumeClaimVolumeSource", "claimName:string readOnly?:bool"},
    {"core.PhotonPersistentDiskVolumeSource", "pdID:string fsType?:string"},
    {"core.PodAffinity", "requiredDuringSchedulingIgnoredDuringExecution?:[]core.PodAffinityTerm "
                         "preferredDuringSchedulingIgnoredDuringExecution?:[]core.WeightedPodAffinityTerm"},
    {"core.PodAffinityTerm", "labelSelector?:*meta.LabelSelector namespaces?:[]string topologyKey:string "
                             "namespaceSelector?:*meta.LabelSelector matchLabelKeys?:[]string "
                             "mismatchLabelKeys?:[]string"},
    {"core.PodAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution?:[]core.PodAffinityTerm "
                             "preferredDuringSchedulingIgnoredDuringExecution?:[]core.WeightedPodAffinityTerm"},
    {"core.PodCertificateProjection", "signerName?:string keyType?:string maxExpirationSeconds?:*int32 "
                                      "credentialBundlePath?:string keyPath?:string certificateChainPath?:string "
                                      "userAnnotations?:{}string"},
    {"core.PodDNSConfig", "nameservers?:[]string searches?:[]string options?:[]core.PodDNSConfigOption"},
    {"core.PodDNSConfigOption", "name?:string value?:*string"},
    {"core.PodSecurityContext", "seLinuxOptions?:*core.SELinuxOptions "
                                "windowsOptions?:*core.WindowsSecurityContextOptions runAsUser?:*int64 "
                                "runAsGroup?:*int64 runAsNonRoot?:*bool supplementalGroups?:[]int64 "
                                "supplementalGroupsPolicy?:*string fsGroup?:*int64 sysctls?:[]core.Sysctl "
                                "fsGroupChangePolicy?:*string seccompProfile?:*core.SeccompProfile "
                                "appArmorProfile?:*core.AppArmorProfile seLinuxChangePolicy?:*string"},
    {"core.PortworxVolumeSource", "volumeID:string fsType?:string readOnly?:bool"},
    {"core.PreferredSchedulingTerm", "weight:int32 preference:core.NodeSelectorTerm"},
    {"core.Probe", "exec?:*core.ExecAction httpGet?:*core.HTTPGetAction tcpSocket?:*core.TCPSocketAction "
                   "grpc?:*core.GRPCAction initialDelaySeconds?:int32 timeoutSeconds?:int32 "
                   "periodSeconds?:int32 successThreshold?:int32 failureThreshold?:int32 "
                   "terminationGracePeriodSeconds?:*int64"},
    {"core.ProjectedVolumeSource", "sources:[]core.VolumeProjection defaultMode?:*int32"},
    {"core.QuobyteVolumeSource",
     "registry:string volume:string readOnly?:bool user?:string group?:string tenant?:string"},
    {"core.RBDVolumeSource", "monitors:[]string image:string fsType?:string pool?:string user?:string keyring?:string "
                             "secretRef?:*core.LocalObjectReference readOnly?:bool"},
    {"core.ResourceClaim", "name:string request?:string"},
    {"core.ResourceFieldSelector", "containerName?:string resource:string divisor?:quantity"},
    {"core.ResourceRequirements", "limits?:{}quantity requests?:{}quantity claims?:[]core.ResourceClaim"},
    {"core.SELinuxOptions", "user?:string role?:string type?:string level?:string"},
    {"core.ScaleIOVolumeSource", "gateway:string system:string secretRef:*core.LocalObjectReference sslEnabled?:bool "
                                 "protectionDomain?:string storagePool?:string storageMode?:string volumeName?:string "
                                 "fsType?:string readOnly?:bool"},
    {"core.SeccompProfile", "type:string localhostProfile?:*string"},
    {"core.SecretEnvSource", "name?:string optional?:*bool"},
    {"core.SecretKeySelector", "name?:string key:string optional?:*bool"},
    {"core.SecretProjection", "name?:string items?:[]core.KeyToPath optional?:*bool"},
    {"core.SecretReference", "name?:string namespace?:string"},
    {"core.SecretVolumeSource", "secretName?:string items?:[]core.KeyToPath defaultMode?:*int32 optional?:*bool"},
    {"core.SecurityContext", "capabilities?:*core.Capabilities privileged?:*bool seLinuxOptions?:*core.SELinuxOptions "
                             "windowsOptions?:*core.WindowsSecurityContextOptions runAsUser?:*int64 "
                             "runAsGroup?:*int64 runAsNonRoot?:*bool readOnlyRootFilesystem?:*bool "
                             "allowPrivilegeEscalation?:*bool procMount?:*string seccompProfile?:*core.SeccompProfile "
                             "appArmorProfile?:*core.AppArmorProfile"},
    {"core.ServiceAccountTokenProjection", "audience?:string expirationSeconds?:*int64 path:string"},
    {"core.SleepAction", "seconds:int64"},
    {"core.StorageOSVolumeSource", "volumeName?:string volumeNamespace?:string fsType?:string readOnly?:bool "
                                   "secretRef?:*core.LocalObjectReference"},
    {"core.Sysctl", "name:string value:string"},
    {"core.TCPSocketAction", "port:int-or-string host?:string"},
    {"core.Toleration", "key?:string operator?:string value?:string effect?:string tolerationSeconds?:*int64"},
    {"core.TopologySpreadConstraint",
     "maxSkew:int32 topologyKey:string whenUnsatisfiable:string "
     "labelSelector?:*meta.LabelSelector minDomains?:*int32 nodeAffinityPolicy?:*string "
     "nodeTaintsPolicy?:*string matchLabelKeys?:[]string"},
    {"core.TypedLocalObjectReference", "apiGroup:*string kind:string name:string"},
    {"core.TypedObjectReference", "apiGroup:*string kind:string name:string namespace?:*string"},
    {"core.Volume", "name:string hostPath?:*core.HostPathVolumeSource emptyDir?:*core.EmptyDirVolumeSource "
                    "gcePersistentDisk?:*core.GCEPersistentDiskVolumeSource "
                    "awsElasticBlockStore?:*core.AWSElasticBlockStoreVolumeSource "
                    "gitRepo?:*core.GitRepoVolumeSource secret?:*core.SecretVolumeSource "
                    "nfs?:*core.NFSVolumeSource iscsi?:*core.ISCSIVolumeSource "
                    "glusterfs?:*core.GlusterfsVolumeSource "
                    "persistentVolumeClaim?:*core.PersistentVolumeClaimVolumeSource "
                    "rbd?:*core.RBDVolumeSource flexVolume?:*core.FlexVolumeSource "
                    "cinder?:*core.CinderVolumeSource cephfs?:*core.CephFSVolumeSource "
                    "flocker?:*core.FlockerVolumeSource downwardAPI?:*core.DownwardAPIVolumeSource "
                    "fc?:*core.FCVolumeSource azureFile?:*core.AzureFileVolumeSource "
                    "configMap?:*core.ConfigMapVolumeSource "
                    "vsphereVolume?:*core.VsphereVirtualDiskVolumeSource quobyte?:*core.QuobyteVolumeSource "
                    "azureDisk?:*core.AzureDiskVolumeSource "
                    "photonPersistentDisk?:*core.PhotonPersistentDiskVolumeSource "
                    "projected?:*core.ProjectedVolumeSource portworxVolume?:*core.PortworxVolumeSource "
                    "scaleIO?:*core.ScaleIOVolumeSource storageos?:*core.StorageOSVolumeSource "
                    "csi?:*core.CSIVolumeSource ephemeral?:*core.EphemeralVolumeSource "
                    "image?:*core.ImageVolumeSource"},
    {"core.VolumeDevice", "name:string devicePath:string"},
    {"core.VolumeMount", "name:string readOnly?:bool recursiveReadOnly?:*string mountPath:string subPath?:string "
                         "mountPropagation?:*string subPathExpr?:string"},
    {"core.VolumeProjection", "secret?:*core.SecretProjection downwardAPI?:*core.DownwardAPIProjection "
                              "configMap?:*core.ConfigMapProjection "
                              "serviceAccountToken?:*core.ServiceAccountTokenProjection "
                              "clusterTrustBundle?:*core.ClusterTrustBundleProjection "
                              "podCertificate?:*core.PodCertificateProjection"},
    {"core.VolumeResourceRequirements", "limits?:{}quantity requests?:{}quantity"},
    {"core.VsphereVirtualDiskVolumeSource",
     "volumePath:string fsType?:string storagePolicyName?:string storagePolicyID?:string"},
    {"core.WeightedPodAffinityTerm", "weight:int32 podAffinityTerm:core.PodAffinityTerm"},
    {"core.WindowsSecurityContextOptions",
     "gmsaCredentialSpecName?:*string gmsaCredentialSpec?:*string runAsUserName?:*string "
     "hostProcess?:*bool"},
    {"meta.LabelSelector", "matchLabels?:{}string matchExpressions?:[]meta.LabelSelectorRequirement"},
    {"meta.LabelSelectorRequirement", "key:string operator:string values?:[]string"},
    {"meta.ManagedFieldsEntry", "manager?:string operation?:string apiVersion?:string time?:*time fieldsType?:string "
                                "fieldsV1?:*raw subresource?:string"},
    {"meta.ObjectMeta", "name?:string generateName?:string namespace?:string selfLink?:string uid?:string "
                        "resourceVersion?:string generation?:int64 creationTimestamp?:time "
                        "deletionTimestamp?:*time deletionGracePeriodSeconds?:*int64 labels?:{}string "
                        "annotations?:{}string ownerReferences?:[]meta.OwnerReference finalizers?:[]string "
                        "managedFields?:[]meta.ManagedFieldsEntry"},
    {"meta.OwnerReference", "apiVersion:string kind:string name:string uid:string controller?:*bool "
                            "blockOwnerDeletion?:*bool"},
    {"pod.Template", "nodeSelector?:{}string env?:[]core.EnvVar tolerations?:[]core.Toleration "
                     "affinity?:*core.Affinity securityContext?:*core.PodSecurityContext "
                     "volumes?:[]core.Volume runtimeClassName?:*string automountServiceAccountToken?:*bool "
                     "dnsPolicy?:*string dnsConfig?:*core.PodDNSConfig enableServiceLinks?:*bool "
                     "priorityClassName?:*string schedulerName?:string "
                     "imagePullSecrets?:[]core.LocalObjectReference hostAliases?:[]core.HostAlias "
                     "hostNetwork?:bool hostUsers?:*bool "
                     "topologySpreadConstraints?:[]core.TopologySpreadConstraint"},
    {"result.RunResult", "key:string value:string resourceName?:string type?:raw"},
};
const size_t SCHEMA_KUBERNETES_COUNT = sizeof SCHEMA_KUBERNETES / sizeof SCHEMA_KUBERNETES[0];
