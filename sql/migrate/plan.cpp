// Files minus history: what is applied, pending, edited, half done, or unknown here. Pure.
#include "sql/migrate/plan.hpp"

#include <algorithm>
#include <unordered_map>

namespace bigocean::sql::migrate {
namespace {

FileState state_of(const Migration& migration, const HistoryRow& row) {
  if (row.state == RowState::kRunning) return FileState::kRunning;
  if (row.state == RowState::kReverting) return FileState::kReverting;
  return row.checksum == migration.checksum ? FileState::kApplied : FileState::kEdited;
}

}  // namespace

std::string_view file_state_name(FileState state) {
  switch (state) {
    case FileState::kApplied:
      return "applied";
    case FileState::kPending:
      return "pending";
    case FileState::kEdited:
      return "edited";
    case FileState::kRunning:
      return "half applied";
    case FileState::kReverting:
      return "half reverted";
    case FileState::kAhead:
      break;
  }
  return "ahead";
}

std::vector<const PlannedFile*> Plan::with(FileState state) const {
  std::vector<const PlannedFile*> found;
  for (const auto& file : files) {
    if (file.state == state) found.push_back(&file);
  }
  return found;
}

Plan make_plan(const std::vector<Migration>& migrations, const std::vector<HistoryRow>& history) {
  std::unordered_map<std::string_view, const HistoryRow*> rows;
  rows.reserve(history.size());
  const HistoryRow* newest = nullptr;
  for (const auto& row : history) {
    rows.emplace(row.name, &row);
    if (newest == nullptr || runs_before(newest->name, row.name)) newest = &row;
  }
  Plan plan;
  plan.files.reserve(migrations.size());
  for (const auto& migration : migrations) {
    const auto found = rows.find(migration.name);
    if (found == rows.end()) {
      const bool late = newest != nullptr && runs_before(migration.name, newest->name);
      plan.files.push_back({migration.name, FileState::kPending, &migration, "", late});
    } else {
      plan.files.push_back(
          {migration.name, state_of(migration, *found->second), &migration, found->second->checksum, false});
      rows.erase(found);
    }
  }
  for (const auto& [name, row] : rows) {
    plan.files.push_back({std::string(name), FileState::kAhead, nullptr, row->checksum, false});
  }
  if (!rows.empty()) {
    std::sort(plan.files.begin(), plan.files.end(),
              [](const PlannedFile& a, const PlannedFile& b) { return runs_before(a.name, b.name); });
  }
  return plan;
}

}  // namespace bigocean::sql::migrate
