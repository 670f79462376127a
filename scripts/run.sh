#!/usr/bin/env bash
# What `make run` does after building: database, migrations, starter catalog, server; all of it ends with us.
#
# As an ordinary user everything runs as that user with its state in ./var. As root, PostgreSQL and the hub run as the
# system user `component-hub`; where that user cannot reach this folder, state and a copy of the program live in
# /var/lib/component-hub.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
binary=$here/${BUILD:-build/release}/component-hub
share=$here/build/share
state=${STATE:-$here/var}
AS=()

if ((EUID == 0)); then
  user=component-hub
  if ! id "$user" >/dev/null 2>&1; then
    useradd --system --no-create-home --home-dir /var/lib/component-hub --shell /usr/sbin/nologin "$user"
  fi
  AS=(setpriv --reuid="$user" --regid="$user" --init-groups env -i PATH="$PATH" HOME=/nonexistent LANG=C.UTF-8)
  # Reads the program and writes below ./var, or both go where it can.
  if "${AS[@]}" test -r "$here/migrations/0001_initial.sql" 2>/dev/null && "${AS[@]}" test -x "$binary" 2>/dev/null; then
    install -d -o "$user" -g "$user" -m 0755 "$state"
  else
    state=${STATE:-/var/lib/component-hub}
    install -d -o "$user" -g "$user" -m 0755 "$state"
    share=$state/program
    install -D -m 0755 "$binary" "$state/bin/component-hub"
    binary=$state/bin/component-hub
  fi
else
  mkdir -p "$state"
fi
state=$(cd "$state" && pwd)
cd "$state" # a folder that the hub's user can stand in

exec 9>"$state/lock"
if ! flock -n 9; then
  echo "A hub already runs with its state in $state; stop it first, or give another folder: make run STATE=…" >&2
  exit 1
fi
"$here/scripts/share.sh" "$share"

hub=
own_database=
finish() {
  trap '' INT TERM
  if [[ -n $hub ]] && kill -0 "$hub" 2>/dev/null; then
    kill -TERM "$hub" 2>/dev/null || true
    wait "$hub" 2>/dev/null || true
  fi
  [[ -z $own_database ]] || postgres_stop "$state"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ -z ${DATABASE_URL:-} ]]; then
  source "$here/scripts/postgres.sh"
  own_database=1
  postgres_start "$state" 9>&-
fi
settings=(COMPONENT_HUB_STATE="$state" COMPONENT_HUB_DATABASE="$DATABASE_URL" COMPONENT_HUB_SHARE="$share")
while IFS= read -r line; do settings+=("$line"); done < <(env | grep '^COMPONENT_HUB_' || true)

"${AS[@]}" env "${settings[@]}" "$binary" migrate 9>&-
"${AS[@]}" env "${settings[@]}" "$binary" import --quiet "$share/catalog/starter" 9>&- ||
  echo "Some of the starter catalog could not be loaded; going on without." >&2
"${AS[@]}" env "${settings[@]}" "$binary" serve --print-link "$@" 9>&- &
hub=$!
wait "$hub" || status=$?
hub=
exit "${status:-0}"
