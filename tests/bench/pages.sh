#!/usr/bin/env bash
# How soon the web pages are painted, beside an empty page of the same size, in Chromium; and /health while files of the pages
# are fetched. Medians of $PAGES_ROUNDS rounds. Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${PAGES_ROUNDS:=41}" "${PAGES_SECONDS:=5}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}

# p99 NAME: of a wrk run's output, in ms.
p99() {
  awk '/99%/ { value = $2; unit = value; gsub(/[0-9.]/, "", unit); sub(/[a-z]+/, "", value)
               print value * (unit == "us" ? 0.001 : unit == "s" ? 1000 : 1) }' "$work/$1"
}
health() { wrk -t 1 -c 1 -d "${PAGES_SECONDS}s" --latency "$url/health" >"$work/$1" || die "$(cat "$work/$1")"; }
# rate NAME URL: requests/s of /health, appended to $work/NAME.
rate() { wrk -t 1 -c 64 -d "${PAGES_SECONDS}s" "$2/health" | awk '/Requests\/sec/ { print $2, 0, 0 }' >>"$work/$1"; }

[ -x "$bigocean" ] || die "no release binary at $bigocean: run make build first."
url=http://127.0.0.1:$(any_port)
begin_service "$url" BIGOCEAN_PAGES_ENABLED=true
curl -fsS -m 5 -o "$work/index.html" "$url/"
without=http://127.0.0.1:$(any_port)
begin_service "$without" BIGOCEAN_PAGES_ENABLED=false

bytes=$(wc -c <"$work/index.html")
script=
for path in $(grep -o '/assets/[^"]*' "$work/index.html"); do
  size=$(curl -fsS -H 'Accept-Encoding: br' -o "$work/file" -w '%{size_download}' "$url$path")
  bytes=$((bytes + size))
  [[ $path != *.js ]] || script=$path
done
PAGES_URL=$url PAGES_ROUNDS=$PAGES_ROUNDS "$project/tests/browser/run" first-paint >"$work/paint" ||
  die "the browser failed:" $'\n' "$(cat "$work/paint")"
page=$(awk '$1 == "page" { print $2 }' "$work/paint")
empty=$(awk '$1 == "empty" { print $2 }' "$work/paint")

health alone
wrk -t 1 -c 4 -d "$((PAGES_SECONDS + 2))s" -H 'Accept-Encoding: br' "$url$script" >"$work/fetched" &
fetching=$!
sleep 1
health beside
wait "$fetching" || die "wrk failed:" $'\n' "$(cat "$work/fetched")"

for ((round = 0; round < 5; ++round)); do
  rate with "$url"
  rate without "$without"
done

printf '  %-34s %9.1f ms\n' "first paint of the first page" "$page"
printf '  %-34s %9.1f ms\n' "first paint of an empty one" "$empty"
printf '  %-34s %9d of the script\n' "requests/s" "$(awk '/Requests\/sec/ { print int($2) }' "$work/fetched")"
printf '  %-34s %9s ms p99 (alone %s)\n' "/health meanwhile" "$(p99 beside)" "$(p99 alone)"
verdict "first paint beside an empty page of the same size" "$(ratio "$page" "$empty")" 1.2
verdict "the first page with all that it loads, brotli, KB" "$(awk -v b="$bytes" 'BEGIN { printf "%.1f", b / 1000 }')" 120
verdict "/health of a service with pages beside one without: requests/s" "$(ratio "$(median with 1)" "$(median without 1)")" 0.95 least
verdict "/health while 4 clients fetch files of the pages: p99 ms" "$(p99 beside)" 5
exit $((failures > 0))
