// The history tables of other tools: found by name and columns, read into one form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "sql/migrate/adopt/foreign_hash.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// A row of another tool's history: what the row says is applied.
struct ForeignRow {
  std::string key;      ///< version or name
  std::string hash;     ///< as the tool keeps it; empty: none
  bool failed = false;  ///< begun and not ended well
  /// kUpTo: and everything before it. kBaseline: everything up to it, and there need be no file of that
  /// version. kBaselineFile: a baseline migration, or where it has no file the same as kBaseline.
  enum class Reach { kOne, kUpTo, kBaseline, kBaselineFile } reach = Reach::kOne;
};

/// What a row's key is compared with.
enum class ForeignKey {
  kVersion,  ///< Migration::version, as a number of parts
  kName,     ///< Migration::name
  kJournal   ///< the name, or the time in drizzle's journal, or the second in the folder's name
};

/// How a tool keeps its history.
struct ForeignTool {
  std::string_view name;  ///< "dbmate"
  config::MigrationFormat format;
  std::string_view table;    ///< its default name, without schema
  std::string_view columns;  ///< by which it is recognised, in alphabetical order: "dirty,version"
  bool exact;                ///< there are no other columns
  ForeignKey key;
  ForeignHash hash;
  std::string_view rows_sql;  ///< key, hash, failed, reach; {} is the table
  std::string_view failure;   ///< what a failed row means, and what to do
};

/// A table that can only belong to that tool.
struct ForeignHistory {
  const ForeignTool* tool = nullptr;
  std::string schema;
  std::string table;

  std::string name() const { return schema + "." + table; }
};

/// The one history table of another tool in the database. `table` ("name" or "schema.name") is looked for by
/// its columns instead of its name; empty: all tools' default names, in every schema. `format` leaves out
/// other tools, kAuto none; if several are found, `likely` decides. Throws base::Error(kUsage) when there is
/// none, or more than one.
ForeignHistory find_foreign_history(Connection& connection, const std::string& table,
                                    config::MigrationFormat format, config::MigrationFormat likely);

std::vector<ForeignRow> read_foreign_history(Connection& connection, const ForeignHistory& history);

}  // namespace bigocean::sql::migrate
