#!/usr/bin/env bash
# What the hub reads besides its binary, put into a folder (replaced as a whole): share.sh DIR makes DIR/migrations,
# DIR/static (the built application) and DIR/catalog/starter, readable by everybody.
set -euo pipefail
to=$(realpath -m "${1:?usage: share.sh DIR}")
cd "$(dirname "$0")/.."
if [[ ! -f build/static/index.html ]]; then
  echo "The browser application is not built: make static" >&2
  exit 1
fi
rm -rf "$to.new"
mkdir -p "$to.new/catalog"
cp -r migrations build/static "$to.new/"
cp -r catalog/starter "$to.new/catalog/"
((EUID != 0)) || chown -R root:root "$to.new"
chmod -R u=rwX,go=rX "$to.new"
rm -rf "$to"
mv "$to.new" "$to"
