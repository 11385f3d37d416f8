// What all calls of the library share: how they fail, and how they are stopped. Public: installed as
// <bigocean/call.hpp>.
#pragma once

#include <memory>
#include <string>

namespace bigocean {

/// Why a call failed. The values are the exit codes of the command line.
enum class ErrorCode : int {
  kInternal = 1,           ///< a defect of the library
  kUsage = 2,              ///< an option or a migration file is wrong; nothing was changed
  kMigrationLockHeld = 4,  ///< another migrate was running until the deadline; retryable
  kSqlError = 5,           ///< the server refused a statement
  kHistoryConflict = 6,    ///< the files contradict the history, or an outcome is unknown: a person decides
  kUnreachable = 7,        ///< no connection, or it was lost; retryable
  kLintFindings = 8,       ///< a pending file would hurt a live database; nothing was changed
  kTableLockTimeout = 9,   ///< a table's lock was held until the deadline; retryable
  kStopped = 130,          ///< Stop::request() was called
};

/// A failure in words. No field holds a password or a connection string.
struct CallError {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;   ///< what failed and where; of a file: "path:line:column: …" with the source line
  std::string hint;      ///< what to do next, in the words of the command line; may be empty
  std::string sqlstate;  ///< of the server's error; else empty
};

/// A request to stop, for calls that run at the moment and for later ones. They undo what is not complete,
/// and end with ErrorCode::kStopped. Must outlive the calls that it is given to.
class Stop {
 public:
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  /// Thread-safe; may be called in a signal handler.
  void request() noexcept;

  struct State;  // of the library
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace bigocean
