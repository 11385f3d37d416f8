// bigocean migrate adopt: says what it would take over, or did.
#pragma once

#include "cli/migrate/output.hpp"
#include "sql/migrate/engine.hpp"

namespace bigocean::cli {

/// Runs it and tells the outcome; returns the exit code.
int adopt(sql::migrate::Engine& engine, const sql::migrate::AdoptOptions& options, MigrateOutput& output,
          MigrateDocument& document);

}  // namespace bigocean::cli
