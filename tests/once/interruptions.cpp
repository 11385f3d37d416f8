// The interruptions of a running migration.
#include "tests/once/interruptions.hpp"

#include <csignal>
#include <thread>

namespace bigocean::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHeld{700};  // longer than several lock time-outs of the runs

const std::string kRunnerPid =
    " FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'bigocean-migrate/%'"
    " AND application_name NOT LIKE '% watch'";

void at_its_moment(const Target& target) { std::this_thread::sleep_for(target.moment); }

/// Runs SQL that may meet the runner, the server's end, or nothing at all: whatever it says is fine.
void try_to(Session& session, const std::string& sql) {
  try {
    session.run(sql);
  } catch (const std::exception&) {
    // The other side was chosen, or is gone.
  }
}

/// Holds rows and a table that the files want.
void hold_locks(const Target& target) {
  at_its_moment(target);
  Session session(target.url);
  try_to(session,
         "BEGIN; SET LOCAL lock_timeout = '2s'; UPDATE counter SET n = n WHERE name IN ('b', 'c');"
         "LOCK TABLE busy IN ACCESS SHARE MODE");
  std::this_thread::sleep_for(kHeld);
  try_to(session, "ROLLBACK");
}

/// Takes what the files take, the other way round, and waits longer before it looks for a deadlock.
void deadlock(const Target& target) {
  at_its_moment(target);
  Session session(target.url);
  try_to(session,
         "BEGIN; SET LOCAL deadlock_timeout = '5s'; SET LOCAL lock_timeout = '1s';"
         "UPDATE counter SET n = n WHERE name = 'b'; SELECT pg_sleep(0.01);"
         "UPDATE counter SET n = n WHERE name = 'a'");
  try_to(session, "ROLLBACK");
}

/// Changes the rows again and again: a serializable transaction cannot go on over that.
void change_rows(const Target& target) {
  Session session(target.url);
  const auto end = std::chrono::steady_clock::now() + target.moment + milliseconds(50);
  while (std::chrono::steady_clock::now() < end)
    try_to(session, "SET lock_timeout = '1s'; UPDATE counter SET n = n WHERE name IN ('a', 'b', 'c')");
}

void ask_server(const Target& target, const std::string& function) {
  at_its_moment(target);
  Session session(target.url);
  try_to(session, "SELECT " + function + "(pid)" + kRunnerPid);
}

void kill_runner(const Target& target) {
  at_its_moment(target);
  target.runner.signal(SIGKILL);
}

void restart(const Target& target, bool immediate) {
  at_its_moment(target);
  target.postgres.stop(immediate);
  target.postgres.start();
}

}  // namespace

std::vector<Interruption> all_interruptions() {
  const std::vector<std::string> usual{"--lock-timeout", "100ms", "--deadline", "30s"};
  return {
      {"lock time-out, then free", usual, hold_locks, false},
      {"lock time-out to the deadline", {"--lock-timeout", "60ms", "--deadline", "200ms"}, hold_locks, false},
      {"deadlock", usual, deadlock, false},
      {"serialization failure", usual, change_rows, false},
      {"statement time-out",
       {"--statement-timeout", "3ms", "--deadline", "30s"},
       [](const Target&) {},
       false},
      {"cancel", usual, [](const Target& t) { ask_server(t, "pg_cancel_backend"); }, false},
      {"kill of the runner", usual, kill_runner, false},
      {"kill of its backend", usual, [](const Target& t) { ask_server(t, "pg_terminate_backend"); }, false},
      {"server restart, immediate", usual, [](const Target& t) { restart(t, true); }, false},
      {"server restart, fast", usual, [](const Target& t) { restart(t, false); }, false},
      {"connection cut", usual, {}, true},
  };
}

}  // namespace bigocean::test
