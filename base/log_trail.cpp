// The last log lines of one piece of work, for a report about its failure.
#include "base/log_trail.hpp"

#include <fmt/format.h>

#include <type_traits>

namespace bigocean::base {
namespace {

thread_local LogTrail* innermost = nullptr;

std::string text_of(const LogField& field) {
  return std::visit(
      [](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string_view>) {
          return std::string(value);
        } else {
          return fmt::format("{}", value);
        }
      },
      field.value);
}

}  // namespace

LogTrail::LogTrail() : outer_(innermost) { innermost = this; }

LogTrail::~LogTrail() { innermost = outer_; }

LogTrail* LogTrail::current() { return innermost; }

void LogTrail::add(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  LogLine line{level, std::chrono::system_clock::now(), std::string(message), {}};
  for (const LogField& field : fields) line.fields.emplace_back(field.name, text_of(field));
  if (lines_.size() < kLinesMax) {
    lines_.push_back(std::move(line));
  } else {
    lines_[oldest_] = std::move(line);
    oldest_ = (oldest_ + 1) % kLinesMax;
  }
}

std::vector<LogLine> LogTrail::lines() const {
  std::vector<LogLine> ordered;
  for (std::size_t i = 0; i < lines_.size(); ++i) ordered.push_back(lines_[(oldest_ + i) % lines_.size()]);
  return ordered;
}

}  // namespace bigocean::base
