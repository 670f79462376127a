#!/usr/bin/env bash
# What does not belong in the tree: left-overs, and where packages were downloaded from.
set -euo pipefail
cd "$(dirname "$0")/.."
bad=0
! git grep -nIE '\b(TODO|FIXME|XXX)\b' -- ':!scripts/check-words.sh' ':!static/package-lock.json' >&2 || bad=1
! grep -n '"resolved":' static/package-lock.json >&2 || bad=1
exit $bad
