// The log over spdlog: records are laid out here, spdlog locks, colours and writes.
#include "base/log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/log_trail.hpp"
#include "base/text.hpp"

namespace bigocean::base {
namespace {

using Json = nlohmann::ordered_json;

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// JSON text on one line; invalid UTF-8 becomes U+FFFD instead of an exception.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json to_json(const LogField& field) {
  return std::visit([](const auto& value) { return Json(value); }, field.value);
}

std::string json_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  Json record;
  record["level"] = log_level_name(level);
  record["time"] = format_time(std::chrono::system_clock::now());
  record["message"] = message;
  for (const LogField& field : fields) record.emplace(field.name, to_json(field));
  return dump(record);
}

/// As it is where that is readable and unambiguous, else as a JSON string.
std::string plain_or_quoted(std::string_view text, bool may_have_spaces) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f ? (may_have_spaces || (c != '"' && c != '='))
                                      : (may_have_spaces && c == ' ');
  });
  return plain ? std::string(text) : dump(Json(text));
}

std::string text_line(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line = plain_or_quoted(message, true);
  for (const LogField& field : fields) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    line += fmt::format(" {}={}", field.name, text ? plain_or_quoted(*text, false) : dump(to_json(field)));
  }
  return line;
}

spdlog::sink_ptr make_sink(LogFormat format, bool colour) {
  if (format == LogFormat::kText && colour) {
    return std::make_shared<spdlog::sinks::ansicolor_stdout_sink_mt>(spdlog::color_mode::always);
  }
  return std::make_shared<spdlog::sinks::stdout_sink_mt>();
}

}  // namespace

std::string_view log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

struct Logger::Impl {
  Impl(LogFormat format_in, LogLevel minimum, bool colour, Writing writing) : format(format_in) {
    const auto sink = make_sink(format, colour);
    if (writing == Writing::kInBackground) {
      background = std::make_shared<spdlog::details::thread_pool>(kLinesWaitingMax, 1);
      line_logger = std::make_shared<spdlog::async_logger>("bigocean", sink, background,
                                                           spdlog::async_overflow_policy::overrun_oldest);
    } else {
      line_logger = std::make_shared<spdlog::logger>("bigocean", sink);
    }
    spdlog::logger& logger = *line_logger;
    logger.set_level(spdlog_level(minimum));
    // A service's lines must be seen when they happen; only debug lines may wait in the buffer.
    logger.flush_on(spdlog::level::info);
    logger.set_pattern(format == LogFormat::kJson ? "%v" : "%H:%M:%S.%e %^%-7l%$ %v");
    // An error while writing the log (closed pipe, full disk) must not stop the service.
    logger.set_error_handler([](const std::string&) {});
  }

  LogFormat format;
  std::shared_ptr<spdlog::details::thread_pool> background;  ///< writes what waits before it ends
  std::shared_ptr<spdlog::logger> line_logger;
};

Logger::Logger(LogFormat format, LogLevel minimum, bool colour, Writing writing)
    : impl_(std::make_unique<Impl>(format, minimum, colour, writing)) {}

Logger::~Logger() { flush(); }

void Logger::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  const auto target = spdlog_level(level);
  if (!impl_->line_logger->should_log(target)) return;
  if (LogTrail* trail = LogTrail::current()) trail->add(level, message, fields);
  const std::string line =
      impl_->format == LogFormat::kJson ? json_line(level, message, fields) : text_line(message, fields);
  impl_->line_logger->log(target, spdlog::string_view_t(line.data(), line.size()));
}

bool Logger::is_enabled(LogLevel level) const { return impl_->line_logger->should_log(spdlog_level(level)); }

void Logger::stop() {
  flush();
  impl_->line_logger->set_level(spdlog::level::off);
  impl_->background.reset();  // its thread ends once all is written
}

void Logger::flush() { impl_->line_logger->flush(); }

std::size_t Logger::lines_lost() const {
  return impl_->background ? impl_->background->overrun_counter() : 0;
}

}  // namespace bigocean::base
