#!/usr/bin/env bash
# Ends everything that up.sh started (all of it lives in one cgroup, so nothing is found by its name) and removes its
# state. Does nothing where nothing runs.
set -uo pipefail
cd "$(dirname "$0")"
. ./settings.sh

for ((i = 0; i < 100; i++)); do
  mapfile -t pids < <(find "/sys/fs/cgroup/pids/$CLUSTER_NAME" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u)
  ((${#pids[@]})) || break
  kill -KILL "${pids[@]}" 2>/dev/null
  sleep 0.1
done
for table in "iptables -t nat" "iptables" "ip6tables"; do
  $table -S 2>/dev/null | grep -w -- "$CLUSTER_NAME" | sed 's/^-A/-D/' | while read -r rule; do $table $rule; done
done
[[ ! -e $CLUSTER_RUN/sysctl.saved ]] || sysctl -qp "$CLUSTER_RUN/sysctl.saved"
ip link del "$CLUSTER_NAME" 2>/dev/null
for group in /sys/fs/cgroup/*/"$CLUSTER_NAME"; do
  [[ ! -d $group ]] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
done
# Its mounts were in a mount namespace that ended with its last process.
rm -rf --one-file-system "$CLUSTER_RUN"
exit 0
