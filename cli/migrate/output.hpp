// How `bigocean migrate` reports what it does: lines, a live line on a terminal, JSON records, one JSON
// document.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/settings.hpp"
#include "sql/drift/drift.hpp"
#include "sql/lint/lint.hpp"
#include "sql/lint/outlook.hpp"
#include "sql/migrate/engine.hpp"
#include "sql/migrate/run/report.hpp"

namespace bigocean::cli {

enum class Loudness { kQuiet, kNormal, kVerbose };

/// The progress output for people, or for the platform's log: standard output, or standard error if standard
/// output is for the document of --json.
class MigrateOutput : public sql::migrate::Sink {
 public:
  /// Writes a line of its own, outside of events ("nothing to do …").
  virtual void say(const std::string& line) = 0;
  /// True if the error was written here, as a record; false: main.cpp prints it.
  virtual bool tell_error(const base::Error&) { return false; }
};

/// Text lines, with a live line when that stream is a terminal; JSON records where the service's log has
/// them.
std::unique_ptr<MigrateOutput> make_migrate_output(const config::Settings& settings, Loudness loudness,
                                                   bool json_document);

/// What a call ends with, as the one document of --json; its schema is docs/migrate.schema.json.
struct MigrateDocument {
  std::string command;
  bool dry_run = false;
  sql::migrate::Report report;
  std::chrono::microseconds elapsed{0};
  std::optional<sql::migrate::Overview> overview;
  std::vector<sql::migrate::FilePreview> previews;
  std::vector<std::string> recorded;                        ///< baseline, new
  std::vector<sql::migrate::Reversal> reversals;            ///< down and redo, in a dry run
  std::string accepted;                                     ///< bless
  std::optional<sql::migrate::Decision> decision;           ///< resolve
  std::optional<std::vector<sql::lint::Finding>> findings;  ///< lint, plan; up that refuses
  std::optional<sql::lint::Outlook> outlook;                ///< plan
  std::optional<std::vector<sql::migrate::RehearsedFile>> rehearsed;
  std::string linted;  ///< lint: which files, in words
  std::optional<sql::migrate::AdoptReport> adoption;
  std::optional<sql::drift::Drift> drift;
  std::optional<std::string> dump;
};
std::string render(const MigrateDocument& document, int exit_code, const base::Error* error);

}  // namespace bigocean::cli
