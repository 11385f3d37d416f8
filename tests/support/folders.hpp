// Fifty folders of migrations, laid out like real ones, each with what its tool makes of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bigocean::test {

struct FolderCase {
  std::string name;
  std::string format;  ///< what `auto` finds
  std::vector<std::pair<std::string, std::string>>
      files;               ///< path and text; a path that ends in '/': a folder
  std::string migrations;  ///< names in the order in which they run, a blank between
  std::string others;      ///< "README.md (not SQL), …": entries that are no migration
  std::string error{};     ///< a part of the refusal; then there are no migrations
  std::string sql{};       ///< what psql has to run for the same catalogue; empty: not compared
  bool named = false;      ///< the format has to be named, auto finds another one
};

const std::vector<FolderCase>& folder_cases();

}  // namespace bigocean::test
