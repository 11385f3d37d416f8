// The files compared with the history: what is applied, pending, edited, half done, or unknown here. A pure
// function.
#include "sql/migrate/history/plan.hpp"

#include <algorithm>
#include <unordered_map>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

FileState state_of(const Migration& migration, const HistoryRow& row) {
  if (row.state == RowState::kRunning) return FileState::kRunning;
  if (row.state == RowState::kReverting) return FileState::kReverting;
  return row.checksum == migration.checksum ? FileState::kApplied : FileState::kEdited;
}

bool by_name(const PlannedFile& a, const PlannedFile& b) { return runs_before(a.name, b.name); }

/// Rows without a file are put where their name belongs; in a folder that is not ordered by name, last.
void add_ahead(Plan& plan, const std::unordered_map<std::string_view, const HistoryRow*>& rows) {
  const auto here = static_cast<std::ptrdiff_t>(plan.files.size());
  const bool named = std::is_sorted(plan.files.begin(), plan.files.end(), by_name);
  for (const auto& [name, row] : rows) {
    plan.files.push_back({std::string(name), FileState::kAhead, nullptr, row->checksum, false});
  }
  std::sort(plan.files.begin() + here, plan.files.end(), by_name);
  if (!named) return;
  for (auto& file : plan.files) {
    if (file.state == FileState::kPending && by_name(file, plan.files.back())) file.out_of_order = true;
  }
  std::inplace_merge(plan.files.begin(), plan.files.begin() + here, plan.files.end(), by_name);
}

/// As Flyway does: a baseline migration is for new databases, and is ignored if others were applied.
void cover(Plan& plan, bool history_is_empty) {
  const PlannedFile* chosen = nullptr;
  for (const PlannedFile& file : plan.files) {
    if (file.migration == nullptr || !file.migration->baseline) continue;
    if (file.state != FileState::kPending || history_is_empty) chosen = &file;
  }
  for (PlannedFile& file : plan.files) {
    if (file.state != FileState::kPending || &file == chosen) continue;
    const bool below =
        chosen != nullptr && !version_before(chosen->migration->version, file.migration->version);
    if (below || file.migration->baseline) file.state = FileState::kCovered;
  }
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
      return "ahead";
    case FileState::kCovered:
      break;
  }
  return "covered";
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
  for (const auto& row : history) rows.emplace(row.name, &row);
  Plan plan;
  plan.files.reserve(history.size() + migrations.size());
  std::size_t newest = 0;  // behind the last file that is not pending
  for (const auto& migration : migrations) {
    const auto found = rows.find(migration.name);
    if (found == rows.end()) {
      plan.files.push_back({migration.name, FileState::kPending, &migration, "", false});
    } else {
      plan.files.push_back(
          {migration.name, state_of(migration, *found->second), &migration, found->second->checksum, false});
      rows.erase(found);
      newest = plan.files.size();
    }
  }
  if (std::any_of(migrations.begin(), migrations.end(), [](const Migration& m) { return m.baseline; }))
    cover(plan, history.empty());
  for (std::size_t i = 0; i < newest; ++i)
    plan.files[i].out_of_order = plan.files[i].state == FileState::kPending;
  if (!rows.empty()) add_ahead(plan, rows);
  return plan;
}

}  // namespace bigocean::sql::migrate
