#!/usr/bin/env bash
# A schema of 300 tables: `bigocean migrate drift` against a replay of its migrations, and `migrate plan` of ten files against
# dump, load and those files by psql, in turns. Medians of $RUNS rounds. Exits with 1 if a limit is missed.
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

# Ten files of two statements each on tables that are there.
write_pending() {
  mkdir -p "$1"
  local n
  for n in {1..10}; do
    echo "ALTER TABLE t$n ADD COLUMN extra text; CREATE INDEX t${n}_extra ON t$n (extra);" >"$1/2025010100000${n}_x.sql"
  done
}

plan_of_300_tables() {
  local round
  echo "Ten files that are pending there ($RUNS rounds)"
  write_pending "$work/pending"
  cp "$work"/tables/*.sql "$work/pending/"
  for ((round = 0; round < RUNS; ++round)); do
    empty_database again
    DATABASE_URL=$(url live) measure by-hand bash -c '"$1" migrate dump >"$2/dump.sql" && cat "$2/dump.sql" "$2"/pending/2025*.sql |
      psql -Xq "$3" -f -' _ "$bigocean" "$work" "$(url again)"
    DATABASE_URL=$(url live) measure plan "$bigocean" migrate plan --dir "$work/pending"
    DATABASE_URL=$(url live) measure by-rule "$bigocean" migrate plan --no-preview --dir "$work/pending"
  done
  show by-hand
  show plan
  show by-rule
  verdict "wall: plan / dump, load and the files by psql" "$(ratio "$(median plan 1)" "$(median by-hand 1)")" 1.5
}

[ -x "$bigocean" ] || die "no $bigocean: make build"
c++ -std=c++20 -O2 -o "$work/stopwatch" "$project/tests/bench/stopwatch.cpp"
start_server
cd "$work" # no .env of the project's reaches the runners
export BIGOCEAN_ENV=production
drift_of_300_tables
plan_of_300_tables
[ "$failures" = 0 ] || die "$failures bars missed"
