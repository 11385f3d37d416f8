// Folders that real tools can read: what each tool makes of them, and what bigocean makes of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/e2e/migrate/folder_scene.hpp"
#include "tests/e2e/migrate/tools.hpp"
#include "tests/support/folders.hpp"

namespace folders_tools_test {

using namespace bigocean::test;

namespace {

bool any_file(const FolderCase& folder, const std::string& path) {
  return std::any_of(folder.files.begin(), folder.files.end(),
                     [&](const auto& file) { return file.first == path; });
}

/// dbmate runs files with both of its marks only.
bool is_for_dbmate(const FolderCase& folder) {
  return folder.format == "native" &&
         std::all_of(folder.files.begin(), folder.files.end(), [](const auto& file) {
           return !contains(file.first, ".sql") ||
                  (contains(file.second, "-- migrate:up") && contains(file.second, "\n-- migrate:down"));
         });
}

/// The folder through its own tool; false where that is not here.
bool run_its_tool(const Scene& scene, const FolderCase& folder) {
  if (is_for_dbmate(folder)) {
    run_tool(scene, "dbmate", {"--no-dump-schema", "--migrations-dir", scene.folder(), "migrate"},
             scene.folder());
  } else if (folder.format == "node-pg-migrate") {
    run_tool(scene, "node-pg-migrate", {"up", "--migrations-dir", scene.folder()}, scene.folder());
  } else if (folder.format == "drizzle") {
    const auto done =
        run_drizzle(scene, any_file(folder, "meta/_journal.json") ? "drizzle-orm" : "drizzle-orm-1");
    CHECK_MESSAGE(done.exit_code == 0, said(done));
  } else {
    return false;
  }
  scene.rows("DROP TABLE IF EXISTS schema_migrations, pgmigrations");
  return true;
}

}  // namespace

TEST_CASE("a folder makes the same catalogue with its own tool and with bigocean") {
  std::size_t compared = 0;
  for (const auto& folder : folder_cases()) {
    if (!folder.error.empty()) continue;
    CAPTURE(folder.name);
    const Scene theirs;
    lay_out(theirs, folder.files);
    if (!run_its_tool(theirs, folder)) continue;
    const Scene ours;
    lay_out(ours, folder.files);
    const auto up = ours.migrate();
    CHECK_MESSAGE(up.exit_code == 0, said(up));
    CHECK(catalogue(ours) == catalogue(theirs));
    ++compared;
  }
  CHECK(compared >= 8);
}

TEST_CASE("what a tool refuses is refused here too") {
  const std::string a = "CREATE TABLE a (n int);\n";
  const Scene drizzle;
  drizzle.file("meta/_journal.json", R"({"entries": [{"idx": 0, "when": 1, "tag": "0000_a"}]})");
  CHECK(run_drizzle(drizzle, "drizzle-orm").exit_code != 0);
  CHECK(drizzle.migrate().exit_code == 2);
}

}  // namespace folders_tools_test
