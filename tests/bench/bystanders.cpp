// Sessions that use a table while a command runs: how long did the one that waited longest wait?
//
// Usage: bystanders URL BLOCKER SECONDS COMMAND...
//   BLOCKER is `none`, `idle` (a transaction that has read the table and stays open for SECONDS) or `pulses`
//   (one that holds the table for 50 ms of every 60, for SECONDS).
// Prints one line: "<worst wait of a statement, ms> <statements> <command, ms> <command's end after the
// blocker's, ms> <its exit code>". Four sessions read the table and two write to it, each with pauses of 5
// ms; a tenth of a second after them and the blocker the command begins.
#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::atomic<bool> over{false};
std::atomic<long> statements{0};

long ms_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration_cast<milliseconds>(to - from).count();
}

class Session {
 public:
  explicit Session(const char* url) : connection_(PQconnectdb(url)) {
    if (PQstatus(connection_) != CONNECTION_OK) fail();
  }
  ~Session() { PQfinish(connection_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void run(const char* sql) {
    PGresult* result = PQexec(connection_, sql);
    const auto status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
  }

 private:
  [[noreturn]] void fail() const {
    std::fprintf(stderr, "bystanders: %s", PQerrorMessage(connection_));
    std::exit(1);
  }

  PGconn* connection_;
};

void use_table(const char* url, const char* sql, long& worst) {
  Session session(url);
  while (!over) {
    const auto began = Clock::now();
    session.run(sql);
    worst = std::max(worst, ms_between(began, Clock::now()));
    ++statements;
    std::this_thread::sleep_for(milliseconds(5));
  }
}

void block(const char* url, const std::string& how, std::chrono::seconds duration, Clock::time_point& end) {
  Session session(url);
  const auto until = Clock::now() + duration;
  const auto hold = how == "idle" ? std::chrono::duration_cast<milliseconds>(duration) : milliseconds(50);
  while (how != "none" && Clock::now() < until) {
    session.run("BEGIN; SELECT count(*) FROM busy");
    std::this_thread::sleep_for(hold);
    session.run("COMMIT");
    std::this_thread::sleep_for(milliseconds(10));
  }
  end = Clock::now();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return std::fprintf(stderr, "usage: bystanders URL BLOCKER SECONDS COMMAND...\n"), 2;
  const char* url = argv[1];
  std::vector<long> worst(6);
  std::vector<std::thread> sessions;
  for (std::size_t i = 0; i < worst.size(); ++i) {
    sessions.emplace_back(use_table, url,
                          i < 4 ? "SELECT count(*) FROM busy" : "INSERT INTO busy (id) VALUES (1)",
                          std::ref(worst[i]));
  }
  Clock::time_point blocker_end;
  std::thread blocker(block, url, std::string(argv[2]), std::chrono::seconds(std::atol(argv[3])),
                      std::ref(blocker_end));
  std::this_thread::sleep_for(milliseconds(100));
  const auto began = Clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(2, 1);
    ::execvp(argv[4], argv + 4);
    std::perror(argv[4]);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto end = Clock::now();
  over = true;
  for (auto& session : sessions) session.join();
  blocker.join();
  std::printf("%ld %ld %ld %ld %d\n", *std::max_element(worst.begin(), worst.end()), statements.load(),
              ms_between(began, end), ms_between(blocker_end, end),
              WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}
