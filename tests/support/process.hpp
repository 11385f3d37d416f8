// Child processes for tests: started, watched with a limit, stopped by process id.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bigocean::test {

struct Finished {
  int exit_code = -1;   ///< 128 + signal when a signal ended it
  std::string out;      ///< standard output
  std::string err;      ///< standard error
  long rss_max_kb = 0;  ///< peak resident set; below this process's own peak it is sampled every 20 ms
};

struct ProcessOptions {
  /// Set on top of a clean environment (PATH, HOME, TZ=UTC, sanitizer options only): tests never see the
  /// machine's DATABASE_URL.
  std::map<std::string, std::string> environment;
  std::string working_directory;      ///< empty: this process's
  bool as_unprivileged_user = false;  ///< when root: run as user postgres, else nobody
  std::string input;                  ///< standard input; empty: /dev/null
  /// Sent to the child when this process dies, so that a crashed test leaves nothing behind.
  int death_signal = 9;
};

/// A running child whose output is collected. The destructor kills it (SIGKILL) and waits.
class Process {
 public:
  Process(const std::vector<std::string>& argv, const ProcessOptions& options = {});
  ~Process();
  Process(Process&&) noexcept;

  pid_t pid() const;
  void signal(int number);
  bool running();
  /// Output so far.
  std::string out();
  std::string err();
  /// True as soon as `text` stands in standard output or error; false at the limit or when the child ends
  /// without it.
  bool wait_for_output(const std::string& text, std::chrono::milliseconds limit);
  /// Waits for the end; past the limit it kills the child and throws std::runtime_error with its output.
  Finished wait(std::chrono::milliseconds limit = std::chrono::seconds(60));

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Starts, waits, returns.
Finished run(const std::vector<std::string>& argv, const ProcessOptions& options = {},
             std::chrono::milliseconds limit = std::chrono::seconds(60));

/// Calls `done` about every 10 ms until it returns true; throws std::runtime_error naming `what` past the
/// limit.
void wait_until(const std::string& what, std::chrono::milliseconds limit, const std::function<bool()>& done);

/// A TCP port of 127.0.0.1 that nothing listens on just now.
int free_port();

}  // namespace bigocean::test
