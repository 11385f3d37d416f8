// Runs the applied migrations once more, in another database.
#pragma once

#include <string>
#include <vector>

#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "sql/migrate/history/plan.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// The files that were applied to the database, in order: as they are here, or as the history kept them.
/// Reports edited, pending and missing ones to `sink`. Throws base::Error(kHistoryConflict) for a
/// half-applied file.
std::vector<migrate::Migration> applied_migrations(const migrate::Plan& plan, Connection& connection,
                                                   const std::string& history_schema, migrate::Sink& sink);

/// Applies them in the empty database at `url`; progress goes to `sink`, other events do not. Throws
/// what Engine::up throws, with a message that says where it happened, and with a hint for it;
/// base::Error(kUsage) if `own_role`, the role of the scratch database, lacks a right.
void replay(const config::Settings& settings, const config::Secret& url,
            const std::vector<migrate::Migration>& migrations, bool own_role, migrate::Sink& sink,
            const base::Interrupt* interrupt);

void note(migrate::Sink& sink, const std::string& text);
void warn(migrate::Sink& sink, const std::string& text);

}  // namespace bigocean::sql::drift
