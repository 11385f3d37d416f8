// Lints texts as if they were files, for the tests of lint.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sql/lint/lint.hpp"

namespace bigocean::test {

/// Pending files of the given texts; the jobs live as long as it does.
class Pending {
 public:
  explicit Pending(const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      const auto name = std::to_string(migrations_.size() + 1) + ".sql";
      migrations_.push_back(
          std::make_unique<sql::migrate::Migration>(sql::migrate::parse_migration(name, name, text)));
      jobs_.push_back(
          std::make_unique<sql::migrate::Job>(*migrations_.back(), sql::migrate::Direction::kUp, 0, 0));
      files_.push_back(sql::lint::read_file(*jobs_.back()));
    }
  }
  const std::vector<sql::lint::File>& files() const { return files_; }

 private:
  std::vector<std::unique_ptr<sql::migrate::Migration>> migrations_;
  std::vector<std::unique_ptr<sql::migrate::Job>> jobs_;
  std::vector<sql::lint::File> files_;
};

/// "file:line rule" for each finding.
inline std::vector<std::string> found(const std::vector<std::string>& texts,
                                      const sql::lint::Options& options = {}) {
  const Pending pending(texts);
  std::vector<std::string> result;
  for (const auto& finding : sql::lint::lint(pending.files(), options)) {
    result.push_back(finding.path + ":" + std::to_string(finding.place.line) + " " +
                     std::string(finding.rule->id));
  }
  return result;
}

}  // namespace bigocean::test
