#!/usr/bin/env bash
# Includes go downward only (see the table), libpq stays in registry/, h2o in hub/http/.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A may=(
  [base]="base"
  [registry]="registry base"
  [catalog]="catalog base"
  [pipeline-creator]="pipeline-creator catalog base"
  [hub]="hub pipeline-creator catalog registry base"
)
bad=0
complain() {
  echo "$1" >&2
  bad=1
}
for layer in "${!may[@]}"; do
  while IFS=: read -r file line text; do
    [[ -n $file ]] || continue
    header=$(sed -E 's/.*#[[:space:]]*include[[:space:]]*"([^"]+)".*/\1/' <<<"$text")
    if [[ $header == sql_table.h ]]; then
      [[ $layer == registry || $layer == hub ]] || complain "$file:$line: $layer/ may not include $header"
    elif [[ $header != */* ]]; then
      complain "$file:$line: \"$header\": name our headers from the top folder"
    elif [[ " ${may[$layer]} " != *" ${header%%/*} "* ]]; then
      complain "$file:$line: $layer/ may not include $header"
    fi
  done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' --include='*.[ch]' "$layer" || true)
done
only_in() { # header pattern, folder that may have it
  while IFS= read -r hit; do
    [[ -z $hit || $hit == $2/* ]] || complain "$hit: only $2/ includes <$1>"
  done < <(grep -rnE "#[[:space:]]*include[[:space:]]*<$1" --include='*.[ch]' base registry catalog pipeline-creator hub || true)
}
only_in 'libpq' registry
only_in 'h2o' hub/http
exit $bad
