// The rules of lint: what each is called, how bad it is, why, what to do instead, and how it is found.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sql/lint/context.hpp"

namespace bigocean::sql::lint {

enum class Level { kOff, kInfo, kWarning, kError };
/// "off", "info", "warning", "error".
std::string_view level_name(Level level);

/// On which tables a rule makes sense.
enum class Reach {
  kExisting,  ///< those that were there before the pending files: no session uses a table that is made now
  kFilled,    ///< of those, the ones with rows: the harm grows with the size
  kAny
};

/// A step where it stands.
struct Scene {
  const Step& step;
  bool first = true;  ///< of its statement
  const ReadStatement& statement;
  const File& file;
  const Context& context;
};

struct Rule {
  std::string_view id;
  Level level;  ///< without a setting
  Reach reach;
  std::string_view title;
  std::string_view why;     ///< which lock on what, for how long in kind, or what breaks
  std::string_view remedy;  ///< the safe way, SQL to copy; {table}, {name} … are filled in
  /// Nullopt: no finding. A text: the finding's details, or empty. Null pointer: lint itself reports the
  /// rule.
  std::optional<std::string> (*check)(const Scene&);
};

/// Whether what the rule finds takes a name away from the version that is running.
bool takes_names(const Rule& rule);

/// Whether the file has a line, with its reason, that allows such a rule: then no running version uses what
/// is gone.
bool says_unused(const File& file);

/// All of them, in the order in which docs/lint.md has them.
std::span<const Rule> rules();
/// Null if there is none.
const Rule* find_rule(std::string_view id);
/// The ids, for "did you mean".
std::span<const std::string_view> rule_ids();

/// The remedy with the scene's names in it.
std::string fill_remedy(const Rule& rule, const Scene& scene);

/// Levels that differ from the rules' own: "rule=level, …". Throws base::Error(kUsage) that names the setting
/// lint.levels, the word, and the nearest rule.
std::map<std::string_view, Level> parse_levels(std::string_view text);

using Found = std::optional<std::string>;

// Locks: rules_locks.cpp.
Found index_not_concurrently(const Scene& scene);
Found drop_index_not_concurrently(const Scene& scene);
Found reindex_not_concurrently(const Scene& scene);
Found concurrently_in_transaction(const Scene& scene);
Found concurrent_index_if_not_exists(const Scene& scene);
Found foreign_key_not_valid(const Scene& scene);
Found check_not_valid(const Scene& scene);
Found validate_in_same_transaction(const Scene& scene);
Found unique_not_using_index(const Scene& scene);
Found set_not_null(const Scene& scene);
Found add_column_rewrite(const Scene& scene);
Found alter_column_type(const Scene& scene);
Found concurrently_on_partitioned(const Scene& scene);
Found add_column_default_unknown(const Scene& scene);
Found all_rows_written(const Scene& scene);
Found lock_timeout_off(const Scene& scene);
Found rewrite_command(const Scene& scene);
Found backfill_in_ddl_transaction(const Scene& scene);
Found two_tables_locked(const Scene& scene);

// What breaks the running version, fails or loses data: rules_breaking.cpp.
Found add_column_not_null(const Scene& scene);
Found drop_column(const Scene& scene);
Found drop_table(const Scene& scene);
Found rename_column(const Scene& scene);
Found rename_table(const Scene& scene);
Found drop_schema(const Scene& scene);
Found drop_cascade(const Scene& scene);
Found drop_object(const Scene& scene);
Found rename_object(const Scene& scene);
Found rename_enum_value(const Scene& scene);
Found truncate_cascade(const Scene& scene);
Found enum_value_in_same_transaction(const Scene& scene);

// What is regretted later: rules_design.cpp.
Found foreign_key_without_index(const Scene& scene);
Found int_primary_key(const Scene& scene);
Found timestamp_without_time_zone(const Scene& scene);
Found varchar_length(const Scene& scene);
Found char_length(const Scene& scene);
Found json_type(const Scene& scene);
Found identifier_too_long(const Scene& scene);

}  // namespace bigocean::sql::lint
