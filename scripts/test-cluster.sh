#!/usr/bin/env bash
# What `make test-cluster` does: the tests that need a real Tekton, on the cluster that KUBECONFIG names (KUBECTL is the
# program for it, kubectl), else on one that this brings up on this machine and takes down again. Ends with one line of
# counts. `test-cluster.sh --can` only says, by exit code and word, whether it can bring one up here.
set -uo pipefail
cd "$(dirname "$0")/.."
cluster=tests/cluster/kubernetes

cannot() {
  ((EUID == 0)) || { echo "it needs root"; return; }
  scripts/has-go.sh || { echo "it needs Go 1.26 or newer, to compile Kubernetes and Tekton once"; return; }
  [[ -d /sys/fs/cgroup/pids ]] || { echo "it needs cgroup v1 (systemd.unified_cgroup_hierarchy=0)"; return; }
}
if [[ ${1:-} == --can ]]; then
  why=$(cannot)
  echo "$why"
  [[ -z $why ]]
  exit
fi

fail() {
  echo "FAILED: $1"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

mkdir -p build/test-log
scripts/packages.sh test || fail "installing packages"
make --no-print-directory -j"$(nproc)" MODE=release all >build/test-log/release 2>&1 ||
  { tail -n 40 build/test-log/release; fail "release build"; }
scripts/venv.sh || fail "installing tests/requirements.txt"

if [[ -z ${KUBECONFIG:-} ]]; then
  why=$(cannot)
  [[ -z $why ]] || fail "no KUBECONFIG, and no cluster can be brought up here: $why"
  . $cluster/settings.sh
  scripts/packages.sh cluster || fail "installing packages"
  # One at a time: an instance has its ports and its folder to itself.
  exec 9>"$CLUSTER_RUN.lock"
  flock 9
  echo "== bringing up Kubernetes and Tekton"
  $cluster/build.sh 9>&- || fail "building the cluster"
  end() {
    mkdir -p build/test-log/cluster-logs
    cp "$CLUSTER_RUN"/*.log build/test-log/cluster-logs/ 2>/dev/null
    $cluster/down.sh
  }
  trap end EXIT
  trap 'exit 130' INT TERM
  $cluster/up.sh 9>&- || fail "bringing up the cluster: its logs are in build/test-log/cluster-logs"
  export KUBECONFIG=$CLUSTER_RUN/kubeconfig KUBECTL="$CLUSTER_CACHE/bin/kube ctl"
fi

echo "== tests on the cluster"
build/venv/bin/python -m pytest -q -ra --color=no tests/cluster "$@" 2>&1 9>&- | tee build/test-log/cluster
status=${PIPESTATUS[0]}
summary=$(grep -E '^(=+ )?[0-9]+ (passed|failed|error|skipped)' build/test-log/cluster | tail -n 1)
number() { sed -nE "s/.*\b([0-9]+) $1.*/\1/p" <<<"$summary"; }
passed=$(($(number passed) + 0)) failed=$(($(number failed) + $(number 'errors?') + 0)) skipped=$(($(number skipped) + 0))
((status == 0 || failed > 0)) || failed=1
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
