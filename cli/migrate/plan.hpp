// bigocean migrate plan: what `up` would do, to which tables, who waits, and for how long.
#pragma once

#include <string>

#include "base/interrupt.hpp"
#include "cli/migrate/output.hpp"
#include "config/settings.hpp"
#include "sql/migrate/engine.hpp"

namespace bigocean::cli {

struct PlanRequest {
  std::string to;                              ///< stop after this version or name; empty: everything
  bool rehearse = false;                       ///< run it for real, and roll it back
  const base::Interrupt* interrupt = nullptr;  ///< may be null
};

/// Fills `document`, writes the same to `output`, and returns the exit code.
int run_plan(sql::migrate::Engine& engine, const config::Settings& settings, const PlanRequest& request,
             MigrateDocument& document, MigrateOutput& output);

}  // namespace bigocean::cli
