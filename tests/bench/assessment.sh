#!/usr/bin/env bash
# SendMessage over HTTP, with a PostgreSQL that waits for its disk and a stand-in for the model: the service's own time
# when the model answers at once, and 500 conversations with a model that takes 2 s. Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}
cmake --build "$project/build/release" --target bench_talk bench_stand_in >"$work/output" 2>&1 ||
  die "$(tail -20 "$work/output")"
server_settings=(-c fsync=on -c synchronous_commit=on -c full_page_writes=on)
start_server
redis_port=$(any_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --dir "$work" >"$work/redis.log" &
children+=($!)
cd "$work" # no .env of the project's is read
export DATABASE_URL REDIS_URL=redis://127.0.0.1:$redis_port PORT BIGOCEAN_ENV=production
export ANTHROPIC_API_KEY=sk-ant-test-0123456789abcdef ANTHROPIC_BASE_URL
export BIGOCEAN_LIMITS_ASSESSMENTS_PER_ADDRESS_DAY=1000000 BIGOCEAN_LIMITS_MESSAGES_PER_USER_MINUTE=6000
# All users come from one address, as through a proxy that names none.
export BIGOCEAN_LIMITS_MESSAGES_PER_ADDRESS_MINUTE=6000 BIGOCEAN_LIMITS_REQUESTS_PER_ADDRESS_MINUTE=100000
export BIGOCEAN_LIMITS_ASSESSMENTS_PER_NETWORK_DAY=1000000 BIGOCEAN_SERVER_TRUSTED_PROXIES=127.0.0.0/8 BIGOCEAN_BUDGET_ADDRESS_DAY=75

# serve_with DELAY: a fresh database, a model that takes DELAY, and the service in front of both.
serve_with() {
  [ "${#children[@]}" = 1 ] || kill "${children[@]:1}"
  children=("${children[0]}")
  empty_database talked
  DATABASE_URL=$(url talked)
  "$bigocean" migrate >"$work/output" 2>&1 || die "$(tail -5 "$work/output")"
  rm -f "$work/stand_in"
  "$project/build/release/bench_stand_in" --delay "$1" >"$work/stand_in" &
  children+=($!)
  while ! [ -s "$work/stand_in" ]; do sleep 0.05; done
  ANTHROPIC_BASE_URL=http://127.0.0.1:$(head -1 "$work/stand_in")
  PORT=$(any_port)
  "$bigocean" serve >"$work/serve.log" 2>&1 &
  serve_pid=$!
  children+=("$serve_pid")
  "$bigocean" healthcheck --ready --wait 30s >/dev/null 2>&1 || die "serve did not start:" $'\n' "$(tail -5 "$work/serve.log")"
}

# percentile COLUMN SHARE
percentile() { sort -n -k"$1,$1" "$work/times" | awk -v column="$1" -v share="$2" '{ value[NR] = $column } END { i = int(NR * share + 0.999999); print value[i < 1 ? 1 : i] }'; }
talk() { "$project/build/release/bench_talk" "$PORT" "$@" >"$work/times" || die "not every message was answered"; }
resident_mb_max() { awk '/VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$serve_pid/status"; }

serve_with 0
talk 50 3 500 json # warms up
talk 50 20 500 json
printf '  %d messages of 50 sessions, two a second each: p50 %s ms, p99 %s ms\n' "$(wc -l <"$work/times")" \
  "$(percentile 2 0.5)" "$(percentile 2 0.99)"
verdict "SendMessage, a model that answers at once: p50 ms" "$(percentile 2 0.5)" 5
verdict "SendMessage, a model that answers at once: p99 ms" "$(percentile 2 0.99)" 25

serve_with 2s
talk 500 3 4000 stream
over() { awk -v value="$1" 'BEGIN { printf "%.1f", value - 2000 }'; }
printf '  %d messages of 500 sessions, a model of 2 s: first text %s ms after it at the median\n' "$(wc -l <"$work/times")" \
  "$(over "$(percentile 1 0.5)")"
verdict "500 conversations: p99 of the first text behind the model's, ms" "$(over "$(percentile 1 0.99)")" 50
verdict "500 conversations: peak resident, MB" "$(resident_mb_max)" 150
charged=$(psql -XqAt "$DATABASE_URL" -c "SELECT count(*) FROM ledger_entries WHERE purpose = 'interview' AND outcome = 'settled'")
verdict "500 conversations: messages answered and settled" "$charged" 1500 least

exit $((failures > 0))
