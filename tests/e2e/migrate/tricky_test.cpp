// The tricky SQL files of tests/fixtures through the real binary: in a transaction, and cut into statements.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/e2e/migrate/fixture.hpp"

namespace tricky_test {

using namespace bigocean::test;

namespace {

struct Fixture {
  std::string name, text;
  std::string table() const { return "t" + name.substr(0, 2); }
};

std::vector<Fixture> fixtures() {
  std::vector<Fixture> found;
  for (const auto& entry : std::filesystem::directory_iterator(BIGOCEAN_SOURCE_DIR "/tests/fixtures/sql")) {
    const std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    found.push_back({entry.path().filename(), text.str()});
  }
  std::sort(found.begin(), found.end(), [](const Fixture& a, const Fixture& b) { return a.name < b.name; });
  return found;
}

/// Every file makes a table of its own number, with rows in which `got` has to equal `want`.
void check_tables(const Scene& scene, const std::vector<Fixture>& files) {
  for (const auto& file : files) {
    CAPTURE(file.name);
    const auto rows = scene.rows(
        "SELECT count(*), count(*) FILTER (WHERE got IS DISTINCT FROM want) FROM public." + file.table());
    CHECK(rows.at(0).at(1) == "0");
    // Rows are the proof; 13 and 36 among others make theirs by what is being tested.
    CHECK(std::stoi(rows.at(0).at(0)) > 0);
  }
}

}  // namespace

TEST_CASE("the tricky files run as they are") {
  const Scene scene;
  const auto files = fixtures();
  CHECK(files.size() >= 30);
  for (const auto& file : files) scene.file(file.name, file.text);
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  check_tables(scene, files);
  CHECK(scene.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0");
  CHECK(scene.value("SELECT count(*) FROM bigocean.migrations WHERE state = 'applied'") ==
        std::to_string(files.size()));
  const auto verified = scene.migrate({"verify"});
  CHECK_MESSAGE(verified.exit_code == 0, said(verified));
  // The history has kept every text as it was applied.
  CHECK(scene.value(
            "SELECT count(*) FROM bigocean.migrations m WHERE checksum <> encode(sha256(convert_to((SELECT"
            " string_agg(body, '' ORDER BY part) FROM bigocean.migration_texts t WHERE t.name = m.name),"
            " 'UTF8')), 'hex')") == "0");
}

TEST_CASE("the tricky files run statement by statement") {
  const Scene scene;
  auto files = fixtures();
  // These mean something only inside one transaction, or have a mark of their own.
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const Fixture& file) {
                               return contains(file.text, "SAVEPOINT") || contains(file.text, "SET LOCAL") ||
                                      contains(file.text, "migrate:up");
                             }),
              files.end());
  CHECK(files.size() >= 30);
  for (const auto& file : files) {
    const bool bom = file.text.starts_with("\xef\xbb\xbf");
    scene.file(file.name, "-- migrate:up transaction:false\n" + file.text.substr(bom ? 3 : 0));
  }
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  check_tables(scene, files);
  CHECK(scene.value("SELECT count(*) FROM bigocean.migrations WHERE state <> 'applied'") == "0");
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_steps") == "0");
}

}  // namespace tricky_test
