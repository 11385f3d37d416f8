// Finds out from the catalogue whether an interrupted statement was done, if it cannot be atomic with the
// journal.
#include "sql/migrate/run/recovery.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::migrate {
namespace {

/// A statement read word by word, for the names in it.
class StatementReader {
 public:
  explicit StatementReader(std::string_view text) : scanner_(text) { advance(); }

  bool take(std::string_view word) {
    if (token_.kind != TokenKind::kWord || !base::equals_ignoring_case(scanner_.slice(token_), word))
      return false;
    advance();
    return true;
  }
  /// Skips tokens until `word` was taken; false at the end.
  bool skip_past(std::string_view word) {
    while (token_.kind != TokenKind::kEnd) {
      if (take(word)) return true;
      advance();
    }
    return false;
  }
  /// A possibly qualified name as written, comments and spaces removed; empty when there is none here.
  std::string name() {
    std::string name;
    while (token_.kind == TokenKind::kWord || token_.kind == TokenKind::kQuoted) {
      name += scanner_.slice(token_);
      advance();
      if (token_.kind != TokenKind::kDot) break;
      name += '.';
      advance();
    }
    return name;
  }
  bool skip_parentheses() {
    if (token_.kind != TokenKind::kOpen) return false;
    while (token_.kind != TokenKind::kClose && token_.kind != TokenKind::kEnd) advance();
    advance();
    return true;
  }

 private:
  void advance() { token_ = scanner_.next(); }
  Scanner scanner_;
  Token token_;
};

struct IndexNames {
  std::string index;  // empty: the server chooses
  std::string table;
};

IndexNames read_index_build(std::string_view text) {
  StatementReader reader(text);
  reader.skip_past("CONCURRENTLY");
  if (reader.take("IF")) reader.skip_past("EXISTS");
  IndexNames names;
  if (!reader.take("ON")) {
    names.index = reader.name();
    reader.skip_past("ON");
  }
  reader.take("ONLY");
  names.table = reader.name();
  return names;
}

std::string read_name_after(std::string_view text, std::string_view word) {
  StatementReader reader(text);
  reader.skip_past(word);
  if (reader.take("IF")) reader.skip_past("EXISTS");
  return reader.name();
}

/// The list of a table's indexes as "oid,oid,…"; `only_invalid` for those that a failed build left.
constexpr std::string_view kIndexesOf =
    "SELECT coalesce(string_agg(indexrelid::text, ',' ORDER BY indexrelid), '') FROM pg_index WHERE indrelid "
    "= "
    "to_regclass({})";

std::string literal(Connection& connection, std::string_view text) { return connection.quote_literal(text); }

bool in_list(const std::string& list, const std::string& oid) {
  return ("," + list + ",").find("," + oid + ",") != std::string::npos;
}

struct FoundIndex {
  std::string oid, name;
  bool valid = false;
};

std::vector<FoundIndex> find_indexes(Connection& connection, const std::string& condition,
                                     const Connection::Limits& limits) {
  const auto rows = connection.execute(
      "SELECT indexrelid, indexrelid::regclass, indisvalid AND indisready AND indislive FROM pg_index "
      "WHERE " +
          condition,
      limits);
  std::vector<FoundIndex> found;
  for (std::size_t i = 0; i < rows.rows.size(); ++i)
    found.push_back({rows.at(i, 0), rows.at(i, 1), rows.at(i, 2) == "t"});
  return found;
}

void drop_index(Connection& connection, const std::string& name, const Connection::Limits& limits) {
  connection.execute(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", name), limits);
}

Outcome index_build_outcome(Connection& connection, std::string_view text, const std::string& before,
                            const Connection::Limits& limits, std::string& said) {
  const auto names = read_index_build(text);
  auto condition = fmt::format("indrelid = to_regclass({})", literal(connection, names.table));
  if (!names.index.empty()) {
    // The index lives in its table's schema; its own name is never qualified.
    condition += fmt::format(
        " AND indexrelid = (SELECT c.oid FROM pg_class c JOIN pg_class t ON t.relnamespace = c.relnamespace"
        " WHERE t.oid = to_regclass({}) AND c.relname = (parse_ident({}))[1])",
        literal(connection, names.table), literal(connection, names.index));
  }
  std::vector<FoundIndex> ours;
  for (auto& index : find_indexes(connection, condition, limits)) {
    if (!in_list(before, index.oid)) ours.push_back(std::move(index));
  }
  if (ours.empty()) return Outcome::kNotDone;
  if (ours.size() > 1) return Outcome::kUnknown;
  if (ours.front().valid) {
    said = fmt::format("index {} is complete", ours.front().name);
    return Outcome::kDone;
  }
  drop_index(connection, ours.front().name, limits);
  said = fmt::format("dropped the half-built index {}", ours.front().name);
  return Outcome::kNotDone;
}

Outcome reindex_outcome(Connection& connection, const std::string& before, const Connection::Limits& limits,
                        std::string& said) {
  for (const auto& index : find_indexes(
           connection, "NOT indisvalid AND indexrelid::regclass::text ~ '_cc(new|old)\\d*\"?$'", limits)) {
    if (in_list(before, index.oid)) continue;
    drop_index(connection, index.name, limits);
    said += fmt::format("{}dropped the leftover index {}", said.empty() ? "" : ", ", index.name);
  }
  return Outcome::kNotDone;  // a second REINDEX is harmless
}

std::string exists_query(Connection& connection, RecoveryKind kind, std::string_view text) {
  if (kind == RecoveryKind::kDatabase) {
    // datconnlimit -2 marks a database whose creation or removal was interrupted.
    return fmt::format(
        "SELECT count(*) FROM pg_database WHERE datname = (parse_ident({}))[1] AND datconnlimit <> -2",
        literal(connection, read_name_after(text, "DATABASE")));
  }
  return fmt::format("SELECT count(*) FROM pg_tablespace WHERE spcname = (parse_ident({}))[1]",
                     literal(connection, read_name_after(text, "TABLESPACE")));
}

Outcome object_outcome(Connection& connection, RecoveryKind kind, std::string_view text,
                       const std::string& before, const Connection::Limits& limits, std::string& said) {
  const bool creates = StatementReader(text).take("CREATE");
  const bool exists = connection.execute(exists_query(connection, kind, text), limits).at(0, 0) != "0";
  const bool existed = before != "0";
  if (creates && exists && !existed) {
    said = "it exists";
    return Outcome::kDone;
  }
  if (!creates && !exists && existed) {
    said = "it is gone";
    return Outcome::kDone;
  }
  if (creates && !exists && kind == RecoveryKind::kDatabase) {
    // Half created: only DROP DATABASE removes it. If it does not exist, nothing is dropped.
    connection.execute(fmt::format("DROP DATABASE IF EXISTS {}", read_name_after(text, "DATABASE")), limits);
  }
  return Outcome::kNotDone;
}

Outcome detach_outcome(Connection& connection, std::string_view text, const Connection::Limits& limits,
                       std::string& said) {
  StatementReader reader(text);
  reader.skip_past("TABLE");
  if (reader.take("IF")) reader.skip_past("EXISTS");
  const auto parent = reader.name();
  const auto partition = read_name_after(text, "PARTITION");
  const auto rows =
      connection.execute(fmt::format("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = "
                                     "to_regclass({}) AND inhparent = to_regclass({})",
                                     literal(connection, partition), literal(connection, parent)),
                         limits);
  if (rows.rows.empty()) {
    said = "the partition is detached";
    return Outcome::kDone;
  }
  if (rows.at(0, 0) != "t") return Outcome::kNotDone;
  connection.execute(fmt::format("ALTER TABLE {} DETACH PARTITION {} FINALIZE", parent, partition), limits);
  said = "finished the half-done detach";
  return Outcome::kDone;
}

/// Asks for the prepared transaction whose identifier, a literal, the statement has.
std::string prepared_query(std::string_view text) {
  const auto begin = text.find('\'');
  const auto end = text.rfind('\'');
  const auto identifier = begin == end ? std::string_view("''") : text.substr(begin, end - begin + 1);
  return fmt::format(
      "SELECT count(*) FROM pg_prepared_xacts WHERE gid = {} AND database = current_database()", identifier);
}

Outcome two_phase_outcome(Connection& connection, std::string_view text, const Connection::Limits& limits,
                          std::string& said) {
  const bool is_prepared = connection.execute(prepared_query(text), limits).at(0, 0) != "0";
  const bool prepares = StatementReader(text).take("PREPARE");
  if (is_prepared != prepares) return Outcome::kNotDone;
  said = prepares ? "the transaction is prepared" : "the prepared transaction has ended";
  return Outcome::kDone;
}

}  // namespace

RecoveryKind recovery_kind(const Statement& statement) {
  const auto& words = statement.words;
  const auto starts = [&](std::string_view prefix) { return words.starts_with(prefix); };
  if (starts("CREATE INDEX CONCURRENTLY") || starts("CREATE UNIQUE INDEX CONCURRENTLY"))
    return RecoveryKind::kIndexBuild;
  if (starts("DROP INDEX CONCURRENTLY")) return RecoveryKind::kIndexDrop;
  if (starts("REINDEX")) return RecoveryKind::kReindex;
  if (starts("CREATE DATABASE") || starts("DROP DATABASE")) return RecoveryKind::kDatabase;
  if (starts("CREATE TABLESPACE") || starts("DROP TABLESPACE")) return RecoveryKind::kTablespace;
  if (starts("ALTER TABLE") && statement.kind == StatementKind::kConcurrently) return RecoveryKind::kDetach;
  if (starts("PREPARE TRANSACTION") || starts("COMMIT PREPARED") || starts("ROLLBACK PREPARED"))
    return RecoveryKind::kTwoPhase;
  for (const auto repeatable :
       {"VACUUM", "ALTER SYSTEM", "CHECKPOINT", "CLUSTER", "DISCARD", "ALTER DATABASE"}) {
    if (starts(repeatable)) return RecoveryKind::kRepeatable;
  }
  return RecoveryKind::kNone;
}

std::string note_before(Connection& connection, RecoveryKind kind, std::string_view text) {
  switch (kind) {
    case RecoveryKind::kIndexBuild:
      return connection.execute(fmt::format(kIndexesOf, literal(connection, read_index_build(text).table)))
          .at(0, 0);
    case RecoveryKind::kReindex:
      return connection
          .execute(
              "SELECT coalesce(string_agg(indexrelid::text, ','), '') FROM pg_index WHERE NOT indisvalid")
          .at(0, 0);
    case RecoveryKind::kIndexDrop:
      return connection
          .execute(fmt::format("SELECT to_regclass({}) IS NOT NULL",
                               literal(connection, read_name_after(text, "CONCURRENTLY"))))
          .at(0, 0);
    case RecoveryKind::kDatabase:
    case RecoveryKind::kTablespace:
      return connection.execute(exists_query(connection, kind, text)).at(0, 0);
    case RecoveryKind::kDetach:
    case RecoveryKind::kTwoPhase:
    case RecoveryKind::kRepeatable:
    case RecoveryKind::kNone:
      break;
  }
  return {};
}

Outcome recover_outcome(Connection& connection, RecoveryKind kind, std::string_view text,
                        const std::string& before, const Connection::Limits& limits, std::string& said) {
  switch (kind) {
    case RecoveryKind::kIndexBuild:
      return index_build_outcome(connection, text, before, limits, said);
    case RecoveryKind::kIndexDrop: {
      const auto name = read_name_after(text, "CONCURRENTLY");
      const auto found = connection.execute(
          fmt::format("SELECT to_regclass({}) IS NULL", literal(connection, name)), limits);
      if (before != "t" || found.at(0, 0) != "t") return Outcome::kNotDone;
      said = fmt::format("index {} is gone", name);
      return Outcome::kDone;
    }
    case RecoveryKind::kReindex:
      return reindex_outcome(connection, before, limits, said);
    case RecoveryKind::kDatabase:
    case RecoveryKind::kTablespace:
      return object_outcome(connection, kind, text, before, limits, said);
    case RecoveryKind::kDetach:
      return detach_outcome(connection, text, limits, said);
    case RecoveryKind::kTwoPhase:
      return two_phase_outcome(connection, text, limits, said);
    case RecoveryKind::kRepeatable:
      return Outcome::kNotDone;
    case RecoveryKind::kNone:
      break;
  }
  return Outcome::kUnknown;
}

std::string invalid_index_of(Connection& connection, std::string_view text) {
  const auto names = read_index_build(text);
  auto condition =
      fmt::format("NOT indisvalid AND indrelid = to_regclass({})", literal(connection, names.table));
  if (!names.index.empty()) {
    condition +=
        fmt::format(" AND (SELECT relname FROM pg_class WHERE oid = indexrelid) = (parse_ident({}))[1]",
                    literal(connection, names.index));
  }
  const auto found = find_indexes(connection, condition, {});
  return found.empty() ? std::string{} : found.front().name;
}

}  // namespace bigocean::sql::migrate
