// Whether a database's schema is what this binary expects: for readiness and check-db.
#include "sql/migrate/history/status.hpp"

#include <fmt/format.h>

#include "sql/migrate/formats/directory.hpp"
#include "sql/migrate/history/history.hpp"
#include "sql/migrate/history/plan.hpp"
#include "sql/migrate/history/wrong_database.hpp"

namespace bigocean::sql::migrate {

bool has_no_files(const config::Settings& settings) {
  return settings.migrate.dir.empty() && embedded_migrations().empty();
}

ConfiguredMigrations read_configured(const config::Settings& settings) {
  if (settings.migrate.dir.empty()) {
    if (has_no_files(settings)) {
      throw base::Error(base::ExitCode::kUsage, "no folder of migrations is set",
                        "bigocean migrate --dir FOLDER, or set migrate.dir in bigocean.toml; without either, "
                        "the one of ./migrations and ./db/migrations that exists is used");
    }
    return {read_embedded(embedded_migrations()), {}, {}};
  }
  Folder folder(settings.migrate.dir);
  const Detection detection = choose_format(folder, settings.migrate.format);
  try {
    ConfiguredMigrations configured;
    configured.detection = detection;
    configured.migrations = read_folder(folder, *detection.format, &configured.inventory);
    return configured;
  } catch (base::Error& error) {
    if (!detection.why.empty() && detection.format != &kNativeFormat) {
      error.hint += fmt::format(" (read as {}, since {}; --format overrides this)", detection.format->name,
                                detection.why);
    }
    throw;
  }
}

std::vector<Migration> configured_migrations(const config::Settings& settings) {
  return read_configured(settings).migrations;
}

namespace {

/// As `up` would refuse it.
std::optional<WrongDatabase> find_wrong_database(Connection& connection, const History& history,
                                                 const Plan& plan, const config::Settings::Migrate& migrate) {
  auto wrong = find_other_history(connection, history, plan, migrate.dir);
  if (!wrong && !migrate.new_history) wrong = find_foreign_tables(connection, history, plan, migrate.dir);
  return wrong;
}

}  // namespace

SchemaState schema_state(Connection& connection, const std::vector<Migration>& migrations,
                         const config::Settings::Migrate& migrate) {
  History history(connection, migrate.schema);
  const auto rows = history.rows();
  const auto plan = make_plan(migrations, rows ? *rows : history.read().rows);
  SchemaState state;
  std::string first_pending;
  for (const auto& file : plan.files) {
    switch (file.state) {
      case FileState::kPending:
        if (state.pending++ == 0) first_pending = file.name;
        break;
      case FileState::kAhead:
        ++state.ahead;
        break;
      case FileState::kEdited:
      case FileState::kRunning:
      case FileState::kReverting:
        ++state.edited;
        break;
      case FileState::kApplied:
      case FileState::kCovered:
        break;
    }
  }
  state.current = state.pending == 0 && state.edited == 0;
  if (state.edited > 0) {
    state.text =
        fmt::format("{} migrations edited or half applied: see bigocean migrate status", state.edited);
  } else if (const auto wrong = state.pending > 0 ? find_wrong_database(connection, history, plan, migrate)
                                                  : std::optional<WrongDatabase>()) {
    state.text = wrong->seen;
    state.remedy_if_wrong = wrong->remedy;
  } else if (state.pending > 0) {
    state.text = fmt::format("behind: {} migrations pending, first {}", state.pending, first_pending);
  } else if (state.ahead > 0) {
    state.text =
        fmt::format("ahead: the database has {} migrations that this build does not know", state.ahead);
  } else {
    state.text = fmt::format("current: {} migrations applied", plan.with(FileState::kApplied).size());
  }
  return state;
}

}  // namespace bigocean::sql::migrate
