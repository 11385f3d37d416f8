# Shared by the benchmarks: a private PostgreSQL, interleaved measurements, medians, verdicts. Sourced.
# Needs $project from scripts/lib.sh. Results are lines of "<wall ms> <CPU ms> <peak KB>" in $work/<name>.
work=$(mktemp -d /tmp/bigocean-bench-XXXXXX)
chmod 755 "$work"
bench_postmaster=
failures=0
children=() # processes in the background, which end with the benchmark

bench_cleanup() {
  local child
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  if [ -n "$bench_postmaster" ]; then
    kill -QUIT "$bench_postmaster" 2>/dev/null || true
    wait "$bench_postmaster" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap bench_cleanup EXIT

# A port that is most likely free.
any_port() { echo $((20000 + RANDOM % 12000)); }

# begin_service URL VARIABLE=VALUE...: a `serve` there without servers, once it answers.
begin_service() {
  local url=$1 tries
  shift
  env PORT="${url##*:}" BIGOCEAN_ENV=development "$@" "$bigocean" serve >"$work/serve.log" 2>&1 &
  children+=($!)
  for ((tries = 0; tries < 300; ++tries)); do
    ! curl -fsS -m 2 -o "$work/output" "$url/health" 2>/dev/null || return 0
    sleep 0.1
  done
  die "serve did not answer in 30 s:" $'\n' "$(tail -5 "$work/serve.log")"
}

# Sets $express to the folder with Express and the service written with it.
install_express() {
  express=$(cache_dir)/bench-startup
  mkdir -p "$express"
  cp "$project"/tests/bench/startup/* "$express/"
  (cd "$express" && npm install --silent --no-audit --no-fund --prefer-offline >/dev/null) ||
    die "npm could not install Express; see its message above."
}

# Starts PostgreSQL $BENCH_POSTGRES_MAJOR (18) on 127.0.0.1 and sets $server to "postgresql://postgres@127.0.0.1:PORT". Nothing waits
# for the disk, which would hide what the runners themselves cost, unless $server_settings says so.
: "${BENCH_POSTGRES_MAJOR:=18}"
server_settings=()
start_server() {
  local port tries
  cp -a "$("$project/scripts/postgres-template" "$BENCH_POSTGRES_MAJOR")" "$work/data"
  port=$(any_port)
  (cd / && exec "${server_prefix[@]}" "$("$project/scripts/postgres-binaries" "$BENCH_POSTGRES_MAJOR")/bin/postgres" -D "$work/data" \
    -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c autovacuum=off -c max_wal_size=4GB -c checkpoint_timeout=1h "${server_settings[@]}" \
    >"$work/server.log" 2>&1) &
  bench_postmaster=$!
  for ((tries = 0; tries < 300; ++tries)); do
    if pg_isready -q -h 127.0.0.1 -p "$port"; then
      server=postgresql://postgres@127.0.0.1:$port
      return
    fi
    sleep 0.1
  done
  die "the benchmark's PostgreSQL did not start:" $'\n' "$(tail -5 "$work/server.log")"
}

url() { echo "$server/$1?sslmode=disable"; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$(url "$1")" -c "$2"; }

empty_database() {
  psql -XqAt -v ON_ERROR_STOP=1 "$(url postgres)" -c "SET client_min_messages = error" \
    -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" -c "CREATE DATABASE $1"
}

# measure NAME COMMAND...: once, into $work/NAME.
measure() {
  local name=$1
  shift
  "$work/stopwatch" "$work/output" "$@" >>"$work/$name" || {
    say "$name failed:"
    tail -20 "$work/output" >&2
    exit 1
  }
}

# in_turns ROUND ONE OTHER: both, each first in every other round, since the second one finds the caches warm.
in_turns() {
  if (($1 % 2)); then set -- "$1" "$3" "$2"; fi
  "$2"
  "$3"
}

# median NAME COLUMN: 1 wall ms, 2 CPU ms, 3 peak KB.
median() {
  awk -v column="$2" '{ print $column }' "$work/$1" | sort -n |
    awk '{ value[NR] = $1 } END { m = int((NR + 1) / 2); print NR % 2 ? value[m] : (value[m] + value[m + 1]) / 2 }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

show() { printf '  %-34s %9.1f ms wall %9.1f ms CPU %8d KB peak\n' "$1" "$(median "$1" 1)" "$(median "$1" 2)" "$(median "$1" 3)"; }

# verdict WHAT VALUE LIMIT [least]: PASS when VALUE is at most LIMIT, or with the fourth word at least.
verdict() {
  local word=PASS side=${4:-most} sign=1
  [ "$side" = most ] || sign=-1
  if awk -v value="$2" -v limit="$3" -v sign=$sign 'BEGIN { exit sign * value <= sign * limit }'; then
    word=FAIL
    failures=$((failures + 1))
  fi
  printf '  %s  %-66s %9s  (at %s %s)\n' "$word" "$1" "$2" "$side" "$3"
}
