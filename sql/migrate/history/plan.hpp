// The files compared with the history: what is applied, pending, edited, half done, or unknown here. A pure
// function.
#pragma once

#include <string>
#include <vector>

#include "sql/migrate/history/history.hpp"
#include "sql/migrate/source/file.hpp"

namespace bigocean::sql::migrate {

enum class FileState {
  kApplied,
  kPending,
  kEdited,     ///< applied with another text than the one here
  kRunning,    ///< begun outside a transaction and not finished
  kReverting,  ///< the same, going down
  kAhead,      ///< applied, and not among the files here
  kCovered  ///< not applied and not to be applied: a baseline migration stands for it, or it is an unused one
};

/// "applied", "pending", "edited", "half applied", "half reverted", "ahead", "covered".
std::string_view file_state_name(FileState state);

struct PlannedFile {
  std::string name;
  FileState state = FileState::kPending;
  const Migration* migration = nullptr;  ///< null when ahead; owned by the caller of make_plan
  std::string recorded_checksum;         ///< empty when pending
  bool out_of_order = false;             ///< pending, and older than the newest applied one
};

struct Plan {
  std::vector<PlannedFile> files;  ///< in the order in which they run

  std::vector<const PlannedFile*> with(FileState state) const;
  bool has(FileState state) const { return !with(state).empty(); }
};

/// The difference of two sets by full name; order, which is that of `migrations`, only decides what comes
/// first. Of baseline migrations one counts at most: the one that the history has, or the newest where the
/// history is empty. It covers what has no version above its own.
Plan make_plan(const std::vector<Migration>& migrations, const std::vector<HistoryRow>& history);

}  // namespace bigocean::sql::migrate
