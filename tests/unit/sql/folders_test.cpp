// Fifty folders: which entries are migrations, in what order, and that no entry is left uncounted.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "sql/migrate/formats/directory.hpp"
#include "sql/migrate/formats/format.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/temp_dir.hpp"

namespace folders_test {

using namespace bigocean::sql::migrate;
using bigocean::config::MigrationFormat;
using bigocean::test::FolderCase;
using bigocean::test::TempDir;

namespace {

MigrationFormat format_named(const std::string& name) {
  for (int id = 0;; ++id) {
    const auto format = static_cast<MigrationFormat>(id);
    if (format != MigrationFormat::kAuto && format_of(format).name == name) return format;
  }
}

void lay_out(const TempDir& dir, const FolderCase& folder) {
  for (const auto& [path, text] : folder.files) {
    if (path.ends_with('/')) {
      std::filesystem::create_directories(dir.path() + "/" + path);
    } else {
      dir.write(path, text);
    }
  }
}

std::string names_of(const std::vector<Migration>& migrations) {
  std::string names;
  for (const Migration& migration : migrations) names += (names.empty() ? "" : " ") + migration.name;
  return names;
}

}  // namespace

TEST_CASE("each of fifty folders is read as its tool reads it, and every entry is accounted for") {
  CHECK(bigocean::test::folder_cases().size() >= 50);
  for (const FolderCase& expected : bigocean::test::folder_cases()) {
    CAPTURE(expected.name);
    const TempDir dir;
    lay_out(dir, expected);
    Inventory inventory;
    std::vector<Migration> migrations;
    std::string error;
    try {
      Folder folder(dir.path());
      const Format* format = expected.named ? &format_of(format_named(expected.format))
                                            : choose_format(folder, MigrationFormat::kAuto).format;
      CHECK(format->name == expected.format);
      migrations = read_folder(folder, *format, &inventory);
    } catch (const bigocean::base::Error& refusal) {
      CHECK(refusal.code == bigocean::base::ExitCode::kUsage);
      CHECK_FALSE(refusal.hint.empty());
      error = refusal.message;
    }
    CHECK(names_of(migrations) == expected.migrations);
    if (expected.error.empty()) {
      CHECK(error == "");
    } else {
      CHECK_MESSAGE(error.find(expected.error) != std::string::npos, error);
      continue;
    }
    std::string others;
    for (const OtherEntry& other : inventory.others)
      others += fmt::format("{}{} ({})", others.empty() ? "" : ", ", other.entry, other.reason);
    CHECK(others == expected.others);
    CHECK(inventory.used + inventory.others.size() == inventory.entries);
    const auto laid_out = std::count_if(expected.files.begin(), expected.files.end(), [](const auto& file) {
      return file.first.find("/.") == std::string::npos;
    });
    CHECK(inventory.entries == static_cast<std::size_t>(laid_out));
  }
}

TEST_CASE("a sum that does not come out is an error of ours, never silence") {
  Inventory inventory;
  inventory.entries = 2;
  inventory.used = 1;
  CHECK_THROWS_AS(inventory.check(), bigocean::base::Error);
  inventory.others.push_back({"README.md", "not SQL", false});
  inventory.check();
  inventory.migrations = 1;
  CHECK(inventory_text(inventory) == "2 entries: 1 belong to 1 migrations, 1 to none: README.md (not SQL)");
  CHECK(passed_over_text(inventory).empty());
}

TEST_CASE("links, pipes and folders that cannot be read are accounted for") {
  const TempDir dir;
  dir.write("V1__a.sql", "select 1;");
  std::filesystem::create_directory(dir.path() + "/up");
  std::filesystem::create_directory_symlink("..", dir.path() + "/up/loop");
  std::filesystem::create_symlink("nowhere", dir.path() + "/dangling.txt");
  std::filesystem::create_symlink("V1__a.sql", dir.path() + "/V2__b.sql");
  std::filesystem::create_directory(dir.path() + "/x");
  std::filesystem::create_directory(dir.path() + "/x/y");
  Inventory inventory;
  Folder folder(dir.path());
  const auto migrations = read_folder(folder, kFlywayFormat, &inventory);
  CHECK(names_of(migrations) == "V1__a V2__b");
  CHECK(inventory.entries == 5);
  CHECK(inventory.others.size() == 3);
}

}  // namespace folders_test
