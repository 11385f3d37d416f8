// Another tool's history against the files: which ones it applied, and everything that does not fit.
#include "sql/migrate/adopt/judge.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/error.hpp"
#include "sql/migrate/folder.hpp"
#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

class Judge {
 public:
  Judge(const ForeignTool& tool, const std::vector<Migration>& migrations,
        const std::vector<JournalEntry>& journal)
      : tool_(tool), migrations_(migrations) {
    for (const Migration& migration : migrations) {
      by_key_[tool.key == ForeignKey::kVersion ? canonical_version(migration.version) : migration.name]
          .push_back(&migration);
    }
    for (const JournalEntry& entry : journal) {
      if (const auto found = by_key_.find(entry.tag); found != by_key_.end())
        by_key_[std::to_string(entry.when)] = found->second;
    }
  }

  Judgement judge(const std::vector<ForeignRow>& rows) {
    for (const ForeignRow& row : rows) judge_row(row);
    Judgement judgement{{}, std::move(faults_)};
    for (const Migration& migration : migrations_) {
      if (applied_.count(&migration) > 0) judgement.applied.push_back(&migration);
    }
    return judgement;
  }

 private:
  void judge_row(const ForeignRow& row) {
    if (row.failed) return fault(row, tool_.failure);
    if (row.reach != ForeignRow::Reach::kOne) {
      for (const Migration& migration : migrations_) {
        if (!version_before(row.key, migration.version)) applied_.insert(&migration);
      }
      if (row.reach == ForeignRow::Reach::kBaseline) return;
    }
    const auto found = by_key_.find(tool_.key == ForeignKey::kVersion ? canonical_version(row.key) : row.key);
    if (found == by_key_.end())
      return fault(row, "has no file here; restore it from version control, or name its folder with --dir");
    if (found->second.size() > 1) {
      return fault(row, fmt::format("may be {} or {}; renumber the one that was not applied",
                                    found->second[0]->path, found->second[1]->path));
    }
    take(*found->second.front(), row.hash);
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
  std::map<std::string, std::vector<const Migration*>> by_key_;
  std::set<const Migration*> applied_;
  std::vector<std::string> faults_;
};

}  // namespace

Judgement judge(const ForeignTool& tool, const std::vector<ForeignRow>& rows,
                const std::vector<Migration>& migrations, const std::vector<JournalEntry>& journal) {
  return Judge(tool, migrations, journal).judge(rows);
}

}  // namespace bigocean::sql::migrate
