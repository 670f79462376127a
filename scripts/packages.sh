#!/usr/bin/env bash
# Installs the Debian packages that a target needs: packages.sh run|test|bench|long|cluster. Does nothing, quickly, when all are there.
set -euo pipefail

build=(gcc libc6-dev make libh2o-evloop-dev libpq-dev libjansson-dev libyaml-dev libarchive-dev libssl-dev libmd4c-dev)
run=("${build[@]}" postgresql-15 bubblewrap ca-certificates)
# Node.js 18 or newer may come from elsewhere, with its npm.
node=$(node --version 2>/dev/null || true)
if [[ ! $node =~ ^v([0-9]+) ]] || ((BASH_REMATCH[1] < 18)) || ! command -v npm >/dev/null; then
  run+=(nodejs npm)
fi
test=("${run[@]}" libcmocka-dev clang-14 clang-format-14 libclang-rt-14-dev python3 python3-venv procps git chromium)
bench=("${test[@]}" wrk)
long=("${bench[@]}" valgrind)
cluster=("${test[@]}" etcd-server containerd runc containernetworking-plugins busybox-static iptables iproute2 openssl)

case ${1:-run} in
run) wanted=("${run[@]}") ;;
test) wanted=("${test[@]}") ;;
bench) wanted=("${bench[@]}") ;;
long) wanted=("${long[@]}") ;;
cluster) wanted=("${cluster[@]}") ;;
*) echo "usage: packages.sh run|test|bench|long|cluster" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID == 0)); then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo -n)
else
  as_root=()
fi
if ((EUID != 0)) && { ((${#as_root[@]} == 0)) || ! "${as_root[@]}" true 2>/dev/null; }; then
  echo "These Debian packages are missing and need root or sudo to install:" >&2
  echo "  apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Debian's PostgreSQL package makes and starts a cluster of its own; ours is private, so tell it not to.
if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
