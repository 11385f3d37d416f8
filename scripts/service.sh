# Background processes of the local stack: a free port, a pid file, a log, and a stop that affects no other process.
# Sourced after lib.sh. A process is identified by its id and by its working folder.
local=$project/.local

# is_ours NAME FOLDER: whether the process of the pid file runs and is the one that was started.
is_ours() {
  local pid
  pid=$(head -1 "$local/run/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(readlink -f "$2")" ]
}

# running_port NAME FOLDER: the port that it was started on; fails if it does not run.
running_port() {
  is_ours "$1" "$2" && tail -1 "$local/run/$1.pid"
}

# port_taken PORT: whether something listens on it; in the network of network_process, if that is set.
port_taken() {
  local process=/proc/${network_process:-self}
  awk -v port="$(printf ':%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 }
    END { exit !found }' "$process/net/tcp" "$process/net/tcp6" 2>/dev/null
}

# pick_port WHO PORT: that port or the next free one; prints a message if it is another one.
pick_port() {
  local port=$2
  while port_taken "$port"; do
    port=$((port + 1))
    [ "$port" -lt $(($2 + 200)) ] || die "no free port for $1 between $2 and $port"
  done
  [ "$port" = "$2" ] || say "port $2 is taken: $1 listens on $port"
  echo "$port"
}

# start_service NAME FOLDER PORT COMMAND...: in the background, in a session of its own.
start_service() {
  local name=$1 folder=$2 port=$3
  shift 3
  # The lock's descriptor must not stay open in the server, or the lock would stay taken.
  (cd "$folder" && exec setsid "$@" </dev/null >>"$local/log/$name.log" 2>&1 9>&-) &
  printf '%s\n' "$!" "$port" >"$local/run/$name.pid"
}

# wait_for NAME FOLDER CHECK...: waits until CHECK succeeds, 60 s at most; fails when the process ends.
wait_for() {
  local name=$1 folder=$2 tries
  shift 2
  for ((tries = 0; tries < 600; ++tries)); do
    if "$@"; then return; fi
    kill -0 "$(head -1 "$local/run/$name.pid")" 2>/dev/null ||
      die "$name did not start; the last lines of .local/log/$name.log:" $'\n' "$(tail -5 "$local/log/$name.log")"
    sleep 0.1
  done
  die "$name did not answer within 60 s; see .local/log/$name.log"
}

# stop_service NAME FOLDER SIGNAL: waits for the end, 30 s at most, then kills the process.
stop_service() {
  local name=$1 folder=$2 pid tries
  if ! is_ours "$name" "$folder"; then
    rm -f "$local/run/$name.pid"
    return
  fi
  pid=$(head -1 "$local/run/$name.pid")
  kill -"$3" "$pid" 2>/dev/null || true
  for ((tries = 0; tries < 300; ++tries)); do
    is_ours "$name" "$folder" || break
    sleep 0.1
  done
  if is_ours "$name" "$folder"; then
    say "$name did not stop within 30 s: killing it"
    kill -KILL "$pid"
  fi
  rm -f "$local/run/$name.pid"
  say "stopped $name"
}
