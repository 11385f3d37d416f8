#!/usr/bin/env bash
# `bigocean migrate drift` of a schema of 300 tables against a replay of its migrations, in turns. Medians of $RUNS
# rounds. Exits with 1 if the limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${RUNS:=7}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}

# A table a file, with what tables have: key, reference, check, defaults, indexes, a view and a comment.
write_migrations() {
  mkdir -p "$1"
  awk -v folder="$1" 'BEGIN {
    for (n = 1; n <= 300; ++n) {
      file = sprintf("%s/20240101%06d_create_t%d.sql", folder, n, n)
      printf "CREATE TABLE t%d (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n", n > file
      printf "  name text NOT NULL DEFAULT '\'\'',\n  kind text,\n  amount numeric(10, 2) CHECK (amount > 0),\n" > file
      printf "  previous bigint%s,\n", (n > 1 ? " REFERENCES t" n - 1 : "") > file
      printf "  made_at timestamptz NOT NULL DEFAULT now(),\n  note text\n);\n" > file
      printf "CREATE INDEX ON t%d (kind, made_at);\nCREATE UNIQUE INDEX ON t%d (lower(name));\n", n, n > file
      printf "CREATE VIEW v%d AS SELECT id, name FROM t%d WHERE amount > 1;\n", n, n > file
      printf "COMMENT ON TABLE t%d IS '\''table number %d'\'';\n", n, n > file
      close(file)
    }
  }'
}

drift_of_300_tables() {
  local dir=$work/tables round
  echo "A schema of 300 tables ($RUNS rounds)"
  write_migrations "$dir"
  empty_database live
  DATABASE_URL=$(url live) measure first "$bigocean" migrate --dir "$dir"
  for ((round = 0; round < RUNS; ++round)); do
    empty_database again
    DATABASE_URL=$(url again) measure replay "$bigocean" migrate --dir "$dir"
    DATABASE_URL=$(url live) measure drift "$bigocean" migrate drift --dir "$dir"
    DATABASE_URL=$(url live) measure dump "$bigocean" migrate dump
  done
  show replay
  show drift
  show dump
  verdict "wall: drift / replaying the migrations" "$(ratio "$(median drift 1)" "$(median replay 1)")" 3
}

[ -x "$bigocean" ] || die "no $bigocean: make build"
c++ -std=c++20 -O2 -o "$work/stopwatch" "$project/tests/bench/stopwatch.cpp"
start_server
cd "$work" # no .env of the project's reaches the runners
export BIGOCEAN_ENV=production
drift_of_300_tables
[ "$failures" = 0 ] || die "$failures bars missed"
