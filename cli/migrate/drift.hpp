// bigocean migrate drift and dump: what they show and write.
#pragma once

#include <string>
#include <vector>

#include "base/interrupt.hpp"
#include "cli/migrate/output.hpp"

namespace CLI {
class App;
}

namespace bigocean::cli {

struct Invocation;

struct DriftFlags {
  std::vector<std::string> ignored;  ///< patterns of names that are not compared
  std::string dump_file;             ///< empty or "-": standard output
};

void add_drift_options(CLI::App& app, Invocation& invocation, DriftFlags& flags);

/// Says every difference, and returns the exit code. `overview` is the database's, as Engine::status gives
/// it.
int show_drift(const config::Settings& settings, const sql::migrate::Overview& overview,
               const DriftFlags& flags, MigrateOutput& output, MigrateDocument& document,
               const base::Interrupt& interrupt);

/// Writes the schema to the file (whole or not at all) or to standard output; with --json and no file, into
/// the document.
int write_dump(const config::Settings& settings, const DriftFlags& flags, bool json, MigrateOutput& output,
               MigrateDocument& document, const base::Interrupt& interrupt);

/// Throws base::Error(kUsage) when write_dump could not write there; to be asked before a long run.
void check_dump_file(const std::string& path);

}  // namespace bigocean::cli
