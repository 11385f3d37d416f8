#!/usr/bin/env bash
# How much load `bigocean serve` takes, against Express, Node's own server and nginx: wrk on each in turns, medians of
# $SERVE_RUNS rounds of $SERVE_SECONDS s. SOAK=10000000 sends that many requests more and measures the memory. Exits
# with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${SERVE_RUNS:=5}" "${SERVE_SECONDS:=4}" "${SOAK:=0}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}
connections=64

# wait_for NAME PORT: until it answers.
wait_for() {
  local tries
  for ((tries = 0; tries < 300; ++tries)); do
    ! curl -fsS -m 2 -o "$work/output" "http://127.0.0.1:$2/health" 2>/dev/null || return 0
    sleep 0.1
  done
  die "$1 did not answer in 30 s:" $'\n' "$(tail -5 "$work/$1.log")"
}

# begin NAME PORT COMMAND...: in the background, with PORT in its environment.
begin() {
  local name=$1 port=$2
  shift 2
  PORT=$port "$@" >"$work/$name.log" 2>&1 &
  children+=($!)
  wait_for "$name" "$port"
}

begin_nginx() {
  cat >"$work/nginx.conf" <<CONF
worker_processes auto;
daemon off;
pid $work/nginx.pid;
error_log stderr;
events { worker_connections 20000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
  server {
    listen 127.0.0.1:$1;
    location / { default_type application/json; return 200 '{"status":"ok"}'; }
  }
}
CONF
  begin nginx "$1" nginx -c "$work/nginx.conf" -p "$work"
}

# load NAME URL: appends "<requests/s> <p99 ms> 0" to $work/NAME; anything but 200 ends the benchmark.
load() {
  local out
  out=$(wrk -t 1 -c "$connections" -d "${SERVE_SECONDS}s" --latency "$2")
  ! grep -qE 'Non-2xx|Socket errors' <<<"$out" || die "$1 failed under load:" $'\n' "$out"
  awk '/99%/ { value = $2; unit = value; gsub(/[0-9.]/, "", unit); sub(/[a-z]+/, "", value)
               p99 = value * (unit == "us" ? 0.001 : unit == "s" ? 1000 : 1) }
       /Requests\/sec/ { print $2, p99, 0 }' <<<"$out" >>"$work/$1"
}

resident_mb() { awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$serve_pid/status"; }

many() { "$work/connections" "$@" || die "connections $* failed; see above"; }

[ -x "$bigocean" ] || die "no release binary at $bigocean: run make build first."
command -v npm >/dev/null || die "the comparison with Express needs Node and npm."
c++ -std=c++20 -O2 -o "$work/connections" "$project/tests/bench/connections.cpp"
install_express
cp "$project/tests/bench/serve/node.js" "$work/node.mjs"
start_server
empty_database bench
DATABASE_URL=$(url bench) "$bigocean" migrate >"$work/output" 2>&1 || die "$(tail -5 "$work/output")"
redis_port=$(any_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --dir "$work" >/dev/null &
children+=($!)

serve_port=$(any_port)
begin serve "$serve_port" env NODE_ENV=production DATABASE_URL="$(url bench)" \
  REDIS_URL="redis://127.0.0.1:$redis_port" ANTHROPIC_API_KEY=none-is-needed-here BIGOCEAN_SERVER_CONNECTIONS_MAX=15000 \
  "$bigocean" serve
serve_pid=${children[-1]}
express_port=$(any_port)
begin express "$express_port" node "$express/server.js"
node_port=$(any_port)
begin node "$node_port" node "$work/node.mjs"
nginx_port=$(any_port)
begin_nginx "$nginx_port"
until curl -fsS -m 2 -o "$work/output" "http://127.0.0.1:$serve_port/ready"; do sleep 0.2; done

# Before the load, which leaves its own memory behind.
read -r idle_kb idle_p99 <<<"$(many idle "$serve_port" 10000 "$serve_pid")"
for ((round = 0; round < 5; ++round)); do echo "$(many burst "$serve_port" 500) 0 0" >>"$work/burst"; done
drip_ms=$(many drip "$serve_port" 1000)
for ((round = 0; round < SERVE_RUNS; ++round)); do
  load health "http://127.0.0.1:$serve_port/health"
  load ready "http://127.0.0.1:$serve_port/ready"
  load express-load "http://127.0.0.1:$express_port/health"
  load node-load "http://127.0.0.1:$node_port/health"
  load nginx-load "http://127.0.0.1:$nginx_port/health"
done
load_mb=$(resident_mb)

rate() { median "$1" 1; }
for name in health ready express-load node-load nginx-load; do
  printf '  %-34s %9.0f requests/s %9.2f ms p99\n' "$name" "$(rate "$name")" "$(median "$name" 2)"
done
verdict "/health beside Express 5" "$(ratio "$(rate health)" "$(rate express-load)")" 7 least
verdict "/health beside Node's own server" "$(ratio "$(rate health)" "$(rate node-load)")" 1.3 least
verdict "/health beside nginx, return 200" "$(ratio "$(rate health)" "$(rate nginx-load)")" 0.7 least
verdict "/ready beside /health" "$(ratio "$(rate ready)" "$(rate health)")" 0.9 least
verdict "/health at $connections connections: p99 ms" "$(median health 2)" 10
verdict "500 new connections: ms until all are answered" "$(median burst 1)" 100
verdict "10,000 idle connections: MB" "$(awk -v kb="$idle_kb" 'BEGIN { printf "%.1f", kb / 1024 }')" 10
verdict "a fresh request beside them: p99 ms" "$idle_p99" 5
verdict "1,000 slow clients: worst ms of a request to /health beside them" "$drip_ms" 50
verdict "resident under load, MB" "$load_mb" 40

# soak: rounds of wrk until $SOAK requests are done; the memory of the last third beside that of the first.
soak() {
  local done=0 now
  while [ "$done" -lt "$SOAK" ]; do
    now=$(wrk -t 1 -c "$connections" -d 20s "http://127.0.0.1:$serve_port/health" | awk '/requests in/ { print $1 }')
    done=$((done + now))
    resident_mb >>"$work/soak"
    echo " $done 0" >>"$work/soak"
  done
  printf '  %d requests, MB resident after each round: %s\n' "$done" "$(awk '{ printf "%s ", $1 }' "$work/soak")"
  verdict "soak: growth from the second round to the last, MB" \
    "$(awk 'NR == 2 { first = $1 } { last = $1 } END { printf "%.1f", last - first }' "$work/soak")" 1
}
[ "$SOAK" = 0 ] || soak
exit $((failures > 0))
