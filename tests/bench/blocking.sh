#!/usr/bin/env bash
# How long other sessions wait while a migration waits for its lock, and while it holds it: bigocean beside psql and dbmate.
# Usage: [HELD=60] blocking. Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${HELD:=20}" # seconds that a session holds the table
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}

[ -x "$bigocean" ] || die "no $bigocean: make build"
c++ -std=c++20 -O2 -o "$work/bystanders" "$project/tests/bench/bystanders.cpp" -I "$(pg_config --includedir)" -lpq -pthread
dbmate=$("$project/scripts/migration-tools")/node_modules/@dbmate/linux-x64/bin/dbmate
start_server
cd "$work"

mkdir -p alter works
echo 'ALTER TABLE busy ADD COLUMN note text;' >alter/1_note.sql
printf -- '-- migrate:up\nALTER TABLE busy ADD COLUMN note text;\n-- migrate:down\n' >1_dbmate.sql
mkdir -p dbmate && mv 1_dbmate.sql dbmate/1_note.sql
echo 'ALTER TABLE busy ADD COLUMN note text; SELECT pg_sleep(8);' >works/1_note.sql

# case_of NAME BLOCKER COMMAND...: sets $worst, $took, $after and $code.
case_of() {
  local name=$1 blocker=$2
  shift 2
  empty_database busy
  sql busy 'CREATE TABLE busy (id bigint); INSERT INTO busy SELECT generate_series(1, 1000)'
  read -r worst statements took after code < <("$work/bystanders" "$(url busy)" "$blocker" "$HELD" "$@" 2>"$work/output")
  printf '  %-34s worst wait %6d ms   command %6d ms   %6d ms after the blocker   exit %d\n' "$name" "$worst" "$took" "$after" \
    "$code"
}

export DATABASE_URL
DATABASE_URL=$(url busy)
echo "A transaction that has read the table stays idle for $HELD s; $((4 + 2)) sessions use the table"
case_of "no migration" idle sleep "$HELD"
quiet=$worst
case_of "bigocean" idle "$bigocean" migrate --new-history --dir "$work/alter"
verdict "worst wait of another session, ms above no migration" "$((worst - quiet))" 250
verdict "ms from the blocker's end to the migration's" "$after" 1500
[ "$code" = 0 ] || failures=$((failures + 1))
case_of "psql" idle psql -Xq "$DATABASE_URL" -f "$work/alter/1_note.sql"
case_of "dbmate" idle "$dbmate" --migrations-dir "$work/dbmate" --no-dump-schema up

echo "A session holds the table for 50 ms of every 60"
case_of "bigocean" pulses "$bigocean" migrate --new-history --dir "$work/alter"
verdict "ms to the migration's end" "$took" 5000
[ "$code" = 0 ] || failures=$((failures + 1))

echo "A file takes ACCESS EXCLUSIVE, then works for 8 s"
case_of "bigocean" none "$bigocean" migrate --new-history --dir "$work/works"
verdict "worst wait of another session, ms" "$worst" 2300
[ "$code" = 11 ] || failures=$((failures + 1))
verdict "columns that it left behind" "$(sql busy "SELECT count(*) FROM pg_attribute WHERE attrelid = 'busy'::regclass AND attname = 'note'")" 0
case_of "psql" none psql -Xq -1 "$DATABASE_URL" -f "$work/works/1_note.sql"
[ "$failures" = 0 ] || die "$failures bars missed"
