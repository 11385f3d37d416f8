// What the server shows after a statement: locks, rewrites, scans, what is gone and what is new.
#include "sql/preview/observation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bigocean::sql::preview {
namespace {

constexpr std::string_view kSnapshotSql =
    "WITH l AS MATERIALIZED (SELECT relation, array_to_string(array_agg(mode), ',') AS modes FROM pg_locks"
    " WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted GROUP BY relation)"
    " SELECT c.oid, n.nspname, c.relname, c.relkind, coalesce(i.indrelid, 0), "
    "coalesce(pg_relation_filenode(c.oid), 0),"
    " coalesce(pg_stat_get_xact_numscans(c.oid), 0), coalesce(l.modes, '')"
    " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN pg_index AS i ON "
    "i.indexrelid = c.oid"
    " LEFT JOIN l ON l.relation = c.oid"
    " WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND n.nspname <> 'information_schema' AND n.nspname NOT "
    "LIKE 'pg\\_%' AND (c.oid <= {0} OR i.indrelid <= {0})";

/// Whether one of the modes is what SELECT, SELECT FOR UPDATE, or INSERT, UPDATE and DELETE take. ALTER TABLE
/// takes none of them.
bool uses_rows(std::string_view modes) {
  return modes.find("AccessShareLock") != modes.npos || modes.find("RowShareLock") != modes.npos ||
         modes.find("RowExclusiveLock") != modes.npos;
}

bool is_index(const Relation& relation) { return relation.kind == 'i' || relation.kind == 'I'; }

}  // namespace

Snapshot take_snapshot(Connection& connection, std::int64_t newest) {
  const auto rows = connection.execute(fmt::format(kSnapshotSql, newest));
  Snapshot snapshot;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    snapshot.emplace(std::stoll(rows.at(i, 0)),
                     Relation{rows.at(i, 1), rows.at(i, 2), rows.at(i, 3)[0], std::stoll(rows.at(i, 4)),
                              std::stoll(rows.at(i, 5)), std::stoll(rows.at(i, 6)),
                              strongest_mode(rows.at(i, 7)), uses_rows(rows.at(i, 7))});
  }
  return snapshot;
}

std::vector<Effect> effects_of(const Snapshot& before, const Snapshot& after,
                               const std::set<std::int64_t>& existing) {
  std::map<std::int64_t, Effect> effects;
  const auto effect_on = [&](std::int64_t oid) -> Effect& {
    auto& effect = effects[oid];
    if (const auto known = before.find(oid); known != before.end()) {
      effect.schema = known->second.schema;
      effect.name = known->second.name;
    }
    return effect;
  };
  for (const auto& [oid, was] : before) {
    if (!existing.contains(oid)) continue;
    const auto now = after.find(oid);
    const auto table = is_index(was) ? was.table : oid;
    if (now == after.end()) {
      auto& effect = effect_on(table);
      if (table != oid) continue;  // an index: its table still shows the lock
      effect.mode = LockMode::kAccessExclusive;
      effect.dropped = true;
      continue;
    }
    const auto& is = now->second;
    if (is.mode > was.mode && !is_index(was)) effect_on(oid).mode = is.mode;
    if (is.file != was.file && existing.contains(table))
      (is_index(was) ? effect_on(table).index_built : effect_on(table).rewritten) = true;
    if (is.scans > was.scans && !is_index(was)) effect_on(oid).scanned = true;
  }
  for (const auto& [oid, is] : after) {
    // The index of a partitioned table has no rows itself; those of its partitions are there, too.
    if (before.contains(oid) || is.kind != 'i' || !existing.contains(is.table)) continue;
    effect_on(is.table).index_built = true;
  }
  std::vector<Effect> list;
  for (auto& [oid, effect] : effects) {
    // A lock that the transaction had before is the one under which this statement works.
    if (const auto now = after.find(oid); now != after.end()) {
      effect.mode = std::max(effect.mode, now->second.mode);
      effect.reads_or_writes = now->second.used;
    }
    list.push_back(std::move(effect));
  }
  return list;
}

}  // namespace bigocean::sql::preview
