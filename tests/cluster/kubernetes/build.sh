#!/usr/bin/env bash
# Compiles Kubernetes and Tekton from the Go module proxy into $CLUSTER_CACHE, with Tekton's YAML and the images; does
# nothing, quickly, when they are there. The versions are those of the go.mod files here.
set -euo pipefail
cd "$(dirname "$0")"
. ./settings.sh

version() { sed -nE "s#^(require)?[[:space:]]*$2 (v[^ ]*).*#\2#p" "$1/go.mod"; }
kubernetes=$(version k8s k8s.io/kubernetes)
tekton=$(version tekton github.com/tektoncd/pipeline)
bin=$CLUSTER_CACHE/bin
stamp() { echo "$bin/.$1-$(cat "${@:2}" | sha256sum | cut -c 1-12)"; }
kubernetes_stamp=$(stamp "$kubernetes" k8s/*)
tekton_stamp=$(stamp "$tekton" tekton/go.* tekton/resolvers/*)

export CGO_ENABLED=0 GOBIN=$bin GOMODCACHE=$CLUSTER_CACHE/modules GOCACHE=$CLUSTER_CACHE/objects
export GOFLAGS="-trimpath -modcacherw" GOGC=400
quietly() { "$@" 2> >(grep -v '^go: downloading' >&2); }
mkdir -p "$bin"
if [[ ! -e $kubernetes_stamp ]]; then
  echo "compiling Kubernetes $kubernetes, once: this takes minutes"
  set_version=k8s.io/component-base/version
  minor=$(cut -d . -f 2 <<<"$kubernetes")
  (cd k8s && quietly go build -o "$bin/kube" \
    -ldflags "-s -w -X $set_version.gitVersion=$kubernetes -X $set_version.gitMajor=1 -X $set_version.gitMinor=$minor" .)
  touch "$kubernetes_stamp"
fi
if [[ ! -e $tekton_stamp ]]; then
  echo "compiling Tekton $tekton, once: this takes minutes"
  (cd tekton && quietly go install -ldflags "-s -w" tool &&
    quietly go build -o "$bin/resolvers" -ldflags "-s -w" ./resolvers)
  rm -rf "$CLUSTER_CACHE/tekton"
  mkdir -p "$CLUSTER_CACHE/tekton"
  cp -r "$GOMODCACHE/github.com/tektoncd/pipeline@$tekton/config" "$CLUSTER_CACHE/tekton/"
  echo "$tekton" >"$CLUSTER_CACHE/tekton/version"
  touch "$tekton_stamp"
fi
# Gigabytes that nothing needs once the programs are there.
rm -rf "$GOCACHE" "$GOMODCACHE"

images_stamp=$(stamp images images.py "$CLUSTER_CACHE/tekton/version")
if [[ ! -e $images_stamp ]]; then
  rm -rf "$CLUSTER_CACHE/images"
  mkdir -p "$CLUSTER_CACHE/images"
  /usr/bin/python3 images.py make "$CLUSTER_CACHE/images" "$bin" "$tekton"
  touch "$images_stamp"
fi
