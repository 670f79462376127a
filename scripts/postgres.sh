# A private PostgreSQL cluster: unix socket in a 0700 folder, peer authentication, no TCP. To be sourced.
#
#   postgres_start STATE    makes the cluster under STATE/postgres when there is none, starts it, sets DATABASE_URL
#   postgres_stop STATE
#
# AS is the command prefix that runs something as the owner of STATE (an empty array when that is us).

postgres_bin=/usr/lib/postgresql/15/bin

# A socket's whole path must stay under 108 bytes, so a deep folder gets a short stand-in.
postgres_socket_dir() {
  local state=$1
  if ((${#state} < 75)); then
    echo "$state/socket"
  else
    echo "/tmp/component-hub-$(printf %s "$state" | sha256sum | cut -c1-12)"
  fi
}

postgres_start() {
  local state=$1 data=$1/postgres socket owner
  socket=$(postgres_socket_dir "$state")
  owner=$("${AS[@]}" id -un)
  "${AS[@]}" mkdir -p "$state"
  "${AS[@]}" sh -c 'umask 077; mkdir -p "$1" && chmod 700 "$1" && test -O "$1"' sh "$socket"
  if ! "${AS[@]}" test -e "$data/PG_VERSION"; then
    echo "Making a private PostgreSQL cluster in $data"
    "${AS[@]}" rm -rf "$data.new"
    "${AS[@]}" "$postgres_bin/initdb" -D "$data.new" --username="$owner" --encoding=UTF8 --locale=C.UTF-8 \
      --auth-local=peer --auth-host=reject >"$state/initdb.log" 2>&1 || { cat "$state/initdb.log" >&2; return 1; }
    "${AS[@]}" sh -c 'cat >>"$1/postgresql.conf"' sh "$data.new" <<CONF
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 50
shared_buffers = 128MB
log_min_messages = warning
CONF
    "${AS[@]}" mv "$data.new" "$data"
  fi
  # The folder may have been moved since the last start, so the socket's place is given each time.
  "${AS[@]}" "$postgres_bin/pg_ctl" -D "$data" -l "$state/postgres.log" -w -t 60 -s \
    -o "-c unix_socket_directories='$socket' ${POSTGRES_OPTIONS:-}" start >/dev/null || {
    tail -n 20 "$state/postgres.log" >&2
    return 1
  }
  if ! "${AS[@]}" psql -h "$socket" -d postgres -Atqc "select 1 from pg_database where datname = 'hub'" | grep -q 1; then
    "${AS[@]}" "$postgres_bin/createdb" -h "$socket" hub
  fi
  DATABASE_URL="postgresql:///hub?host=$(printf %s "$socket" | sed 's/%/%25/g; s/ /%20/g; s,/,%2F,g')"
  export DATABASE_URL
}

postgres_stop() {
  "${AS[@]}" "$postgres_bin/pg_ctl" -D "$1/postgres" -m fast -w -t 60 -s stop >/dev/null 2>&1 || true
}
