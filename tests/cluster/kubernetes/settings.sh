# What one instance of the cluster has to itself; sourced by the scripts. With other values a second one runs beside it.
: "${CLUSTER_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/component-hub-cluster}" # binaries and images, kept
: "${CLUSTER_RUN:=/tmp/component-hub-cluster}"                              # state, removed at the end
: "${CLUSTER_NAME:=hub-cluster}"                                            # of its bridge and its cgroup, ≤ 15
: "${CLUSTER_NET:=10.78}"                                                   # pods get addresses NET.0.0/16
: "${CLUSTER_SERVICES:=10.98.0}"                                            # services get addresses SERVICES.0/24
: "${CLUSTER_PORT:=17000}"                                                  # the first of 40 ports on this machine
export CLUSTER_CACHE CLUSTER_RUN CLUSTER_NAME CLUSTER_NET CLUSTER_SERVICES CLUSTER_PORT

registry_port=$CLUSTER_PORT
api_port=$((CLUSTER_PORT + 1))
etcd_port=$((CLUSTER_PORT + 2))
etcd_peer_port=$((CLUSTER_PORT + 3))
kubelet_port=$((CLUSTER_PORT + 4))
webhook_port=$((CLUSTER_PORT + 5))
tekton_ports=$((CLUSTER_PORT + 10)) # three each for webhook, controller, resolvers: probes, metrics, profiles
last_port=$((CLUSTER_PORT + 39))
