#!/usr/bin/env bash
# `bigocean migrate` against psql, dbmate and, if npm is installed, drizzle-orm and node-pg-migrate, on one server in
# turns. Medians of $RUNS rounds (1,000 files and 20 MB: of $LONG_RUNS). Exits with 1 if a limit is missed.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
. "$project/tests/bench/lib.sh"
: "${RUNS:=40}" "${LONG_RUNS:=7}"
bigocean=${BIGOCEAN_BINARY:-$project/build/release/bigocean}
# The program itself: what Debian puts on PATH as psql is a Perl script that looks for it.
psql=$(find /usr/lib/postgresql -path '*/bin/psql' 2>/dev/null | sort -V | tail -n 1)
: "${psql:=psql}"
peers=

install_peers() {
  if ! command -v npm >/dev/null; then
    say "no npm here: measured against psql only"
    return
  fi
  peers=$("$project/scripts/migration-tools")
  dbmate=$peers/node_modules/@dbmate/linux-x64/bin/dbmate
}

# numbered COUNT FOLDER TEMPLATE: files in dbmate's format, @ in the template being the number.
numbered() {
  mkdir -p "$2"
  awk -v count="$1" -v folder="$2" -v template="$3" 'BEGIN {
    for (n = 1; n <= count; ++n) {
      text = template; gsub(/@/, n, text)
      file = sprintf("%s/20240101%06d_step_%d.sql", folder, n, n)
      printf "-- migrate:up\n%s\n\n-- migrate:down\nSELECT 1;\n", text > file
      close(file)
    }
  }'
}

run_bigocean() { DATABASE_URL=$(url "$2") measure "$1" "$bigocean" migrate --dir "$3"; }
run_dbmate() { DATABASE_URL=$(url "$2") measure "$1" "$dbmate" --no-dump-schema --migrations-dir "$3" migrate; }
run_node() { DATABASE_URL=$(url "$2") measure "$1" node "$peers/$3" "$4"; }

idle_bigocean() { run_bigocean idle-bigocean idle_bigocean "$dir"; }
idle_psql() { measure idle-psql "$psql" -Xqc 'select 1' "$(url idle_bigocean)"; }

nothing_to_do() {
  local dir=$work/hundred round name
  echo "Nothing to do, 100 files applied ($RUNS rounds)"
  numbered 100 "$dir" 'CREATE TABLE small_@ (id bigint PRIMARY KEY, name text NOT NULL);'
  for name in bigocean dbmate drizzle pgmigrate; do empty_database "idle_$name"; done
  for ((round = 0; round <= RUNS; ++round)); do
    # Round 0 applies the files and warms up; it does not count.
    if [ "$round" = 1 ]; then rm "$work"/idle-*; fi
    in_turns "$round" idle_bigocean idle_psql
    if [ -n "$peers" ]; then
      run_dbmate idle-dbmate idle_dbmate "$dir"
      run_node idle-drizzle-orm idle_drizzle drizzle.mjs "$dir"
      run_node idle-node-pg-migrate idle_pgmigrate node-pg-migrate.mjs "$dir"
    fi
  done
  for name in "$work"/idle-*; do show "$(basename "$name")"; done
  verdict "wall: bigocean / psql -c 'select 1'" "$(ratio "$(median idle-bigocean 1)" "$(median idle-psql 1)")" 1.1
  [ -z "$peers" ] || verdict "wall: bigocean / dbmate" "$(ratio "$(median idle-bigocean 1)" "$(median idle-dbmate 1)")" 1
}

# new_many: an empty database, $many, in which commits wait for the disk as $waits says. None is dropped while it is
# measured: a file system makes new files slowly right after it has lost thousands.
many_made=0
new_many() {
  many=many_$((++many_made))
  empty_database "$many"
  sql postgres "ALTER DATABASE $many SET synchronous_commit = $waits"
}
many_bigocean() {
  new_many
  run_bigocean "many-$waits-bigocean" "$many" "$dir"
}
many_psql() {
  new_many
  measure "many-$waits-psql" "$psql" -Xq -v ON_ERROR_STOP=1 -f "$work/thousand.psql" "$(url "$many")"
}

many_small_files() {
  local dir=$work/thousand file round waits
  echo "1,000 small files ($LONG_RUNS rounds)"
  numbered 1000 "$dir" 'CREATE TABLE small_@ (id bigint PRIMARY KEY, name text NOT NULL, made_at timestamptz);'
  {
    echo 'CREATE TABLE history (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());'
    for file in "$dir"/*.sql; do
      printf 'BEGIN;\n\\i %s\nINSERT INTO history (name) VALUES ($$%s$$);\nCOMMIT;\n' "$file" "$(basename "$file")"
    done
  } >"$work/thousand.psql"
  for ((round = 0; round < LONG_RUNS; ++round)); do
    for waits in on off; do
      in_turns "$round" many_bigocean many_psql
      [ -n "$peers" ] || continue
      new_many
      run_dbmate "many-$waits-dbmate" "$many" "$dir"
    done
  done
  for file in "$work"/many-*; do show "$(basename "$file")"; done
  echo "  where no commit waits for the disk, bigocean / psql:" \
    "$(ratio "$(median many-off-bigocean 1)" "$(median many-off-psql 1)")"
  verdict "wall: bigocean / psql" "$(ratio "$(median many-on-bigocean 1)" "$(median many-on-psql 1)")" 1.02
  verdict "CPU: bigocean / psql" "$(ratio "$(median many-on-bigocean 2)" "$(median many-on-psql 2)")" 1
}

# Samples the private memory of the backend that works in a database, until the file $work/stop is there.
# Its resident set would count the shared buffers that it touched.
watch_backend() {
  local database=$1 peak=0 pid= key value rest
  until [ -f "$work/stop" ]; do
    if [ ! -e "/proc/${pid:-none}/status" ]; then
      pid=$(sql postgres "SELECT pid FROM pg_stat_activity WHERE datname = '$database' AND state <> 'idle'
        ORDER BY backend_start DESC LIMIT 1")
      sleep 0.01
      continue
    fi
    while read -r key value rest; do
      if [ "$key" = RssAnon: ] && [ "$value" -gt "$peak" ]; then peak=$value; fi
    done <"/proc/$pid/status" 2>/dev/null || true
    sleep 0.01
  done
  echo "$peak" >"$work/backend-$database"
}

# watched DATABASE COMMAND...: runs it, the backend being watched; the peak is then in $work/backend-DATABASE.
watched() {
  local database=$1 watcher
  shift
  rm -f "$work/stop"
  watch_backend "$database" &
  watcher=$!
  "$@"
  touch "$work/stop"
  wait "$watcher"
}

one_big_file() {
  local dir=$work/big file round bytes
  echo "One file of 100,000 single-row INSERTs ($LONG_RUNS rounds)"
  mkdir -p "$dir"
  file=$dir/20240101000001_load_rows.sql
  awk 'BEGIN {
    print "-- migrate:up\nCREATE TABLE big (id bigint PRIMARY KEY, name text NOT NULL, note text);"
    for (n = 1; n <= 100000; ++n)
      printf "INSERT INTO big (id, name, note) VALUES (%d, '\''name of row number %d'\'', '\''%s'\'');\n", n, n, \
        "It is the note of this row, some words long, so that the line has about two hundred bytes, as the lines of real seed data do."
    print "\n-- migrate:down\nDROP TABLE big;"
  }' >"$file"
  sed '/^-- migrate:down/,$d' "$file" >"$work/big.psql"
  bytes=$(stat -c %s "$file")
  for ((round = 0; round < LONG_RUNS; ++round)); do
    empty_database big
    run_bigocean big-bigocean big "$dir"
    empty_database big
    measure big-psql "$psql" -Xq -v ON_ERROR_STOP=1 -1 -f "$work/big.psql" "$(url big)"
    empty_database big
    measure big-one-message "$work/send_file" "$(url big)" "$work/big.psql"
    if [ -n "$peers" ]; then
      empty_database big
      run_dbmate big-dbmate big "$dir"
    fi
  done
  for file in "$work"/big-*; do show "$(basename "$file")"; done
  empty_database big
  watched big run_bigocean memory-bigocean big "$dir"
  echo "  the backend's private memory under bigocean: $(cat "$work/backend-big") KB; the file: $((bytes / 1024)) KB"
  echo "  the whole file in one message and nothing else: $(ratio "$(median big-one-message 1)" "$(median big-psql 1)") of psql -1 -f"
  verdict "wall: bigocean / psql -1 -f" "$(ratio "$(median big-bigocean 1)" "$(median big-psql 1)")" 0.2
  verdict "KB: bigocean's peak, 16 MB + twice the file" "$(median big-bigocean 3)" $((16384 + 2 * bytes / 1024))
  [ "$(cat "$work/backend-big")" -gt 0 ] || die "the backend was not seen at work"
  verdict "KB: the backend's private peak" "$(cat "$work/backend-big")" 61440
}

ten_thousand_applied() {
  local round count
  echo "Nothing to do, 10,000 files applied beside 100 ($RUNS rounds)"
  for count in 100 10000; do
    numbered "$count" "$work/ahead-$count" 'SELECT @;'
    empty_database "ahead_$count"
    run_bigocean "first-$count" "ahead_$count" "$work/ahead-$count"
  done
  for ((round = 0; round < RUNS; ++round)); do
    for count in 100 10000; do run_bigocean "ahead-files-$count" "ahead_$count" "$work/ahead-$count"; done
  done
  show ahead-files-100
  show ahead-files-10000
  verdict "wall: 10,000 / 100" "$(ratio "$(median ahead-files-10000 1)" "$(median ahead-files-100 1)")" 15
  verdict "CPU a file: 10,000 / 100" \
    "$(ratio "$(median ahead-files-10000 2)" "$(awk -v cpu="$(median ahead-files-100 2)" 'BEGIN { print cpu * 100 }')")" 1
}

# One file outside a transaction; what a statement costs must not grow with their number.
outside_a_transaction() {
  local round count name
  echo "One file of many statements outside a transaction ($LONG_RUNS rounds)"
  for count in 1000 5000 10000; do
    mkdir -p "$work/steps-$count"
    awk -v count="$count" 'BEGIN {
      print "-- migrate:up transaction:false"
      for (n = 1; n <= count; ++n) printf "SELECT %d, '\''%s'\'';\n", n, "some two hundred bytes of text, so that the file is as long as real ones of that many statements are: the text up to each statement goes into a hash, and that is what this bench is about here."
    }' >"$work/steps-$count/20240101000001_steps.sql"
  done
  for ((round = 0; round < LONG_RUNS; ++round)); do
    for count in 1000 5000 10000; do
      empty_database steps
      run_bigocean "steps-ms-$count" steps "$work/steps-$count"
    done
  done
  for name in "$work"/steps-ms-*; do show "$(basename "$name")"; done
  verdict "wall a statement: 10,000 / 1,000" \
    "$(awk -v many="$(median steps-ms-10000 1)" -v few="$(median steps-ms-1000 1)" 'BEGIN { printf "%.3f", many / (10 * few) }')" 1.3
  verdict "CPU a statement: 10,000 / 1,000" \
    "$(awk -v many="$(median steps-ms-10000 2)" -v few="$(median steps-ms-1000 2)" 'BEGIN { printf "%.3f", many / (10 * few) }')" 1.3
}

[ -x "$bigocean" ] || die "no $bigocean: make build"
c++ -std=c++20 -O2 -o "$work/stopwatch" "$project/tests/bench/stopwatch.cpp"
c++ -std=c++20 -O2 -I"$(pg_config --includedir)" -o "$work/send_file" "$project/tests/bench/send_file.cpp" -lpq
install_peers
server_settings=(-c fsync=on -c synchronous_commit=on -c full_page_writes=on) # as a server is installed
start_server
cd "$work" # no .env of the project's reaches the runners
export BIGOCEAN_ENV=production
for case in ${MIGRATE_CASES:-nothing_to_do many_small_files one_big_file ten_thousand_applied outside_a_transaction}; do "$case"; done
[ "$failures" = 0 ] || die "$failures bars missed"
