// The last log lines of one piece of work, for a report about its failure.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace bigocean::base {

struct LogLine {
  LogLevel level{};
  std::chrono::system_clock::time_point time;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// While it lives, keeps the last kLinesMax lines that its thread logs, through any logger. When trails are
/// nested, the innermost one gets the lines.
class LogTrail {
 public:
  static constexpr std::size_t kLinesMax = 20;

  LogTrail();
  ~LogTrail();
  LogTrail(const LogTrail&) = delete;
  LogTrail& operator=(const LogTrail&) = delete;

  std::vector<LogLine> lines() const;  ///< oldest first

  /// The innermost trail of this thread; null when there is none.
  static LogTrail* current();
  void add(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);

 private:
  LogTrail* outer_;
  std::vector<LogLine> lines_;  ///< a ring once it is full
  std::size_t oldest_ = 0;
};

}  // namespace bigocean::base
