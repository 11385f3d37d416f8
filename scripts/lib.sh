# Shared by the scripts: where the cache is, who servers run as, how to say things. Sourced, not run.
set -euo pipefail
shopt -s inherit_errexit
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# The user that PostgreSQL and PgBouncer run as: they refuse root.
server_user() {
  if [ "$(id -u)" != 0 ]; then
    id -un
  elif id postgres >/dev/null 2>&1; then
    echo postgres
  else
    echo nobody
  fi
}

# The words before a command that make it run as that user, with its process id kept.
server_prefix=()
if [ "$(id -u)" = 0 ]; then
  server_prefix=(setpriv --reuid="$(server_user)" --regid="$(id -g "$(server_user)")" --clear-groups --)
fi
as_server_user() { "${server_prefix[@]}" "$@"; }

# Whether that user can enter a folder, which it cannot below a closed one like /root.
server_user_reaches() { as_server_user test -x "$1"; }

# private FILE: writes standard input into a file that only this user reads.
private() { (umask 077 && rm -f "$1" && cat >"$1"); }

# with_lock FILE COMMAND...: one at a time, with a limit.
with_lock() {
  local file=$1
  shift
  (
    flock -w 600 9 || die "waited 10 minutes for $file: another run still holds it"
    "$@"
  ) 9>"$file"
}

# own_place FOLDER: prints FOLDER, made if need be, or, when servers could not reach it there, a folder below
# /var/tmp that takes its place and whose name FOLDER/elsewhere keeps.
own_place() {
  mkdir -p "$1"
  if server_user_reaches "$1"; then
    echo "$1"
    return
  fi
  local note=$1/elsewhere
  if [ ! -d "$(cat "$note" 2>/dev/null)" ]; then
    mktemp -d /var/tmp/bigocean-XXXXXXXX >"$note"
    chmod 755 "$(cat "$note")"
  fi
  cat "$note"
}

# What can be fetched or made again: downloaded servers, initdb templates, tools of the benchmarks.
cache_dir() {
  local wanted=${BIGOCEAN_CACHE:-$project/.cache}
  mkdir -p "$wanted"
  with_lock "$wanted/lock" own_place "$wanted"
}
