// A folder as another migration tool leaves it, and the history that the tool keeps of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/e2e/migrate/fixture.hpp"

namespace bigocean::test {

/// Every tool has made the tables a and b; the file on top makes c. The history tables have the columns and
/// types of the tools' own documentation or source.
struct AdoptCase {
  std::string tool;                                        ///< as adopt names it
  std::string table;                                       ///< of its history
  std::vector<std::pair<std::string, std::string>> files;  ///< name and text
  std::string history;                                     ///< SQL that makes and fills the table
  std::vector<std::pair<std::string, std::string>> next;   ///< the files of a migration on top
  std::string adopted;                                     ///< names in bigocean's history, blanks between
  std::string name_of_next;
};

const std::vector<AdoptCase>& adopt_cases();
const AdoptCase& adopt_case(std::string_view tool);

/// The SQL of that number in the tool's section of docs/coming-from.md; empty when it has none.
std::string way_back(const std::string& tool, std::size_t number = 0);

/// The tables, the files and the history of a case.
void set_up(const Scene& scene, const AdoptCase& adopt);

}  // namespace bigocean::test
