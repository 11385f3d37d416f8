#!/usr/bin/env bash
# What traces cost a service that is asked as fast as it answers, with a span for each request: sent to a receiver that takes
# them, to one that is not there, and not at all, in turns. Medians of $TRACES_ROUNDS rounds. Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${TRACES_ROUNDS:=5}" "${TRACES_SECONDS:=4}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}

# rate NAME URL: requests/s and p99 in ms of a page out of memory, appended to $work/NAME.
rate() {
  wrk -t 1 -c 64 -d "${TRACES_SECONDS}s" --latency "$2/" |
    awk '/99%/ { value = $2; unit = value; gsub(/[0-9.]/, "", unit); sub(/[a-z]+/, "", value)
                 p99 = value * (unit == "us" ? 0.001 : unit == "s" ? 1000 : 1) }
         /Requests\/sec/ { print $2, p99, 0 }' >>"$work/$1"
}

[ -x "$bigocean" ] || die "no release binary at $bigocean: run make build first."
receiver=$(any_port)
cat >"$work/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $work/nginx.pid;
error_log stderr;
events { worker_connections 1000; }
http {
  access_log off;
  client_max_body_size 20m;
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
  server {
    listen 127.0.0.1:$receiver;
    location / { default_type application/json; return 200 '{}'; }
  }
}
CONF
nginx -c "$work/nginx.conf" -p "$work" >"$work/nginx.log" 2>&1 &
children+=($!)

without=http://127.0.0.1:$(any_port) taken=http://127.0.0.1:$(any_port) away=http://127.0.0.1:$(any_port)
limited=http://127.0.0.1:$(any_port)
begin_service "$without"
begin_service "$taken" OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$receiver"
begin_service "$limited" OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$receiver" BIGOCEAN_TRACES_SPANS_MAX=1000
begin_service "$away" OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9"
for ((round = 0; round < TRACES_ROUNDS; ++round)); do
  rate without "$without"
  rate taken "$taken"
  rate limited "$limited"
  rate away "$away"
done
for name in without taken limited away; do
  printf '  %-34s %9.0f requests/s, p99 %s ms\n' "traces: $name" "$(median $name 1)" "$(median $name 2)"
done
curl -fsS -m 5 "$taken/metrics" | awk '/^bigocean_trace_spans_total/ { print "  " $0 }'
verdict "requests/s with traces, beside none" "$(ratio "$(median taken 1)" "$(median without 1)")" 0.7 least
verdict "requests/s with 1,000 spans in 10 s, beside none" "$(ratio "$(median limited 1)" "$(median without 1)")" 0.85 least
verdict "requests/s with a receiver that is not there, beside none" "$(ratio "$(median away 1)" "$(median without 1)")" 0.7 least
exit $((failures > 0))
