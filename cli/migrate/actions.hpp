// What `bigocean migrate` and its subcommands do, apart from their options.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/interrupt.hpp"
#include "cli/migrate/drift.hpp"
#include "cli/migrate/output.hpp"
#include "config/settings.hpp"
#include "sql/migrate/engine.hpp"
#include "sql/migrate/formats/format.hpp"

namespace bigocean::cli {

struct MigrateFlags {
  bool json = false, quiet = false, verbose = false;
  bool allow_unsafe = false, rehearse = false;
  bool dry_run = false, check = false, yes = false, done = false, again = false, apply = false;
  std::string to, down_to, name, version, reason, table;
  std::size_t steps = 1;
  DriftFlags drift;
};

/// What a subcommand's action works with.
struct Call {
  const MigrateFlags& flags;
  const config::Settings& settings;
  sql::migrate::Engine& engine;
  MigrateOutput& output;
  MigrateDocument& document;
  const sql::migrate::Detection& detection;  ///< of the files, once the engine has read them
  const base::Interrupt& interrupt;
  std::chrono::steady_clock::time_point began;

  std::chrono::microseconds elapsed() const;
};
/// Returns the exit code.
using Action = std::function<int(Call&)>;

int show_plan(Call& call);
int run_drift(Call& call);
int run_dump(Call& call);
int run_up(Call& call);
int run_status(Call& call);
int run_down(Call& call);
int run_redo(Call& call);
int run_verify(Call& call);
int run_bless(Call& call);
int run_baseline(Call& call);
int run_adopt(Call& call);
int run_resolve(Call& call);

/// Reads the files, runs `action` with an engine for them, and prints the document where one is wanted.
/// Returns the exit code; throws base::Error where the outcome was not told yet.
int run_action(const MigrateFlags& flags, const std::string& command, const Action& action,
               const config::Settings& settings);

/// `migrate new`, which needs no database.
int run_new(const MigrateFlags& flags, const config::Settings& settings);

}  // namespace bigocean::cli
