// Fifty folders of migrations, laid out like real ones.
#include "tests/support/folders.hpp"
#include "tests/support/folder_cases.hpp"

namespace bigocean::test {

const std::vector<FolderCase>& folder_cases() {
  static const std::vector<FolderCase> all = [] {
    std::vector<FolderCase> cases;
    for (auto make :
         {native_folders, folders_of_pairs, folders_with_marks, flyway_folders, folders_of_folders}) {
      for (auto& folder : make()) cases.push_back(std::move(folder));
    }
    return cases;
  }();
  return all;
}

}  // namespace bigocean::test
