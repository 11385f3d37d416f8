// The log: one line a record, JSON for machines or readable text for people.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace bigocean::base {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

/// "debug", "info", "warn", "error".
std::string_view log_level_name(LogLevel level);

enum class LogFormat { kText, kJson };

/// One attribute of a record. Numbers stay numbers and booleans booleans in JSON.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, long long, double, bool> value;
};

/// Writes records to standard output, one line each, thread-safe. JSON: {"level","time","message",…fields},
/// `time` is RFC 3339 UTC with milliseconds. Text: time, level, message, name=value; in colour only when
/// `colour` is set. The caller removes secrets from values (config/secret.hpp).
class Logger {
 public:
  /// Whether write() waits until the line is written, or leaves that to a thread of the logger. In the
  /// background at most kLinesWaitingMax lines wait; beyond that the oldest are dropped and counted.
  enum class Writing { kNow, kInBackground };
  static constexpr std::size_t kLinesWaitingMax = 1024;

  Logger(LogFormat format, LogLevel minimum, bool colour, Writing writing = Writing::kNow);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
  void debug(std::string_view m, std::initializer_list<LogField> f = {}) { write(LogLevel::kDebug, m, f); }
  void info(std::string_view m, std::initializer_list<LogField> f = {}) { write(LogLevel::kInfo, m, f); }
  void warn(std::string_view m, std::initializer_list<LogField> f = {}) { write(LogLevel::kWarn, m, f); }
  void error(std::string_view m, std::initializer_list<LogField> f = {}) { write(LogLevel::kError, m, f); }

  bool is_enabled(LogLevel level) const;

  /// Writes out what is buffered; in the background, only requests it.
  void flush();
  /// Writes out all waiting lines; later lines are not written. For a process that ends without destructors.
  void stop();

  /// How many lines were dropped because too many were waiting.
  std::size_t lines_lost() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::base
