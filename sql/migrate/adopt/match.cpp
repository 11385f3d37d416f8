// Another tool's history against the files: which ones it applied, and everything that does not fit.
#include "sql/migrate/adopt/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "sql/migrate/formats/common.hpp"
#include "sql/migrate/source/folder.hpp"

namespace bigocean::sql::migrate {
namespace {

using Candidates = std::vector<const Migration*>;

constexpr std::size_t kStampDigits = 14;  // 20260131120000
constexpr std::size_t kMillisecondDigits = 3;
constexpr std::uint64_t kSecondsMax = 253'402'300'799;  // the year 9999

/// The first 14 digits of a time in milliseconds since 1970, written as a UTC date; "" for other keys.
std::string second_of(const std::string& milliseconds) {
  if (milliseconds.size() <= kMillisecondDigits || leading_digits(milliseconds) != milliseconds) return {};
  const auto seconds = base::parse_digits(
      std::string_view(milliseconds).substr(0, milliseconds.size() - kMillisecondDigits), kSecondsMax);
  if (!seconds) return {};
  return utc_stamp(std::chrono::system_clock::time_point(std::chrono::seconds(*seconds)));
}

class Matcher {
 public:
  Matcher(const ForeignTool& tool, const std::vector<Migration>& migrations,
          const std::vector<JournalEntry>& journal)
      : tool_(tool), migrations_(migrations) {
    for (const Migration& migration : migrations) {
      if (migration.baseline) continue;
      by_key_[tool.key == ForeignKey::kVersion ? canonical_version(migration.version) : migration.name]
          .push_back(&migration);
      if (tool.key == ForeignKey::kJournal && journal.empty())
        by_second_[migration.name.substr(0, kStampDigits)].push_back(&migration);
    }
    for (const JournalEntry& entry : journal) {
      if (const auto found = by_key_.find(entry.tag); found != by_key_.end())
        by_key_[std::to_string(entry.when)] = found->second;
    }
  }

  HistoryMatch match(const std::vector<ForeignRow>& rows) {
    for (const ForeignRow& row : rows) judge_row(row);
    HistoryMatch matched{{}, std::move(faults_)};
    for (const Migration& migration : migrations_) {
      if (applied_.count(&migration) > 0) matched.applied.push_back(&migration);
    }
    return matched;
  }

 private:
  using Reach = ForeignRow::Reach;

  void judge_row(const ForeignRow& row) {
    if (row.failed) return fault(row, tool_.failure);
    if (row.reach == Reach::kBaselineFile) {
      for (const Migration& migration : migrations_) {
        if (migration.baseline && canonical_version(migration.version) == canonical_version(row.key))
          return take(migration, row.hash);
      }
    }
    if (row.reach != Reach::kOne) {
      for (const Migration& migration : migrations_) {
        if (!migration.baseline && !version_before(row.key, migration.version)) applied_.insert(&migration);
      }
      if (row.reach != Reach::kUpTo) return;
    }
    const auto found = candidates(row);
    if (found.empty())
      return fault(row, "has no file here; restore it from version control, or name its folder with --dir");
    if (found.size() > 1) {
      return fault(row, fmt::format("may be {} or {}; renumber the one that was not applied", found[0]->path,
                                    found[1]->path));
    }
    take(*found.front(), row.hash);
  }

  /// As drizzle 1.0 does for rows without a name: by the second in the folder's name, by the hash where
  /// several share it or none has it.
  Candidates candidates(const ForeignRow& row) const {
    const auto found = by_key_.find(tool_.key == ForeignKey::kVersion ? canonical_version(row.key) : row.key);
    if (found != by_key_.end()) return found->second;
    const auto second = tool_.key == ForeignKey::kJournal ? second_of(row.key) : "";
    if (second.empty() || by_second_.empty()) return {};
    Candidates all;
    if (const auto same = by_second_.find(second); same != by_second_.end()) {
      if (same->second.size() == 1) return same->second;
      all = same->second;
    } else {
      for (const auto& [stamp, migrations] : by_second_)
        all.insert(all.end(), migrations.begin(), migrations.end());
    }
    Candidates fitting;
    std::copy_if(all.begin(), all.end(), std::back_inserter(fitting), [&](const Migration* migration) {
      return hash_fits(tool_.hash, read_bytes(migration->path), row.hash);
    });
    return fitting;
  }

  void take(const Migration& migration, const std::string& hash) {
    applied_.insert(&migration);
    if (hash.empty() || hash_fits(tool_.hash, read_bytes(migration.path), hash)) return;
    faults_.push_back(fmt::format(
        "{}: was edited after {} applied it ({} differs); restore the text as it was applied, and "
        "write a new migration for the change",
        migration.path, tool_.name, hash_name(tool_.hash)));
  }

  void fault(const ForeignRow& row, std::string_view what) {
    faults_.push_back(fmt::format("{}: entry {} {}", tool_.name, row.key, what));
  }

  const ForeignTool& tool_;
  const std::vector<Migration>& migrations_;
  std::map<std::string, Candidates> by_key_;
  std::map<std::string, Candidates> by_second_;  // of drizzle's folders
  std::set<const Migration*> applied_;
  std::vector<std::string> faults_;
};

}  // namespace

HistoryMatch match(const ForeignTool& tool, const std::vector<ForeignRow>& rows,
                   const std::vector<Migration>& migrations, const std::vector<JournalEntry>& journal) {
  return Matcher(tool, migrations, journal).match(rows);
}

}  // namespace bigocean::sql::migrate
