// bigocean::migrate() and migration_status(): the engine behind the public header.
#include "bigocean/migrate.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/library/call.hpp"
#include "sql/lint/lint.hpp"
#include "sql/lint/wanted_locks.hpp"
#include "sql/migrate/engine.hpp"
#include "sql/migrate/formats/directory.hpp"
#include "sql/migrate/history/status.hpp"

namespace bigocean {
namespace {

using base::ExitCode;

EventKind kind_of(sql::migrate::EventKind kind) {
  using Kind = sql::migrate::EventKind;
  switch (kind) {
    case Kind::kServerWait:
      return EventKind::kServerWait;
    case Kind::kLockWait:
      return EventKind::kLockWait;
    case Kind::kPlan:
      return EventKind::kPlan;
    case Kind::kFileStart:
      return EventKind::kFileStart;
    case Kind::kProgress:
      return EventKind::kProgress;
    case Kind::kFileRetry:
      return EventKind::kFileRetry;
    case Kind::kFileDone:
      return EventKind::kFileDone;
    case Kind::kNote:
      break;
    case Kind::kWarning:
      return EventKind::kWarning;
    case Kind::kServerNotice:
      return EventKind::kServerNotice;
  }
  return EventKind::kNote;
}

/// Hands events on, and remembers which file is running.
class Events : public sql::migrate::Sink {
 public:
  explicit Events(const EventSink& sink) : sink_(sink) {}

  void on(const sql::migrate::Event& event) override {
    if (event.kind == sql::migrate::EventKind::kFileStart) running_ = event.name;
    if (event.kind == sql::migrate::EventKind::kFileDone) running_.clear();
    if (!sink_) return;
    Event made{kind_of(event.kind), event.name,  event.text,        event.index,  event.count,
               event.statements,    event.bytes, event.bytes_total, event.elapsed};
    for (const auto& blocker : event.blockers)
      made.text.append(made.text.empty() ? "" : "; ").append("blocked by " + blocker_text(blocker));
    sink_(made);
  }

  const std::string& running() const { return running_; }

 private:
  const EventSink& sink_;
  std::string running_;
};

config::Settings settings_of(const MigrateOptions& options) {
  std::vector<config::Override> given;
  const auto text = [&](const char* key, const char* name, const std::string& value) {
    if (!value.empty()) given.push_back({key, value, std::string("MigrateOptions::") + name});
  };
  const auto duration = [&](const char* key, const char* name,
                            std::optional<std::chrono::milliseconds> value) {
    if (value) text(key, name, fmt::format("{}ms", value->count()));
  };
  text("database.url", "database_url", options.database_url);
  text("migrate.dir", "directory", options.directory);
  text("migrate.schema", "schema", options.schema);
  if (options.new_history) text("migrate.new_history", "new_history", "true");
  duration("migrate.wait", "wait", options.wait);
  duration("migrate.deadline", "deadline", options.deadline);
  duration("migrate.lock_timeout", "lock_timeout", options.lock_timeout);
  duration("migrate.statement_timeout", "statement_timeout", options.statement_timeout);
  if (options.database_url.empty())
    throw base::Error(ExitCode::kUsage, "MigrateOptions::database_url is empty",
                      "postgresql://user:password@host:5432/database");
  if (options.directory.empty() != static_cast<bool>(options.files))
    throw base::Error(ExitCode::kUsage, "MigrateOptions needs either a directory or files");
  return make_settings(std::move(given));
}

std::vector<sql::migrate::Migration> read_files(const MigrateOptions& options,
                                                const config::Settings& settings) {
  if (!options.files) return sql::migrate::configured_migrations(settings);
  std::vector<MigrationFile> files;
  try {
    files = options.files();
  } catch (const base::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw base::Error(ExitCode::kUsage, std::string("the migration files cannot be read: ") + error.what());
  }
  std::vector<base::EmbeddedFile> embedded;
  for (const auto& [name, file_text] : files) embedded.push_back({name, file_text});
  return sql::migrate::read_embedded(embedded);
}

/// Refuses what lint calls an error, unless the options allow it; then it warns.
sql::migrate::PendingHook lint_hook(const MigrateOptions& options, Events& events,
                                    std::vector<std::string>& warnings) {
  return [&options, &events, &warnings](sql::Connection& connection,
                                        const std::vector<const sql::migrate::Job*>& pending,
                                        const std::set<std::string>& let_through) {
    std::string found;
    const auto files = sql::lint::read_files(pending);
    for (const auto& finding : sql::lint::errors_of_pending(connection, files, let_through, {})) {
      const auto line = fmt::format("{}:{}:{}: {} [{}]", finding.path, finding.place.line,
                                    finding.place.column, finding.title, finding.rule->id);
      if (!options.allow_unsafe) {
        found.append("\n").append(line);
        continue;
      }
      sql::migrate::Event event;
      event.kind = sql::migrate::EventKind::kWarning;
      event.text = line + ", applied since MigrateOptions::allow_unsafe is set";
      warnings.push_back(event.text);
      events.on(event);
    }
    if (!found.empty())
      throw base::Error(
          ExitCode::kLintFindings, "lint finds errors in the pending files; nothing was applied" + found,
          "`bigocean migrate lint` shows the safe way of each; or say in the file why it is safe "
          "with a line `-- bigocean: allow RULE REASON`; or set MigrateOptions::allow_unsafe");
    return expected_locks(files);
  };
}

void fill(MigrateResult& result, const sql::migrate::Report& report) {
  for (const auto& file : report.files)
    result.applied.push_back({file.name, file.elapsed, file.statements, file.retries});
  result.already_applied = report.already_applied;
  result.pending = report.pending;
  result.warnings.insert(result.warnings.begin(), report.warnings.begin(), report.warnings.end());
}

}  // namespace

MigrateResult migrate(const MigrateOptions& options, const EventSink& sink) {
  MigrateResult result;
  Events events(sink);
  sql::migrate::Report report;
  try {
    const auto settings = settings_of(options);
    sql::migrate::Engine engine(
        settings, [&] { return read_files(options, settings); }, events, interrupt_of(options.stop));
    engine.on_pending(lint_hook(options, events, result.warnings));
    engine.up(options.to, report);
  } catch (const std::exception&) {
    result.error = current_error();
    result.failed = events.running();
  }
  fill(result, report);
  return result;
}

MigrationStatus migration_status(const MigrateOptions& options) {
  MigrationStatus status;
  try {
    const auto settings = settings_of(options);
    const EventSink none;
    Events silent(none);
    sql::migrate::Engine engine(
        settings, [&] { return read_files(options, settings); }, silent, interrupt_of(options.stop));
    using State = sql::migrate::FileState;
    for (const auto& file : engine.status().plan.files) {
      if (file.state == State::kApplied) status.applied.push_back(file.name);
      if (file.state == State::kPending) status.pending.push_back(file.name);
      if (file.state == State::kAhead) status.ahead.push_back(file.name);
      if (file.state == State::kEdited || file.state == State::kRunning || file.state == State::kReverting)
        status.edited.push_back(file.name);
    }
  } catch (const std::exception&) {
    status = {};
    status.error = current_error();
  }
  return status;
}

}  // namespace bigocean
