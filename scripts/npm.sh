#!/usr/bin/env bash
# The packages of the browser application, in static/node_modules, exactly as static/package-lock.json has them:
# npm.sh run installs what building needs, npm.sh all also what checks and tests need. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."
level=${1:?usage: npm.sh run|all}
omit=(--omit=dev)
[[ $level == run ]] || omit=()
mkdir -p build
exec 9>build/npm.lock
flock 9

# Beside the packages, so that it goes when they go.
installed=static/node_modules/.installed
if [[ $installed -nt static/package-lock.json ]] && grep -qxE "$level|all" "$installed"; then
  exit 0
fi
# A home that is not ours, or none, is no place for npm's cache.
cache=$(npm config get cache)
if ! mkdir -p "$cache" 2>/dev/null || [[ ! -w $cache ]]; then
  export npm_config_cache=$PWD/build/npm-cache
fi
echo "Installing npm packages in static/node_modules"
npm_ci=(npm ci "${omit[@]}" --ignore-scripts --no-audit --no-fund)
if ! (cd static && "${npm_ci[@]}") </dev/null >build/npm.log 2>&1 9>&-; then
  cat build/npm.log >&2
  exit 1
fi
echo "$level" >"$installed"
