// The one error type, and the exit codes of the program.
#pragma once

#include <exception>
#include <string>

namespace bigocean::base {

/// Exit codes of the whole binary; README.md has the table for people.
enum class ExitCode : int {
  kDone = 0,
  kInternal = 1,
  kUsage = 2,
  kNotUpToDate = 3,
  kMigrationLockHeld = 4,
  kSqlError = 5,
  kHistoryConflict = 6,
  kUnreachable = 7,
  kLintFindings = 8,
  kTableLockTimeout = 9,
  kCheckFailed = 10,
  kBlockedOthers = 11,
  kInterrupted = 130,
  kTerminated = 143,
};

/// A failure on its way to the user: what failed and where (`message`), what to do next (`hint`), and what
/// only the log needs (`detail`). None of the three may contain a secret. Thrown by value, turned into output
/// in cli/main.cpp and server/ only.
struct Error : std::exception {
  Error(ExitCode code_in, std::string message_in, std::string hint_in = {}, std::string detail_in = {})
      : code(code_in),
        message(std::move(message_in)),
        hint(std::move(hint_in)),
        detail(std::move(detail_in)) {}

  const char* what() const noexcept override { return message.c_str(); }

  ExitCode code;
  std::string message;
  std::string hint;
  std::string detail;
};

}  // namespace bigocean::base
