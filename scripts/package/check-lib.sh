# What every way to install a package has to pass, in bare roots. Sourced by scripts/package/check, which sets what is used
# here.

# bare WHAT [RELEASE]: says what is tried in a new root folder with that Debian, or with nothing but what a container engine adds.
bare() {
  root=$work/root
  mkdir -p "$root"
  if [ $# -gt 1 ]; then tar -C "$root" --numeric-owner -xf "$("$project/scripts/debian-root" "$2")"; fi
  mkdir -p "$root"/{proc,dev,etc}
  touch "$root/etc/hosts" "$root/etc/resolv.conf"
  install -m 644 "$work/tls.crt" "$root/authority.crt"
  cp -r "$work/migrations" "$root/migrations"
  say "$1"
}

# files [ROOT-RELATIVE PLACE...]: every file of the root but those below the places, with what would tell a change.
files() {
  local place except=(-path ./proc -o -path ./dev)
  for place in "$@"; do except+=(-o -path "./$place"); done
  (cd "$root" && find . -xdev \( "${except[@]}" \) -prune -o \
    \( -type d -printf '%P\td\t%m\t%U:%G\n' -o -printf '%P\t%y\t%m\t%U:%G\t%s\t%T@\t%l\n' \)) | LC_ALL=C sort
}

# only_below PATTERN BEFORE: what is in the root now and was not before is in places that match.
only_below() {
  local elsewhere
  elsewhere=$(comm -13 "$2" <(files) | cut -f 1 | grep -vE "$1" || true)
  [ -z "$elsewhere" ] || no "files outside the package's own places: $elsewhere"
  ok "$(comm -13 "$2" <(files) | wc -l) files and folders, all in the package's own places"
}

# same_as BEFORE [PLACE...]: the root has the same files as then.
same_as() {
  local before=$1 difference
  shift
  difference=$(diff "$before" <(files "$@") | head -20 || true)
  [ -z "$difference" ] || no "not all is as it was before: $difference"
}

# new_database: an empty one, and the settings that lead to both servers.
databases=0
new_database() {
  databases=$((databases + 1))
  "${network[@]}" env PGSSLMODE=require createdb -h 127.0.0.1 -p "$postgres_port" -U postgres "route_$databases"
  environment=("PATH=/usr/local/bin:/usr/bin:/bin" "SSL_CERT_FILE=/authority.crt"
    "DATABASE_URL=postgresql://postgres@$database_name:$postgres_port/route_$databases?sslmode=verify-full&sslrootcert=/authority.crt"
    "REDIS_URL=rediss://:$secret@$redis_name:$redis_port")
}

# works_as COMMAND...: the program migrates and checks from the root, with nothing written there.
works_as() {
  local before=$work/before-use asked
  files >"$before"
  new_database
  tried "--version" "$@" --version
  grep -q -F "${version%%-*}" "$work/out" && grep -q -F "$commit" "$work/out" ||
    no "--version says '$(cat "$work/out")', not ${version%%-*} and $commit"
  asked=$(grep -c "query.*$database_name" "$local/log/dns.log" || true)
  tried "migrate" "$@" migrate --dir /migrations
  grep -q 'done: 2 applied now' "$work/out" || no "migrate said: $(cat "$work/out")"
  [ "$(grep -c "query.*$database_name" "$local/log/dns.log")" -gt "$asked" ] || no "the name server was not asked"
  tried "migrate status --check" "$@" migrate status --check --dir /migrations
  tried "check-db" "$@" check-db
  grep -q "ok  *tls  *TLSv1" "$work/out" || no "check-db did not use TLS: $(cat "$work/out")"
  tried "check-redis" "$@" check-redis
  grep -q "ok  *tls  *TLSv1" "$work/out" || no "check-redis did not use TLS: $(cat "$work/out")"
  same_as "$before"
  ok "it wrote nothing into its root"
}

since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", to - from }'; }
size_of() { numfmt --to=si --format=%.1f --suffix=B "$(stat -c %s "$1")"; }
