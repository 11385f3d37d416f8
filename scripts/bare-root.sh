# Commands in a root folder that has nothing but what is tried, against private servers over TLS. Sourced after lib.sh and
# service.sh. Needs root. The caller sets:
#   work            a temporary folder, also `local`'s
#   root, user      the root folder, and the user as UID:GID, of the commands
#   environment     an array NAME=VALUE, all that the commands get
#   names           the folder with the `hosts` and `resolv.conf` that they see; default /etc
#   network         an array, the words before what shall run in a network of its own; network_process, one process in it
#   certificate_for the servers' names and addresses, as OpenSSL's subjectAltName
secret=only-for-this-check

ok() { printf '  ok    %s\n' "$*"; }
no() { die "  FAIL  $*"; }

make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$work/tls.key" -out "$work/tls.crt" \
    -addext "subjectAltName=${certificate_for:-DNS:localhost,IP:127.0.0.1}" 2>/dev/null
  cp "$work/tls.crt" "$work/tls.key" "$work/data/"
  [ "$(id -u)" != 0 ] || chown "$(server_user):" "$work"/data/tls.*
  chmod 600 "$work/data/tls.key"
}

# start_servers: PostgreSQL and Redis, TLS only, on $postgres_port and $redis_port of 127.0.0.1.
start_servers() {
  local binaries
  binaries=$("$project/scripts/postgres-binaries")
  cp -a "$("$project/scripts/postgres-template")" "$work/data"
  make_certificate
  echo "hostssl all all 127.0.0.1/32 trust" >"$work/data/pg_hba.conf"
  postgres_port=$(pick_port PostgreSQL 25432)
  start_service postgres "$work/data" "$postgres_port" "${network[@]}" "${server_prefix[@]}" "$binaries/bin/postgres" \
    -D "$work/data" -p "$postgres_port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c ssl=on \
    -c ssl_cert_file=tls.crt -c ssl_key_file=tls.key
  redis_port=$(pick_port Redis 26379)
  mkdir "$work/redis"
  printf '%s\n' "bind 127.0.0.1" "port 0" "tls-port $redis_port" "tls-cert-file $work/tls.crt" \
    "tls-key-file $work/tls.key" "tls-ca-cert-file $work/tls.crt" "tls-auth-clients no" "requirepass $secret" \
    "dir $work/redis" | private "$work/redis/redis.conf"
  start_service redis "$work/redis" "$redis_port" "${network[@]}" redis-server "$work/redis/redis.conf"
  wait_for postgres "$work/data" port_taken "$postgres_port"
  wait_for redis "$work/redis" port_taken "$redis_port"
}

stop_servers() {
  stop_service redis "$work/redis" TERM
  stop_service postgres "$work/data" INT
}

# in_root COMMAND...: keeps its process id; with /proc, /dev and names as any engine adds them, all else read-only.
in_root() {
  # shellcheck disable=SC2016 # expanded by the shell inside
  exec "${network[@]}" unshare --mount -- bash -euc '
    root=$1 user=$2 names=$3; shift 3
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind "$names/hosts" "$root/etc/hosts"
    mount --bind "$names/resolv.conf" "$root/etc/resolv.conf"
    mount -o remount,bind,ro "$root"
    words=()
    while [ "$1" != -- ]; do words+=("$1"); shift; done
    shift
    exec env -i "${words[@]}" "$(command -v setpriv)" --no-new-privs "$(command -v chroot)" --userspec="$user" \
      --groups="" "$root" "$@"' -- "$root" "$user" "${names:-/etc}" "${environment[@]}" -- "$@"
}

# tried WHAT COMMAND...: the command must exit with 0 within a minute, or with $expected, if that is set. What it said is in
# $work/out.
tried() {
  local what=$1 status=0
  shift
  (in_root "$@") >"$work/out" 2>&1 &
  local pid=$! tries
  for ((tries = 0; tries < 600; ++tries)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null && no "$what took more than a minute"
  wait "$pid" || status=$?
  [ "$status" = "${expected:-0}" ] || no "$what ended with $status: $(cat "$work/out")"
  ok "$what: $(tail -1 "$work/out")"
}
