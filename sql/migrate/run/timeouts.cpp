// How long a statement of a migration may wait for locks and may run, and where that was set.
#include "sql/migrate/run/timeouts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kInFile = "SET in the file";

Timeouts with_options(Timeouts timeouts, const FileOptions& options) {
  if (options.lock_timeout) {
    timeouts.lock = *options.lock_timeout;
    timeouts.lock_from = "lock-timeout= in the file";
  }
  if (options.statement_timeout) {
    timeouts.statement = *options.statement_timeout;
    timeouts.statement_from = "statement-timeout= in the file";
  }
  return timeouts;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string timeout_text(std::string_view name, milliseconds timeout, std::string_view from) {
  if (from == kInFile || timeout.count() == 0)
    return fmt::format("{}, set by the file itself or the server", name);
  return fmt::format("{} of {} ({})", name, base::format_duration(timeout), from);
}

}  // namespace

Timeouts file_timeouts(const Script& script, const FileOptions& options,
                       const config::Settings::Migrate& settings) {
  const bool strong = std::any_of(script.statements.begin(), script.statements.end(),
                                  [](const Statement& s) { return s.kind == StatementKind::kOther; });
  Timeouts timeouts{settings.lock_timeout, settings.statement_timeout, "migrate.lock_timeout",
                    "migrate.statement_timeout"};
  if (!strong) {
    timeouts.lock = settings.data_lock_timeout;
    timeouts.lock_from = "migrate.data_lock_timeout";
  }
  timeouts = with_options(timeouts, options);
  for (const auto& statement : script.statements) {
    if (sets_setting(statement, "LOCK_TIMEOUT", false)) timeouts.lock_from = kInFile;
    if (sets_setting(statement, "STATEMENT_TIMEOUT", false)) timeouts.statement_from = kInFile;
  }
  return timeouts;
}

Timeouts statement_timeouts(const Statement& statement, const FileOptions& options,
                            const config::Settings::Migrate& settings) {
  Timeouts timeouts{settings.lock_timeout, settings.statement_timeout, "migrate.lock_timeout",
                    "migrate.statement_timeout"};
  if (statement.kind == StatementKind::kConcurrently) {
    timeouts.lock = milliseconds{0};
  }
  if (statement.kind == StatementKind::kConcurrently || statement.kind == StatementKind::kNonTransactional) {
    timeouts.statement = settings.concurrently_timeout;
    timeouts.statement_from = "migrate.concurrently_timeout";
  }
  if (statement.kind == StatementKind::kData || statement.kind == StatementKind::kCopyFromStdin) {
    timeouts.lock = settings.data_lock_timeout;
    timeouts.lock_from = "migrate.data_lock_timeout";
  }
  return with_options(timeouts, options);
}

bool sets_setting(const Statement& statement, std::string_view setting, bool session_only) {
  std::string_view words = statement.words;
  const auto take = [&](std::string_view word) {
    if (!words.starts_with(word)) return false;
    words.remove_prefix(word.size());
    return true;
  };
  if (!take("SET ")) return false;
  if (take("LOCAL ") && session_only) return false;
  take("SESSION ");
  return words.starts_with(setting);
}

void explain_timeout(MigrationError& failure, const SqlError& cause, const Timeouts& timeouts) {
  const std::string_view said = cause.server_message;
  if (cause.sqlstate == "55P03" && has(said, "timeout")) {
    failure.message += fmt::format("\n  it waited for the lock as long as {} allows",
                                   timeout_text("lock_timeout", timeouts.lock, timeouts.lock_from));
    failure.hint =
        "give the file more with `-- bigocean: lock-timeout=10s`, or run it when the table is less in use";
    return;
  }
  if (cause.sqlstate != "57014") return;
  const auto statement = timeout_text("statement_timeout", timeouts.statement, timeouts.statement_from);
  if (has(said, "timeout")) {
    failure.message += fmt::format("\n  it ran as long as {} allows", statement);
    failure.hint =
        "give the file more with `-- bigocean: statement-timeout=2h`, then run the same command again";
  } else if (has(said, "user request")) {
    failure.message += "\n  another session cancelled it (pg_cancel_backend)";
    failure.hint = "find out who cancelled it and why, then run the same command again";
  } else {
    failure.message += fmt::format("\n  either {} ended it, or another session cancelled it", statement);
    failure.hint =
        "give the file more with `-- bigocean: statement-timeout=2h`, or find out who cancelled it";
  }
}

}  // namespace bigocean::sql::migrate
