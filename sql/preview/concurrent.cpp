// Statements that cannot be in a transaction: their locks are seen while they wait for a weak one.
#include "sql/preview/concurrent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace bigocean::sql::preview {
namespace {

constexpr std::chrono::milliseconds kLookPeriod{10};

std::string held_tables_sql(const Snapshot& snapshot, const std::set<std::int64_t>& existing,
                            Connection& observer) {
  std::string names;
  for (const auto& [oid, relation] : snapshot) {
    if (!existing.contains(oid) || (relation.kind != 'r' && relation.kind != 'p')) continue;
    names += (names.empty() ? "" : ", ") + observer.quote_identifier(relation.schema) + "." +
             observer.quote_identifier(relation.name);
  }
  return names.empty() ? std::string{} : "LOCK TABLE " + names + " IN ROW EXCLUSIVE MODE;";
}

/// What the session holds or waits for, by oid; empty while it does not wait.
std::map<std::int64_t, LockMode> locks_when_waiting(Connection& observer, int pid) {
  const auto rows = observer.execute(fmt::format(
      "SELECT l.relation, l.mode FROM pg_locks AS l WHERE l.pid = {} AND l.locktype = 'relation' AND EXISTS ("
      "SELECT FROM pg_locks AS w WHERE w.pid = {} AND NOT w.granted)",
      pid, pid));
  std::map<std::int64_t, LockMode> locks;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    auto& mode = locks[std::stoll(rows.at(i, 0))];
    mode = std::max(mode, lock_mode_of(rows.at(i, 1)));
  }
  return locks;
}

}  // namespace

std::vector<Effect> run_outside(Clone& clone, std::string_view sql, const std::set<std::int64_t>& existing,
                                const Connection::Limits& limits) {
  auto& connection = clone.connection();
  auto& observer = clone.observer();
  const auto newest = existing.empty() ? 0 : *existing.rbegin();
  const auto before = take_snapshot(connection, newest);
  observer.execute("BEGIN;" + held_tables_sql(before, existing, observer));
  std::map<std::int64_t, LockMode> seen;
  auto with_look = limits;
  with_look.on_wait_period = kLookPeriod;
  with_look.on_wait = [&, pid = connection.backend_pid()] {
    if (!observer.in_transaction()) return;
    seen = locks_when_waiting(observer, pid);
    if (!seen.empty()) observer.execute("COMMIT");
  };
  const auto let_go = [&] {
    if (observer.in_transaction()) observer.execute("COMMIT");
  };
  try {
    connection.execute(std::string(sql), with_look);
  } catch (...) {
    let_go();
    throw;
  }
  let_go();
  auto after = take_snapshot(connection, newest);
  auto effects = effects_of(before, after, existing);
  for (const auto& [oid, mode] : seen) {
    const auto known = before.find(oid);
    if (known == before.end() || !existing.contains(oid) || known->second.kind == 'i' ||
        known->second.kind == 'I')
      continue;
    const auto same = std::find_if(effects.begin(), effects.end(), [&](const Effect& effect) {
      return effect.schema == known->second.schema && effect.name == known->second.name;
    });
    if (same == effects.end()) {
      effects.push_back({known->second.schema, known->second.name, mode});
    } else {
      same->mode = std::max(same->mode, mode);
    }
  }
  return effects;
}

}  // namespace bigocean::sql::preview
