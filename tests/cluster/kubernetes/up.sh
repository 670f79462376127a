#!/usr/bin/env bash
# Brings up a Kubernetes of one node with Tekton as processes of this machine, empty; one that runs is ended first.
# Needs root, Debian's packages of `scripts/packages.sh cluster`, cgroup v1, and what build.sh made. Takes some 10 s.
# Afterwards: KUBECONFIG=$CLUSTER_RUN/kubeconfig, kubectl is `$CLUSTER_CACHE/bin/kube ctl`, logs are $CLUSTER_RUN/*.log.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
. ./settings.sh

# Folders that Kubernetes has no setting for. A mount namespace with own ones keeps instances apart, and its end takes
# all mounts of pods with it.
private=(/tmp/hostpath_pv /var/lib/cni /var/lib/kubelet /var/log/containers /run/containerd)
if [[ ${1:-} != inside ]]; then
  ./down.sh
  mkdir -p "$CLUSTER_RUN" "${private[@]}"
  exec unshare --mount --propagation private "$here/up.sh" inside
fi
cd "$CLUSTER_RUN"
for folder in "${private[@]}"; do
  mkdir -p "private$folder"
  mount --bind "private$folder" "$folder"
done

group=/sys/fs/cgroup/pids/$CLUSTER_NAME
gateway=$CLUSTER_NET.0.1
tekton=$(cat "$CLUSTER_CACHE/tekton/version")
config=$CLUSTER_CACHE/tekton/config
token=$(openssl rand -hex 16)
export KUBECONFIG=$CLUSTER_RUN/kubeconfig
kube() { "$CLUSTER_CACHE/bin/kube" "$@"; }

fill() { # a file of etc/ with the values of this instance
  sed -e "s#@RUN@#$CLUSTER_RUN#g; s#@NAME@#$CLUSTER_NAME#g; s#@NET@#$CLUSTER_NET#g; s#@TOKEN@#$token#g" \
    -e "s#@REGISTRY@#127.0.0.1:$registry_port#g; s#@API_PORT@#$api_port#g" \
    -e "s#@KUBELET_PORT@#$kubelet_port#g; s#@WEBHOOK_PORT@#$webhook_port#g" "$here/etc/$1"
}
umask 077
for file in tokens.csv kubeconfig containerd.toml kubelet.yaml objects.yaml; do fill "$file" >"$file"; done
mkdir -p certs.d/_default net.d
fill hosts.toml >certs.d/_default/hosts.toml
fill network.conflist >net.d/network.conflist
openssl genrsa -out accounts.key 2048 2>/dev/null
umask 022

# ---- network: a bridge. Pods reach the API server at its service address, and any server on this machine's loopback
# at the bridge's. Tekton's processes listen on all interfaces, which is closed again.
ip link add "$CLUSTER_NAME" type bridge
ip addr add "$gateway/16" dev "$CLUSTER_NAME"
ip link set "$CLUSTER_NAME" up
echo 1 >"/proc/sys/net/ipv4/conf/$CLUSTER_NAME/route_localnet"
iptables -t nat -A PREROUTING -i "$CLUSTER_NAME" -d "$CLUSTER_SERVICES.1" -p tcp --dport 443 \
  -j DNAT --to "127.0.0.1:$api_port"
iptables -t nat -A PREROUTING -i "$CLUSTER_NAME" -d "$gateway" -p tcp -j DNAT --to 127.0.0.1
for tables in iptables ip6tables; do
  $tables -I INPUT ! -i lo -p tcp --dport "$webhook_port:$last_port" -m comment --comment "$CLUSTER_NAME" -j DROP
done

# ---- the kubelet sets kernel parameters: down.sh puts these back
sysctl vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys \
  kernel.keys.root_maxbytes >sysctl.saved
for controller in /sys/fs/cgroup/*/; do
  [[ $controller == /sys/fs/cgroup/unified/ ]] || mkdir -p "$controller$CLUSTER_NAME"
done
for file in cpus mems; do
  cat "/sys/fs/cgroup/cpuset/cpuset.$file" >"/sys/fs/cgroup/cpuset/$CLUSTER_NAME/cpuset.$file"
done

start() { # NAME COMMAND…: a process in the cgroup, in a session of its own; its output goes to NAME.log
  (
    echo "$BASHPID" >"$group/cgroup.procs"
    exec setsid "${@:2}"
  ) >"$1.log" 2>&1 </dev/null 9>&- &
}
until_ok() {
  local try
  for ((try = 0; try < 600; try++)); do
    if "$@" >last-try.log 2>&1; then return; fi
    sleep 0.1
  done
  echo "after a minute still not: $*" >&2
  tail -n 5 last-try.log >&2
  return 1
}

start registry /usr/bin/python3 "$here/images.py" serve "$CLUSTER_CACHE/images" "$registry_port"
start containerd containerd -c containerd.toml
start etcd etcd --data-dir etcd --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
  --listen-peer-urls "http://127.0.0.1:$etcd_peer_port" \
  --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peer_port" \
  --initial-cluster "default=http://127.0.0.1:$etcd_peer_port"
start apiserver "$CLUSTER_CACHE/bin/kube" apiserver --etcd-servers="http://127.0.0.1:$etcd_port" --cert-dir=pki \
  --bind-address=127.0.0.1 --secure-port="$api_port" --token-auth-file=tokens.csv --authorization-mode=RBAC \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=accounts.key \
  --service-account-signing-key-file=accounts.key --service-cluster-ip-range="$CLUSTER_SERVICES.0/24" \
  --endpoint-reconciler-type=none --allow-privileged=true --kubelet-preferred-address-types=Hostname
until_ok kube ctl get --raw /readyz
start controller-manager "$CLUSTER_CACHE/bin/kube" controller-manager --kubeconfig=kubeconfig --leader-elect=false \
  --secure-port=0 --service-account-private-key-file=accounts.key --root-ca-file=pki/apiserver.crt \
  --enable-hostpath-provisioner
start scheduler "$CLUSTER_CACHE/bin/kube" scheduler --kubeconfig=kubeconfig --leader-elect=false --secure-port=0
start kubelet "$CLUSTER_CACHE/bin/kube" kubelet --config=kubelet.yaml --kubeconfig=kubeconfig \
  --root-dir="$CLUSTER_RUN/kubelet" --cert-dir="$CLUSTER_RUN/kubelet-pki" --hostname-override=localhost \
  --node-ip="$gateway"

# ---- Tekton: the YAML of its release without the Deployments; the webhook is a process behind an ExternalName service
sed -s -e '1i ---' -e "/clientConfig:/,/namespace:/s/^\( *\)name: tekton-pipelines-webhook\$/&\n\1port: $webhook_port/" \
  "$config"/100-namespace/*.yaml "$config"/resolvers/100-namespace.yaml "$config"/20*.yaml \
  "$config"/clusterrole-*.yaml "$config"/config-*.yaml "$config"/300-crds/*.yaml "$config"/resolvers/20*.yaml \
  "$config"/resolvers/*config*.yaml objects.yaml "$config"/500-webhooks.yaml |
  kube ctl apply --server-side -f - >apply.log
tekton() { # NAME NAMESPACE ELECTION PORTS ARGUMENT…
  start "tekton-$1" env SYSTEM_NAMESPACE="$2" CONFIG_LEADERELECTION_NAME="$3" PROBES_PORT="$4" \
    METRICS_PROMETHEUS_PORT="$(($4 + 1))" PROFILING_PORT="$(($4 + 2))" KUBERNETES_MIN_VERSION=v1.28.0 \
    CONFIG_LOGGING_NAME=config-logging CONFIG_OBSERVABILITY_NAME=config-observability \
    CONFIG_FEATURE_FLAGS_NAME=feature-flags CONFIG_DEFAULTS_NAME=config-defaults \
    WEBHOOK_SERVICE_NAME=tekton-pipelines-webhook WEBHOOK_SECRET_NAME=webhook-certs \
    WEBHOOK_ADMISSION_CONTROLLER_NAME=webhook.pipeline.tekton.dev WEBHOOK_PORT="$webhook_port" \
    "$CLUSTER_CACHE/bin/$1" "${@:5}"
}
image=127.0.0.1:$registry_port/tekton:$tekton
tekton webhook tekton-pipelines config-leader-election-webhook "$tekton_ports" -disable-ha
tekton controller tekton-pipelines config-leader-election-controller "$((tekton_ports + 3))" -disable-ha \
  -entrypoint-image "$image" -nop-image "$image" -sidecarlogresults-image "$image" -workingdirinit-image "$image" \
  -shell-image docker.io/library/busybox:latest -shell-image-win none
tekton resolvers tekton-pipelines-resolvers config-leader-election-resolvers "$((tekton_ports + 6))"

ready='{.status.conditions[?(@.type=="Ready")].status}'
is_ready() { kube ctl get node localhost -o "jsonpath=$ready" | grep -q True; }
until_ok is_ready
until_ok kube ctl get serviceaccount default
until_ok kube ctl create --dry-run=server -f "$here/etc/probe.yaml"
