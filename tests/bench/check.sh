#!/usr/bin/env bash
# check-db against `psql -c 'select 1'`, check-db --deep against check-db on 300 tables, check-redis against `redis-cli ping`,
# check-redis --deep against check-redis, and healthcheck, all on healthy servers, in turns. Medians of $CHECK_RUNS rounds. Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${CHECK_RUNS:=41}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}
# The program itself: what Debian puts on PATH as psql is a Perl script that looks for it.
psql=$(find /usr/lib/postgresql -path '*/bin/psql' 2>/dev/null | sort -V | tail -n 1)
: "${psql:=psql}"

[ -x "$bigocean" ] || die "no $bigocean: make build"
c++ -std=c++20 -O2 -o "$work/stopwatch" "$project/tests/bench/stopwatch.cpp"
start_server
empty_database checked
redis_port=$((20000 + RANDOM % 12000))
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --dir "$work" >"$work/redis.log" &
children+=($!)
cd "$work" # no .env of the project's is read
export BIGOCEAN_ENV=production DATABASE_URL REDIS_URL=redis://127.0.0.1:$redis_port PORT ANTHROPIC_API_KEY=none-is-needed
DATABASE_URL=$(url checked)
PORT=$((20000 + RANDOM % 12000))
"$bigocean" migrate >"$work/output" 2>&1 || die "$(tail -5 "$work/output")"
"$bigocean" serve >"$work/serve.log" 2>&1 &
children+=($!)
"$bigocean" check-redis --wait 30s >/dev/null && "$bigocean" healthcheck --ready --wait 30s >/dev/null 2>&1 ||
  die "Redis or the service did not start:" $'\n' "$(tail -5 "$work/serve.log")"

# 300 tables as a service has them: keys, references with and without an index, texts, rows and statistics.
empty_database wide
wide_url=$(url wide)
DATABASE_URL=$wide_url "$bigocean" migrate >"$work/output" 2>&1 || die "$(tail -5 "$work/output")"
sql wide "DO \$\$ BEGIN
  FOR i IN 1..300 LOOP
    EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, owner bigint, name text NOT NULL, kind int, data jsonb,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, done bool)', i);
    EXECUTE format('CREATE INDEX ON t%s (created_at, kind); CREATE UNIQUE INDEX ON t%s (name)', i, i);
    IF i % 2 = 0 THEN EXECUTE format('CREATE INDEX ON t%s (owner)', i); END IF;
    IF i > 1 THEN EXECUTE format('ALTER TABLE t%s ADD FOREIGN KEY (owner) REFERENCES t%s', i, i - 1); END IF;
    EXECUTE format('INSERT INTO t%s (name, kind, data) SELECT g, g %% 7, ''{}'' FROM generate_series(1, 200) g', i);
  END LOOP;
END \$\$"
sql wide ANALYZE

wide_check() { DATABASE_URL=$wide_url measure time-check-db-300 "$bigocean" check-db; }
deep_check() { DATABASE_URL=$wide_url measure time-deep-check-db-300 "$bigocean" check-db --deep; }
check_db() { measure time-check-db "$bigocean" check-db; }
select_one() { measure time-psql "$psql" -Xqc 'select 1' "$DATABASE_URL"; }

for ((round = 0; round <= CHECK_RUNS; ++round)); do
  if [ "$round" = 1 ]; then rm "$work"/time-*; fi # round 0 warms up and does not count
  in_turns "$round" check_db select_one
  in_turns "$round" wide_check deep_check
  measure time-check-redis "$bigocean" check-redis
  measure time-deep-check-redis "$bigocean" check-redis --deep
  measure time-redis-cli redis-cli -p "$redis_port" ping
  measure time-healthcheck "$bigocean" healthcheck
done
for name in "$work"/time-*; do show "$(basename "$name")"; done
verdict "wall: check-db / psql -c 'select 1'" "$(ratio "$(median time-check-db 1)" "$(median time-psql 1)")" 1.5
verdict "wall: check-db --deep / check-db, 300 tables" \
  "$(ratio "$(median time-deep-check-db-300 1)" "$(median time-check-db-300 1)")" 8
verdict "wall: check-redis / redis-cli ping" "$(ratio "$(median time-check-redis 1)" "$(median time-redis-cli 1)")" 3
verdict "healthcheck, ms" "$(median time-healthcheck 1)" 15
verdict "healthcheck, KB at its peak" "$(median time-healthcheck 3)" 12288
exit $((failures > 0))
