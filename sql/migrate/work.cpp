// What the engine's commands share: opening, locking, refusing, reporting.
#include "sql/migrate/work.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/version.hpp"
#include "sql/migrate/history/wrong_database.hpp"
#include "sql/migrate/source/diff.hpp"
#include "sql/postgres/connect_wait.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::Error;
using base::ExitCode;
using std::chrono::milliseconds;

constexpr milliseconds kLongWait{1'000};
constexpr milliseconds kBookkeepingTimeout{60'000};  // of the history's own statements

/// The client_encoding that a connection string asks for, where it is another than ours.
std::string other_encoding(std::string_view url) {
  constexpr std::string_view kParameter = "client_encoding=";
  const auto at = url.find(kParameter);
  if (at == std::string_view::npos) return {};
  const auto value = url.substr(at + kParameter.size());
  std::string name(value.substr(0, value.find_first_of("& '\t")));
  return base::equals_ignoring_case(name, "utf8") || base::equals_ignoring_case(name, "utf-8") ? std::string{}
                                                                                               : name;
}

}  // namespace

Engine::Work::Work(const config::Settings& settings_in, FileSource source_in, Sink& sink_in,
                   const base::Interrupt* interrupt_in)
    : settings(settings_in),
      source(std::move(source_in)),
      sink(sink_in),
      interrupt(interrupt_in),
      url(settings.database.unpooled_url.empty() ? settings.database.url : settings.database.unpooled_url),
      application(fmt::format("bigocean-migrate/{}", base::version())),
      monitor(url, application + " watch"),
      blocking(monitor, sink_in),
      wait_left(settings.migrate.deadline) {}

void Engine::Work::read_files() {
  if (source) migrations = std::exchange(source, nullptr)();
}

Snapshot Engine::Work::open() {
  connect();
  return read_history();
}

void Engine::Work::connect() {
  ConnectOptions options;
  options.application_name = application;
  options.timeout = settings.database.connect_timeout;
  options.interrupt = interrupt;
  options.meanwhile = [this] { read_files(); };
  std::string told;
  try {
    connection.emplace(connect_waiting(url, options, settings.migrate.wait, [&](const ConnectError& error) {
      read_files();
      if (told != error.message) emit(EventKind::kServerWait, "", error.message);
      told = error.message;
    }));
  } catch (const ConnectError&) {
    read_files();
    throw;
  }
  read_files();
  connection->on_notice([this](const std::string& severity, const std::string& text) {
    emit(EventKind::kServerNotice, "", fmt::format("{}: {}", severity, text));
  });
  if (!std::exchange(told_of_settings, true)) tell_of_settings();
  connection->on_long_wait(
      kLongWait, [this] { look_at_standby(); }, kBookkeepingTimeout);
  history.emplace(*connection, settings.migrate.schema);
  session.emplace(*connection, history->lock_key());
}

void Engine::Work::tell_of_settings() {
  if (const auto encoding = other_encoding(url.reveal()); !encoding.empty()) {
    emit(EventKind::kWarning, "",
         fmt::format(
             "the connection string asks for client_encoding={}; migrations are UTF-8, and so is the session",
             encoding));
  }
  if (connection->parameter("standard_conforming_strings") == "off") {
    emit(EventKind::kWarning, "",
         "standard_conforming_strings is off by default here; migrations run with it on: a backslash in '…' "
         "is a "
         "backslash");
  }
}

bool Engine::Work::renew_session() {
  session->establish();
  if (!session->must_be_replaced()) return false;
  // Not both at once: the lock is free when the old session has ended.
  session.reset();
  history.reset();
  connection.reset();
  connect();
  return true;
}

Snapshot Engine::Work::read_history() {
  auto snapshot = history->read();
  if (snapshot.layout > kHistoryLayout) {
    throw Error(
        ExitCode::kHistoryConflict,
        fmt::format("the history in schema {} was written by a newer bigocean (layout {}, this one knows {})",
                    settings.migrate.schema, snapshot.layout, kHistoryLayout),
        "deploy the newer version, or a later one");
  }
  return snapshot;
}

void Engine::Work::require_writable(const Snapshot& snapshot) const {
  if (snapshot.read_only) {
    throw Error(ExitCode::kUnreachable,
                "the database accepts no writes (a standby, or default_transaction_read_only is on)",
                "point DATABASE_URL at the primary");
  }
  if (snapshot.pooler && !settings.migrate.session_pooler) {
    throw Error(ExitCode::kUsage,
                "a connection pooler stands between bigocean and PostgreSQL: a lock taken through it can be "
                "left behind",
                "set DATABASE_UNPOOLED_URL to the server's own address (Railway has it under that name), or, "
                "where the pooler "
                "is known to pool sessions, give --session-pooler");
  }
}

Plan Engine::Work::lock_and_plan_again(Belongs belongs) {
  const auto began = Clock::now();
  take_lock(*connection, settings.migrate.schema, began + wait_left, sink, interrupt);
  wait_left -= std::chrono::duration_cast<milliseconds>(Clock::now() - began);
  const auto snapshot = read_history();  // another version may have been here meanwhile
  auto plan = make_plan(migrations, snapshot.rows);
  require_own_database(plan, belongs);
  history->prepare(snapshot);
  return plan;
}

void Engine::Work::require_own_database(const Plan& plan, Belongs belongs) {
  if (belongs == Belongs::kKnown) return;
  const auto& dir = settings.migrate.dir;
  auto wrong = find_other_history(*connection, *history, plan, dir);
  if (!wrong && belongs == Belongs::kTables && !settings.migrate.new_history)
    wrong = find_foreign_tables(*connection, *history, plan, dir);
  if (wrong) throw Error(ExitCode::kHistoryConflict, wrong->seen, wrong->remedy);
}

void Engine::Work::lock_again_for(const std::vector<const PlannedFile*>& files, std::size_t first) {
  const auto plan = lock_and_plan_again();
  for (auto i = first; i < files.size(); ++i) {
    const bool same = std::any_of(plan.files.begin(), plan.files.end(), [&](const PlannedFile& now) {
      return now.name == files[i]->name && now.state == files[i]->state;
    });
    if (same) continue;
    throw Error(ExitCode::kMigrationLockHeld,
                fmt::format("another migrate changed {} while this one took the lock again", files[i]->name),
                "run the same command again");
  }
}

Plan Engine::Work::plan_to_change(bool dry_run, Belongs belongs) {
  const auto snapshot = open();
  if (dry_run) {
    connection->execute("BEGIN READ ONLY");
    auto plan = make_plan(migrations, snapshot.rows);
    require_own_database(plan, belongs);
    return plan;
  }
  require_writable(snapshot);
  return lock_and_plan_again(belongs);
}

std::string Engine::Work::edited_message(const PlannedFile& file) {
  const auto applied = history->text(file.name);
  std::string message = fmt::format("{} was edited after it was applied", file.migration->path);
  if (!applied) return message + " (the text as applied was not kept)";
  return message + ":\n" + diff_texts(*applied, file.migration->text);
}

void Engine::Work::refuse_conflicts(const Plan& plan, Report& report) {
  std::string edited, late, ahead;
  std::size_t ahead_count = 0;
  for (const auto& file : plan.files) {
    switch (file.state) {
      case FileState::kEdited:
        edited += (edited.empty() ? "" : "\n") + edited_message(file);
        break;
      case FileState::kReverting:
        throw Error(ExitCode::kHistoryConflict, fmt::format("{} is half reverted", file.name),
                    "finish it with bigocean migrate down, then run up again");
      case FileState::kAhead:
        ahead += (ahead.empty() ? "" : ", ") + file.name;
        ++ahead_count;
        break;
      case FileState::kPending:
        if (file.out_of_order) late += (late.empty() ? "" : ", ") + file.name;
        break;
      case FileState::kApplied:
      case FileState::kRunning:
      case FileState::kCovered:
        break;
    }
  }
  if (!edited.empty()) {
    throw Error(ExitCode::kHistoryConflict, edited,
                "restore the file and write a new migration for the change; or accept the text as it is with "
                "bigocean migrate "
                "bless FILE --reason TEXT");
  }
  if (!late.empty() && settings.migrate.strict_order) {
    throw Error(ExitCode::kHistoryConflict,
                fmt::format("pending, but older than the newest applied migration: {}", late),
                "give the file a newer number, or run without --strict-order");
  }
  if (ahead.empty()) return;
  const auto text = fmt::format("the database is ahead: {} applied {} not among the files here: {}",
                                ahead_count, ahead_count == 1 ? "migration is" : "migrations are", ahead);
  if (settings.migrate.no_ahead) {
    throw Error(ExitCode::kHistoryConflict, text,
                "deploy the version that has these files, or run without --no-ahead");
  }
  // Checked before and after the wait for the lock, and reported once.
  if (std::find(report.warnings.begin(), report.warnings.end(), text) != report.warnings.end()) return;
  report.warnings.push_back(text);
  emit(EventKind::kWarning, "", text);
}

std::vector<const PlannedFile*> Engine::Work::to_run(const Plan& plan, const std::string& to) const {
  const Migration* last = to.empty() ? nullptr : &find_migration(migrations, to);
  std::vector<const PlannedFile*> files;
  for (const auto& file : plan.files) {
    const bool waits = file.state == FileState::kPending || file.state == FileState::kRunning;
    if (waits && file.migration != nullptr) files.push_back(&file);
    if (file.migration != last || last == nullptr) continue;
    if (file.state != FileState::kCovered) break;
    throw Error(ExitCode::kUsage,
                fmt::format("{} does not run: a baseline migration stands for it", file.name),
                "name a later version, or leave --to out; bigocean migrate status shows what runs");
  }
  return files;
}

void Engine::Work::record_unrun(const Migration& migration, std::string_view how, std::string_view reason) {
  connection->execute(history->record_sql(migration, RowState::kApplied, how) +
                      history->event_sql(migration.name, how, reason, "", migration.checksum));
  store_text(*connection, *history, migration, settings.migrate.batch_bytes);
}

RunContext Engine::Work::make_context() {
  return {*connection, *session, *history,  settings.migrate, monitor,
          blocking,    sink,     interrupt, standby_look,     wait_left};
}

bool Engine::Work::look_at_standby() {
  const auto names = monitor.awaited_standbys(connection->backend_pid());
  if (!names) return false;
  if (std::exchange(told_of_standby, true)) return true;
  emit(
      EventKind::kWarning, "",
      fmt::format(
          "a commit waits for a synchronous standby that does not answer (synchronous_standby_names = '{}'); "
          "it is done on this server. Start the standby, or let commits go on without one: ALTER SYSTEM SET "
          "synchronous_standby_names = ''; SELECT pg_reload_conf();",
          *names));
  return true;
}

std::string Engine::Work::target() const {
  return fmt::format("database {} on {}:{}, PostgreSQL {}", connection->database(), connection->host(),
                     connection->port(), connection->parameter("server_version"));
}

void Engine::Work::emit(EventKind kind, const std::string& name, const std::string& text, std::size_t index,
                        std::size_t count) {
  Event event;
  event.kind = kind;
  event.name = name;
  event.text = text;
  event.index = index;
  event.count = count;
  sink.on(event);
}

}  // namespace bigocean::sql::migrate
