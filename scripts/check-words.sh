#!/usr/bin/env bash
# Left-overs that do not belong in the tree.
set -euo pipefail
cd "$(dirname "$0")/.."
! git grep -nIE '\b(TODO|FIXME|XXX)\b' -- ':!scripts/check-words.sh' ':!*.lock' >&2
