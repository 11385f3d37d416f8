#!/usr/bin/env bash
# How fast `bigocean serve` starts against Node + Express, its memory when idle, and the time of `--version`. In turns,
# medians of $STARTUP_RUNS rounds. Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${STARTUP_RUNS:=15}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}
redis=
child=

stop_children() {
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  [ -z "$redis" ] || kill "$redis" 2>/dev/null || true
  bench_cleanup
}
trap stop_children EXIT

# Whether GET /health on 127.0.0.1:$1 answers 200; only builtins, so that asking costs little.
answers() {
  local line
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET /health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n' >&3
  IFS= read -r -t 2 line <&3 || line=
  exec 3>&-
  [[ $line == "HTTP/1.1 200"* ]]
}

# start NAME COMMAND...: appends the milliseconds from exec to the first 200 to $work/NAME; leaves $child running.
start() {
  local name=$1 begin end deadline port
  shift
  port=$(any_port)
  deadline=$((SECONDS + 30))
  begin=$EPOCHREALTIME
  PORT=$port "$@" >"$work/output" 2>&1 &
  child=$!
  until answers "$port"; do
    [ "$SECONDS" -lt "$deadline" ] || die "$name did not answer in 30 s:" $'\n' "$(tail -5 "$work/output")"
  done
  end=$EPOCHREALTIME
  awk -v b="$begin" -v e="$end" 'BEGIN { printf "%.2f\n", (e - b) * 1000 }' >>"$work/$name"
}

stop() {
  kill "$child"
  wait "$child" || true
  child=
}

# Resident set of $child in MB, once it has had a second to come to rest.
idle_rss() {
  sleep 1
  awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$child/status"
}

serve() {
  start "$1" env NODE_ENV=production DATABASE_URL="$(url bench)" REDIS_URL="redis://127.0.0.1:$redis_port" \
    ANTHROPIC_API_KEY=none-is-needed-here "$bigocean" serve
}
express() { start "$1" node "$express/server.js"; }

[ -x "$bigocean" ] || die "no release binary at $bigocean: run make build first."
command -v npm >/dev/null || die "the comparison with Express needs Node and npm."
install_express
start_server
empty_database bench
DATABASE_URL=$(url bench) "$bigocean" migrate >"$work/output" 2>&1 || die "$(tail -5 "$work/output")"
redis_port=$(any_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --dir "$work" >/dev/null &
redis=$!

serve warm_up && stop && express warm_up && stop
for ((round = 1; round <= STARTUP_RUNS; ++round)); do
  serve serve
  [ "$round" != "$STARTUP_RUNS" ] || serve_rss=$(idle_rss)
  stop
  express express
  [ "$round" != "$STARTUP_RUNS" ] || express_rss=$(idle_rss)
  stop
done
hyperfine --style none --warmup 5 --min-runs 50 --shell none --export-json "$work/version.json" \
  "$bigocean --version" >/dev/null 2>&1
version_ms=$(sed -n 's/^ *"median": \([0-9.e-]*\),*$/\1/p' "$work/version.json" | head -1 |
  awk '{ printf "%.2f", $1 * 1000 }')

serve_ms=$(median serve 1)
express_ms=$(median express 1)
printf '  %-34s %9.1f ms to the first 200 %9.1f MB idle\n' "bigocean serve" "$serve_ms" "$serve_rss"
printf '  %-34s %9.1f ms to the first 200 %9.1f MB idle\n' "Node $(node --version) + Express 5" "$express_ms" "$express_rss"
printf '  %-34s %9.1f ms\n' "bigocean --version" "$version_ms"
verdict "serve: exec to the first 200, ms" "$serve_ms" 50
verdict "serve: the same as a share of Node + Express" "$(ratio "$serve_ms" "$express_ms")" 0.2
verdict "serve: idle, MB resident" "$serve_rss" 20
verdict "--version, ms" "$version_ms" 15
exit $((failures > 0))
