#!/bin/bash
# A private PostgreSQL for tests, on a unix socket only and without fsync. Prints its URL, then stays until its standard
# input ends, so that it goes away with the program that started it, however that ends.
#
#   exec 3> >(tests/registry-pg.sh)    from a shell; the unit tests do the same with a pipe
#   PG_BIN=/usr/lib/postgresql/15/bin  where the server is
set -euo pipefail
bin=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
dir=$(mktemp -d "${TMPDIR:-/tmp}/hub-pg-XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$dir"
    as=(runuser -u "$user" --)
fi
stop() {
    "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -s stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP
cd "$dir"
"${as[@]}" "$bin/initdb" -D "$dir/data" -U hub -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2; exit 1; }
"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -s -w -l "$dir/log" -o "-k $dir -c listen_addresses='' -c fsync=off \
    -c full_page_writes=off -c shared_buffers=64MB -c max_connections=60" start >/dev/null ||
    { cat "$dir/log" >&2; exit 1; }
echo "postgresql://hub@/postgres?host=$dir"
cat >/dev/null # until the one who started it is gone
