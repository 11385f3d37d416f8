#!/usr/bin/env bash
# `bigocean migrate lint` of 1,000 files. Medians of $RUNS rounds. Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${RUNS:=5}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}

[ -x "$bigocean" ] || die "no $bigocean: make build"
c++ -std=c++20 -O2 -o "$work/stopwatch" "$project/tests/bench/stopwatch.cpp"
cd "$work" # no .env of the project's reaches the program

# make_files FOLDER ROWS: 1,000 migrations of a table with keys, an index, a change, and ROWS rows of data.
make_files() {
  mkdir -p "$1"
  awk -v folder="$1" -v rows="$2" 'BEGIN {
    for (n = 1; n <= 1000; ++n) {
      file = sprintf("%s/20240101%06d_step_%d.sql", folder, n, n)
      printf "-- Why this table is there, for the next reader.\n\n-- migrate:up\nCREATE TABLE app.table_%d (\n" \
        "  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  user_id bigint NOT NULL REFERENCES app.users (id),\n" \
        "  name text NOT NULL DEFAULT '"''"',\n  amount numeric(12, 2) CHECK (amount > 0),\n" \
        "  made_at timestamptz NOT NULL DEFAULT now()\n);\nCREATE INDEX table_%d_user ON app.table_%d (user_id);\n" \
        "ALTER TABLE app.users ADD COLUMN flag_%d boolean NOT NULL DEFAULT false;\n", n, n, n, n > file
      for (row = 1; row <= rows; ++row)
        printf "INSERT INTO app.table_%d (user_id, name, amount) VALUES (%d, '"'a name of some length'"', 12.50);\n", n, row > file
      printf "\n-- migrate:down\nALTER TABLE app.users DROP COLUMN flag_%d;\nDROP TABLE app.table_%d;\n", n, n > file
      close(file)
    }
  }'
}

bytes_of() { cat "$1"/*.sql | wc -c; }

# lint_all NAME FOLDER
lint_all() {
  local round
  for ((round = 0; round < RUNS; ++round)); do measure "$1" "$bigocean" migrate lint --offline --dir "$2"; done
  show "$1"
  echo "  1,000 files, $(bytes_of "$2") bytes"
}

make_files "$work/schema" 0
make_files "$work/data" 95
lint_all lint-schema "$work/schema"
verdict "1,000 files of statements that are parsed: core-ms" "$(median lint-schema 2)" 1000
lint_all lint-data "$work/data"
verdict "1,000 files of schema and data: core-ms for 10 MB" \
  "$(awk -v ms="$(median lint-data 2)" -v bytes="$(bytes_of "$work/data")" 'BEGIN { print ms * 1e7 / bytes }')" 1000
[ "$failures" = 0 ] || die "$failures bars missed"
