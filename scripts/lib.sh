# Shared by the scripts: the cache's folder, the servers' user, output. Sourced, not run.
set -euo pipefail
shopt -s inherit_errexit
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# The user that runs PostgreSQL and PgBouncer, because they refuse root.
server_user() {
  if [ "$(id -u)" != 0 ]; then
    id -un
  elif id postgres >/dev/null 2>&1; then
    echo postgres
  else
    echo nobody
  fi
}

# The prefix of a command that makes it run as that user and keep its process id.
server_prefix=()
if [ "$(id -u)" = 0 ]; then
  server_prefix=(setpriv --reuid="$(server_user)" --regid="$(id -g "$(server_user)")" --clear-groups --)
fi
as_server_user() { "${server_prefix[@]}" "$@"; }

# Whether that user can enter a folder; it cannot if a parent folder is closed, as /root is.
server_user_reaches() { as_server_user test -x "$1"; }

# private FILE: writes standard input into a file that only this user can read.
private() { (umask 077 && rm -f "$1" && cat >"$1"); }

# with_lock FILE COMMAND...: runs one command at a time; waits 10 minutes at most.
with_lock() {
  local file=$1
  shift
  (
    flock -w 600 9 || die "waited 10 minutes for $file: another run still holds it"
    "$@"
  ) 9>"$file"
}

# own_place FOLDER: creates FOLDER if necessary and prints it. If the servers' user cannot reach it, prints a folder
# below /var/tmp instead, whose name is stored in FOLDER/elsewhere.
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

# The folder of what can be downloaded or made again: servers, initdb templates, tools of the benchmarks.
cache_dir() {
  local wanted=${BIGOCEAN_CACHE:-$project/.cache}
  mkdir -p "$wanted"
  with_lock "$wanted/lock" own_place "$wanted"
}
