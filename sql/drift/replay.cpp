// Runs the applied migrations once more, in another database.
#include "sql/drift/replay.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/engine.hpp"
#include "sql/migrate/formats/format.hpp"
#include "sql/migrate/history/history.hpp"
#include "sql/migrate/run/failure.hpp"

namespace bigocean::sql::drift {
namespace {

using base::Error;
using base::ExitCode;
using migrate::Event;
using migrate::EventKind;
using migrate::FileState;

/// Passes on the events that show that work goes on, and drops the others.
class ProgressOnly : public migrate::Sink {
 public:
  explicit ProgressOnly(migrate::Sink& sink) : sink_(sink) {}
  void on(const Event& event) override {
    if (event.kind == EventKind::kProgress || event.kind == EventKind::kFileRetry) sink_.on(event);
  }

 private:
  migrate::Sink& sink_;
};

void send(migrate::Sink& sink, EventKind kind, const std::string& text) {
  Event event;
  event.kind = kind;
  event.text = text;
  sink.on(event);
}

bool is_one_of(const std::string& sqlstate, std::initializer_list<std::string_view> states) {
  return std::find(states.begin(), states.end(), sqlstate) != states.end();
}

/// Adds to a failure in a scratch database, which is gone by then, what it means and what to do.
void explain(migrate::MigrationError& error, bool own_role) {
  // 2F003: dblink and postgres_fdw require a password from a role that is not a superuser.
  if (own_role && is_one_of(error.sqlstate, {"42501", "2F003"})) {
    error.code = ExitCode::kUsage;
    error.message = fmt::format(
        "cannot be replayed here: {}\n  in its scratch database a file runs as a role without rights "
        "elsewhere",
        error.message);
    error.hint =
        "point --scratch-url at a throwaway server, a container for example, with a role that may do it";
    return;
  }
  error.message = fmt::format("the migrations do not run in an empty scratch database: {}", error.message);
  const std::string server = error.server_hint.empty() ? "" : error.server_hint + "\n";
  if (is_one_of(error.sqlstate, {"42P01", "42703", "42704", "42883", "3F000"})) {
    error.hint = server +
                 "a file of SQL that runs before the migrations can make what they need and none of them "
                 "makes: --prelude FILE";
  } else if (error.sqlstate == "57014") {
    error.hint = "--statement-timeout lets a statement run longer";
  } else if (error.sqlstate == "53100") {
    error.hint = "the server's disk is full: make room, or point --scratch-url at another server";
  } else {
    error.hint = server +
                 "your database is unchanged: correct the file if it is wrong for an empty database, or make "
                 "what it expects with --prelude FILE";
  }
}

}  // namespace

std::vector<migrate::Migration> applied_migrations(const migrate::Plan& plan, Connection& connection,
                                                   const std::string& history_schema, migrate::Sink& sink) {
  std::vector<migrate::Migration> applied;
  std::size_t pending = 0;
  for (const auto& file : plan.files) {
    const bool ran = file.state == FileState::kApplied || file.state == FileState::kEdited;
    if (ran && file.migration->obstacle) {
      warn(sink, fmt::format("{} {}: what it made is shown as extra, unless --prelude FILE makes it",
                             file.migration->path, file.migration->obstacle->message));
      continue;
    }
    switch (file.state) {
      case FileState::kPending:
        ++pending;
        break;
      case FileState::kCovered:
        break;
      case FileState::kRunning:
      case FileState::kReverting:
        throw Error(ExitCode::kHistoryConflict,
                    fmt::format("{} is {}", file.name, file_state_name(file.state)),
                    "finish it first: bigocean migrate status shows every file's state");
      case FileState::kEdited:
        warn(sink,
             fmt::format("{} was edited after it was applied; its present text is compared", file.name));
        applied.push_back(*file.migration);
        break;
      case FileState::kApplied:
        applied.push_back(*file.migration);
        break;
      case FileState::kAhead: {
        const auto text = migrate::History(connection, history_schema).text(file.name);
        if (text) {
          const migrate::FileName name{migrate::FileName::Role::kWhole, file.name,
                                       std::string(migrate::leading_digits(file.name))};
          applied.push_back(
              migrate::parse_text(name, file.name + " (as applied)", *text, migrate::detect_dialect(*text)));
          applied.back().of_other_tool = true;  // possibly; it is known to have run
          note(sink, fmt::format("{} is applied and not among the files here; its stored text is compared",
                                 file.name));
        } else {
          warn(sink,
               fmt::format("{} is applied, not among the files here, and its text was not kept: what it "
                           "made is shown as extra",
                           file.name));
        }
      }
    }
  }
  if (pending > 0)
    note(sink, fmt::format("{} pending, left out: only applied migrations are compared", pending));
  return applied;
}

void replay(const config::Settings& settings, const config::Secret& url,
            const std::vector<migrate::Migration>& migrations, bool own_role, migrate::Sink& sink,
            const base::Interrupt* interrupt) {
  auto there = settings;
  there.database.url = url;
  there.database.unpooled_url = {};
  there.migrate.new_history = true;  // what a prelude made is there on purpose
  ProgressOnly progress(sink);
  migrate::Report report;
  try {
    migrate::Engine(
        there, [&] { return migrations; }, progress, interrupt)
        .up("", report);
  } catch (migrate::MigrationError& error) {
    explain(error, own_role);
    throw;
  } catch (Error& error) {
    error.message = fmt::format("the migrations do not run in an empty scratch database: {}", error.message);
    throw;
  }
}

void note(migrate::Sink& sink, const std::string& text) { send(sink, EventKind::kNote, text); }
void warn(migrate::Sink& sink, const std::string& text) { send(sink, EventKind::kWarning, text); }

}  // namespace bigocean::sql::drift
