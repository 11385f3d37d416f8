// Asks the live database about the tables that pending files touch.
#include "sql/lint/live.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::lint {
namespace {

constexpr std::chrono::milliseconds kAskTimeout{10'000};
constexpr std::chrono::milliseconds kSizeLockTimeout{1'000};
constexpr std::int64_t kPageBytes = 8192;

std::int64_t number(const Rows& rows, std::size_t row, std::size_t column) {
  return std::stoll(rows.at(row, column));
}

/// The texts between braces and commas; names with such characters in them are not distinguished.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// atttypmod as the modifiers that were written (PostgreSQL, varchar.c and numeric.c: typmod has VARHDRSZ, 4,
/// added; numeric packs precision and scale into 16 and 11 bits).
Type make_type(const std::string& name, std::int64_t typmod) {
  Type type{name, {}, name.starts_with("_")};
  if (type.array) type.name = name.substr(1);
  if (typmod < 0) return type;
  if (type.name == "varchar" || type.name == "bpchar") type.modifiers = {typmod - 4};
  if (type.name == "numeric") type.modifiers = {((typmod - 4) >> 16) & 0xffff, (typmod - 4) & 0x7ff};
  return type;
}

/// `exact`: asks the files for their sizes, which needs a weak lock on the table.
std::string relations_sql(const std::string& names, bool exact) {
  const std::string leaves =
      "(SELECT sum({}) FROM pg_partition_tree(t.oid) p JOIN pg_class l ON l.oid = p.relid"
      " WHERE p.isleaf)";
  const auto both = [&](const std::string& of_table, const std::string& of_leaf) {
    return fmt::format("CASE t.relkind WHEN 'p' THEN coalesce({}, 0) ELSE {} END",
                       fmt::format(fmt::runtime(leaves), of_leaf), of_table);
  };
  const auto pages = [](const char* of) { return fmt::format("{}.relpages::bigint * {}", of, kPageBytes); };
  const auto bytes =
      exact ? both("pg_table_size(t.oid)", "pg_table_size(l.oid)") : both(pages("t"), pages("l"));
  const auto filled = exact ? both("pg_relation_size(t.oid)", "pg_relation_size(l.oid)") : std::string("1");
  return fmt::format(
      "SELECT c.relname, n.nspname, t.oid, pg_table_is_visible(c.oid), {} = 0, ({})::bigint, ({})::bigint, "
      "{},"
      " coalesce(s.seq_scan + coalesce(s.idx_scan, 0), 0) / age.seconds,"
      " coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) / age.seconds,"
      " coalesce(pn.nspname, ''), coalesce(pc.relname, ''), t.relname, t.relkind = 'p'"
      " FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid"
      " JOIN pg_class t ON t.oid = coalesce(i.indrelid, c.oid) JOIN pg_namespace n ON n.oid = t.relnamespace"
      " LEFT JOIN pg_inherits h ON t.relispartition AND h.inhrelid = t.oid"
      " LEFT JOIN pg_class pc ON pc.oid = h.inhparent LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace"
      " LEFT JOIN pg_stat_all_tables s ON s.relid = t.oid,"
      " (SELECT greatest(extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time())), 1)"
      " AS seconds FROM pg_stat_database WHERE datname = current_database()) AS age"
      " WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND c.relname = ANY ({}::name[])"
      " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema';",
      filled, both("t.reltuples", "nullif(l.reltuples, -1)"), bytes, exact ? "pg_indexes_size(t.oid)" : "0",
      names);
}

std::string details_sql(const std::string& names) {
  const std::string of_tables = fmt::format(
      "IN (SELECT coalesce(i.indrelid, c.oid) FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid"
      " WHERE c.relname = ANY ({}::name[]))",
      names);
  const std::string names_of =
      "(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest({})"
      " WITH ORDINALITY AS k (number, n) JOIN pg_attribute a ON a.attrelid = {}"
      " AND a.attnum = k.number)";
  return fmt::format(
             "SELECT a.attrelid, a.attname, t.typname, a.atttypmod FROM pg_attribute a JOIN pg_type t"
             " ON t.oid = a.atttypid WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid {};",
             of_tables) +
         fmt::format(
             // A CHECK implies NOT NULL of a column if that stands in it alone, or joined by AND.
             "SELECT conrelid, a.attname, c.convalidated, c.conname FROM pg_constraint c JOIN pg_attribute a"
             " ON a.attrelid = conrelid AND a.attnum = ANY (conkey),"
             " LATERAL (SELECT pg_get_expr(conbin, conrelid), '(' || quote_ident(a.attname) || ' IS NOT "
             "NULL)') AS e "
             "(said, part)"
             " WHERE contype = 'c' AND replace(said, ' IS NOT NULL', '') !~* '\\m(or|not|case)\\M|\\w\\('"
             " AND (said = part OR position('(' || part || ' AND ' IN said) > 0"
             " OR position(' AND ' || part || ' AND ' IN said) > 0"
             " OR right(said, length(part) + 6) = ' AND ' || part || ')') AND conrelid {};",
             of_tables) +
         fmt::format("SELECT indrelid, coalesce({}, '') FROM pg_index WHERE indisvalid AND indrelid {};",
                     fmt::format(fmt::runtime(names_of), "indkey::int2[]", "indrelid"), of_tables) +
         "WITH RECURSIVE d AS (SELECT t.oid, t.typname FROM pg_type t WHERE t.typtype = 'd' AND "
         "(t.typnotnull OR EXISTS ("
         "SELECT FROM pg_constraint WHERE contypid = t.oid)) UNION SELECT t.oid, t.typname FROM pg_type t "
         "JOIN d ON "
         "t.typbasetype = d.oid WHERE t.typtype = 'd') SELECT typname FROM d;";
}

/// Partitions of the tables, and what has one of the names and is no table or index.
std::string objects_sql(const std::string& names) {
  const auto one = [&](std::string_view space, std::string_view schema, std::string_view name,
                       std::string_view from, std::string_view is_volatile = "false") {
    return fmt::format("SELECT '{}', {}, {}, {} FROM {} AND {} = ANY ({}::name[])", space, schema, name,
                       is_volatile, from, name, names);
  };
  return fmt::format(
             "SELECT c.oid, pn.nspname, pc.relname, hn.nspname, hc.relname, NOT p.isleaf FROM pg_class c,"
             " pg_partition_tree(c.oid) p JOIN pg_class pc ON pc.oid = p.relid JOIN pg_namespace pn"
             " ON pn.oid = pc.relnamespace JOIN pg_class hc ON hc.oid = p.parentrelid JOIN pg_namespace hn"
             " ON hn.oid = hc.relnamespace WHERE c.relkind = 'p' AND p.level > 0"
             " AND c.relname = ANY ({}::name[]) ORDER BY c.oid, p.level, 2, 3;",
             names) +
         fmt::format(
             "{} UNION ALL {} UNION ALL {} UNION ALL {} UNION ALL {} UNION ALL {} UNION ALL {};",
             one("", "n.nspname", "c.relname",
                 "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'S', "
                 "'f', 'c')"),
             one("", "n.nspname", "t.typname",
                 "pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype <> 'c'"),
             one("function", "n.nspname", "p.proname",
                 "pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE true", "p.provolatile = 'v'"),
             one("schema", "''", "nspname", "pg_namespace WHERE true"),
             one("extension", "''", "extname", "pg_extension WHERE true"),
             one("database", "''", "datname", "pg_database WHERE true"),
             one("role", "''", "rolname", "pg_roles WHERE true"));
}

std::set<std::string> names_in(const std::vector<File>& files) {
  std::set<std::string> names;
  for (const auto& file : files) {
    for (const auto& statement : file.statements) {
      for (const auto& step : statement.steps) {
        names.insert(step.table.name);
        names.insert(step.parent.name);
        if (step.constraint) names.insert(step.constraint->referenced.name);
        if (step.column) names.insert(step.column->default_calls.begin(), step.column->default_calls.end());
      }
    }
  }
  return names;
}

/// The names as an array literal, or nothing when there are none.
std::string array_of(const Connection& connection, const std::set<std::string>& names) {
  std::string list;
  for (const auto& name : names) {
    if (!name.empty()) list += (list.empty() ? "" : ",") + connection.quote_literal(name);
  }
  return list.empty() ? "" : "ARRAY[" + list + "]";
}

std::vector<Rows> ask(Connection& connection, const std::string& names, bool exact) {
  Connection::Limits limits;
  limits.timeout = kAskTimeout;
  auto results = connection.execute_all(
      fmt::format("BEGIN READ ONLY;SET LOCAL lock_timeout = {};", kSizeLockTimeout.count()) +
          relations_sql(names, exact) + details_sql(names) + objects_sql(names) + "COMMIT;",
      limits);
  return {results.begin() + 2, results.begin() + 9};
}

}  // namespace

LiveTables LiveTables::read(Connection& connection, const std::vector<File>& files) {
  return read(connection, names_in(files));
}

LiveTables LiveTables::read(Connection& connection, const std::set<std::string>& relations_named) {
  LiveTables live;
  const std::string names = array_of(connection, relations_named);
  if (names.empty()) return live;
  std::vector<Rows> results;
  try {
    results = ask(connection, names, true);
  } catch (const SqlError& error) {
    migrate::roll_back(connection);
    if (!migrate::is_lock_trouble(error)) throw;
    results =
        ask(connection, names, false);  // a session holds a table: the estimates of the catalogue are enough
  }
  std::map<std::int64_t, std::vector<LiveTable*>> by_oid;
  const Rows& relations = results[0];
  for (std::size_t i = 0; i < relations.rows.size(); ++i) {
    LiveTable table;
    table.name = {relations.at(i, 1), relations.at(i, 12)};
    table.oid = number(relations, i, 2);
    table.visible = relations.at(i, 3) == "t";
    table.empty = relations.at(i, 4) == "t";
    table.rows = number(relations, i, 5);
    table.bytes = number(relations, i, 6);
    table.index_bytes = number(relations, i, 7);
    table.reads_per_second = std::stod(relations.at(i, 8));
    table.writes_per_second = std::stod(relations.at(i, 9));
    table.partition_of = {relations.at(i, 10), relations.at(i, 11)};
    table.partitioned = relations.at(i, 13) == "t";
    const auto added = live.tables_.emplace(relations.at(i, 0), std::move(table));
    by_oid[added->second.oid].push_back(&added->second);
  }
  for (std::size_t i = 0; i < results[1].rows.size(); ++i) {
    for (auto* table : by_oid[number(results[1], i, 0)])
      table->columns[results[1].at(i, 1)] = make_type(results[1].at(i, 2), number(results[1], i, 3));
  }
  for (std::size_t i = 0; i < results[2].rows.size(); ++i) {
    for (auto* table : by_oid[number(results[2], i, 0)]) {
      if (results[2].at(i, 2) == "t") {
        table->not_null_checks.push_back(results[2].at(i, 1));
      } else {
        table->pending_checks.emplace(results[2].at(i, 3), results[2].at(i, 1));
      }
    }
  }
  for (std::size_t i = 0; i < results[3].rows.size(); ++i) {
    for (auto* table : by_oid[number(results[3], i, 0)]) table->indexes.push_back(split(results[3].at(i, 1)));
  }
  for (std::size_t i = 0; i < results[4].rows.size(); ++i)
    live.constrained_domains_.insert(results[4].at(i, 0));
  for (std::size_t i = 0; i < results[5].rows.size(); ++i) {
    for (auto* table : by_oid[number(results[5], i, 0)]) {
      table->partitions.push_back({{results[5].at(i, 1), results[5].at(i, 2)},
                                   {results[5].at(i, 3), results[5].at(i, 4)},
                                   results[5].at(i, 5) == "t"});
    }
  }
  for (std::size_t i = 0; i < results[6].rows.size(); ++i) {
    live.objects_.emplace(results[6].at(i, 2),
                          Object{results[6].at(i, 0), results[6].at(i, 1), results[6].at(i, 3) == "t"});
  }
  return live;
}

}  // namespace bigocean::sql::lint
