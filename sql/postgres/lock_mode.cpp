// PostgreSQL's modes of table locks: their names, and which of them exclude each other.
#include "sql/postgres/lock_mode.hpp"

#include <algorithm>
#include <array>

namespace bigocean::sql {
namespace {

struct ModeNames {
  std::string_view sql;
  std::string_view catalog;
};
constexpr std::array<ModeNames, 9> kModes{{{"no lock", ""},
                                           {"ACCESS SHARE", "AccessShareLock"},
                                           {"ROW SHARE", "RowShareLock"},
                                           {"ROW EXCLUSIVE", "RowExclusiveLock"},
                                           {"SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock"},
                                           {"SHARE", "ShareLock"},
                                           {"SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock"},
                                           {"EXCLUSIVE", "ExclusiveLock"},
                                           {"ACCESS EXCLUSIVE", "AccessExclusiveLock"}}};

/// For each mode the weakest one that it conflicts with; the matrix is monotonic except for SHARE, which does
/// not conflict with itself.
constexpr std::array<LockMode, 9> kConflictsFrom{LockMode::kNone,
                                                 LockMode::kAccessExclusive,
                                                 LockMode::kExclusive,
                                                 LockMode::kShare,
                                                 LockMode::kShareUpdateExclusive,
                                                 LockMode::kRowExclusive,
                                                 LockMode::kRowExclusive,
                                                 LockMode::kRowShare,
                                                 LockMode::kAccessShare};

std::size_t number(LockMode mode) { return static_cast<std::size_t>(mode); }

}  // namespace

std::string_view lock_mode_name(LockMode mode) { return kModes[number(mode)].sql; }

std::string_view lock_mode_catalog_name(LockMode mode) { return kModes[number(mode)].catalog; }

LockMode lock_mode_of(std::string_view catalog_name) {
  const auto found = std::find_if(kModes.begin(), kModes.end(),
                                  [&](const ModeNames& names) { return names.catalog == catalog_name; });
  return found == kModes.end() ? LockMode::kNone : static_cast<LockMode>(found - kModes.begin());
}

LockMode strongest_mode(std::string_view catalog_names) {
  auto strongest = LockMode::kNone;
  while (!catalog_names.empty()) {
    const auto name = catalog_names.substr(0, catalog_names.find(','));
    catalog_names.remove_prefix(std::min(name.size() + 1, catalog_names.size()));
    strongest = std::max(strongest, lock_mode_of(name));
  }
  return strongest;
}

bool conflicts(LockMode a, LockMode b) {
  if (a == LockMode::kNone || b == LockMode::kNone) return false;
  if (a == LockMode::kShare && b == LockMode::kShare) return false;
  return b >= kConflictsFrom[number(a)];
}

std::string_view who_waits(LockMode mode) {
  if (mode == LockMode::kAccessExclusive) return "readers and writers wait";
  if (is_strong(mode)) return "writers wait";
  return mode == LockMode::kShareUpdateExclusive ? "other schema changes wait" : "no session waits";
}

}  // namespace bigocean::sql
