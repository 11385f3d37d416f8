#!/usr/bin/env bash
# Rate-limit decisions per second against scripts that do nothing, over one connection each, in turns. Medians of
# $LIMITS_RUNS rounds of $LIMITS_CALLS calls. Exits with 1 if the limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${LIMITS_RUNS:=41}" "${LIMITS_CALLS:=8000}"

TARGET=bench_limits "$project/scripts/build" release >"$work/output" 2>&1 || die "$(tail -20 "$work/output")"
redis_port=$(any_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --dir "$work" >"$work/redis.log" &
children+=($!)
until redis-cli -p "$redis_port" ping >"$work/output" 2>&1; do sleep 0.1; done
cd "$work" # no .env of the project's is read

for ((round = 0; round <= LIMITS_RUNS; ++round)); do
  if [ "$round" = 1 ]; then rm "$work"/rate-*; fi # round 0 warms up and does not count
  for what in raw limit limits; do
    rate=$("$project/build/release/bench_limits" "redis://127.0.0.1:$redis_port" "$what" "$LIMITS_CALLS") ||
      die "bench_limits $what failed"
    echo "$rate 0 0" >>"$work/rate-$what"
  done
done
for what in raw limit limits; do printf '  %-34s %9.0f calls/s\n' "$what" "$(median "rate-$what" 1)"; done
verdict "one limit beside EVALSHA of return 1" "$(ratio "$(median rate-limit 1)" "$(median rate-raw 1)")" 0.7 least
exit $((failures > 0))
