// What the formats of other tools share: versions, hashes, detection.
#include "sql/migrate/formats/format.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "sql/migrate/adopt/foreign_hash.hpp"
#include "sql/migrate/formats/common.hpp"
#include "sql/migrate/history/plan.hpp"
#include "tests/support/temp_dir.hpp"

namespace formats_test {

using namespace bigocean::sql::migrate;
using bigocean::test::TempDir;

namespace {

/// "goose: 1_a.sql begins with …", or the message of the refusal with the folder's path as DIR.
std::string detected(const std::vector<std::pair<std::string, std::string>>& files) {
  const TempDir dir;
  for (const auto& [name, text] : files) dir.write(name, text);
  try {
    Folder folder(dir.path());
    const auto found = detect_format(folder);
    return std::string(found.format->name) + ": " + found.why;
  } catch (const bigocean::base::Error& error) {
    return "DIR" + error.message.substr(dir.path().size());
  }
}

}  // namespace

TEST_CASE("versions that are one number are one version") {
  CHECK(canonical_version("007") == "7");
  CHECK(canonical_version("0") == "0");
  CHECK(canonical_version("00000000000000") == "0");
  CHECK(canonical_version("1.02.0") == "1.2");
  CHECK(canonical_version("1.0.1") == "1.0.1");
  CHECK(canonical_version("0.0") == "0");
}

TEST_CASE("versions are compared part by part, as numbers") {
  for (const auto& [before, after] :
       std::vector<std::pair<const char*, const char*>>{{"1", "2"},
                                                        {"9", "10"},
                                                        {"1.2", "1.10"},
                                                        {"1", "1.1"},
                                                        {"1.9.9", "1.10"},
                                                        {"20260101000000", "20260101000001"}}) {
    CHECK(version_before(before, after));
    CHECK_FALSE(version_before(after, before));
  }
  CHECK_FALSE(version_before("1.0", "1"));
  CHECK_FALSE(version_before("1", "1.0"));
}

TEST_CASE("hashes of other tools: published values, and line ends that do not matter") {
  const std::string sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const std::string sha384 =
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7";
  CHECK(hash_fits(ForeignHash::kSha256, "abc", sha256));
  CHECK_FALSE(hash_fits(ForeignHash::kSha256, "abd", sha256));
  CHECK(hash_fits(ForeignHash::kSha384, "abc", sha384));
  CHECK_FALSE(hash_fits(ForeignHash::kSha384, "abc\n", sha384));
  // CRC-32's check value, 0xCBF43926, as Java has it in an int.
  CHECK(hash_fits(ForeignHash::kFlywayCrc32, "123456789", "-873187034"));
  CHECK(hash_fits(ForeignHash::kFlywayCrc32,
                  "\xEF\xBB\xBF"
                  "123\r\n456\n\n789\r",
                  "-873187034"));
  CHECK_FALSE(hash_fits(ForeignHash::kFlywayCrc32, "12345678", "-873187034"));
  // SHA-256 of "a\nb\n".
  const std::string lines = "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2";
  CHECK(hash_fits(ForeignHash::kSha256, "a\nb\n", lines));
  CHECK(hash_fits(ForeignHash::kSha256, "a\r\nb\r\n", lines));
  CHECK_FALSE(hash_fits(ForeignHash::kSha256, "a\rb\n", lines));
}

TEST_CASE("a folder's format is told by names, then by heads; two at once are refused") {
  const std::string journal = "{\"entries\": []}";
  CHECK(detected({}) == "native: ");
  CHECK(detected({{"1_a.sql", "select 1;"}, {"README.md", ""}, {"docs/x.txt", ""}}) == "native: ");
  CHECK(detected({{"1_a.sql", "-- why\n\n-- migrate:up\n"}}) ==
        "native: 1_a.sql begins with `-- migrate:up`");
  CHECK(detected({{"1_a.sql", "select 1;\n-- +goose Up\n"}}) == "native: ");
  CHECK(detected({{"1_a.sql", "select 1;"}, {"2_b.sql", "-- +GOOSE up\n"}}) ==
        "goose: 2_b.sql begins with `-- +GOOSE up`");
  CHECK(detected({{"1_a.go", ""}}) == "goose: 1_a.go is a program");
  CHECK(detected({{"1_a.go", ""}, {"2_b.sql", "select 1;"}}) == "native: ");
  CHECK(detected({{"1_a.ts", ""}}) == "node-pg-migrate: 1_a.ts is a program");
  CHECK(detected({{"1_a.sql", "----  UP   migration\n"}}) ==
        "node-pg-migrate: 1_a.sql begins with `----  UP   migration`");
  CHECK(detected({{"1_a.sql", "-- Up migration of x\n"}}) == "native: ");
  CHECK(detected({{"1_a.sql", "-- no-transaction\n"}}) == "sqlx: 1_a.sql begins with `-- no-transaction`");
  CHECK(detected({{"1_a.sql", "-- x\n-- no-transaction\n"}}) == "native: ");
  CHECK(detected({{"1_a.up.sql", ""}, {"1_a.down.sql", ""}}) ==
        "golang-migrate: all files are .up.sql or .down.sql");
  CHECK(detected({{"1_a.up.sql", ""}, {"2_b.sql", "select 1;"}}) == "native: ");
  CHECK(detected({{"V1__a.sql", ""}}) == "flyway: V1__a.sql is named as Flyway does");
  CHECK(detected({{"Vx__a.sql", ""}}) == "native: ");
  CHECK(detected({{"2026/q1/V1__a.sql", ""}, {"README.md", ""}}) ==
        "flyway: 2026/q1/V1__a.sql is named as Flyway does");
  CHECK(detected({{"views/V1__a.sql", ""}, {"1_a.sql", "select 1;"}}) == "native: ");
  CHECK(detected({{"1_a.sql", "-- Down migration: nothing to do\nselect 1;"}}) == "native: ");
  CHECK(detected({{"meta/_journal.json", journal}, {"0000_a.sql", "select 1;"}}) ==
        "drizzle: meta/_journal.json is there");
  CHECK(detected({{"1_a/migration.sql", ""}, {"2_b/migration.sql", ""}, {"2_b/snapshot.json", ""}}) ==
        "drizzle: 1_a/migration.sql is there, with snapshots");
  CHECK(detected({{"1_a/migration.sql", ""}, {"migration_lock.toml", ""}}) ==
        "prisma: migration_lock.toml is there");
  CHECK(detected({{"1_a/up.sql", ""}}) == "diesel: 1_a/up.sql is there");

  const std::string stamped = "20260101000000_a/migration.sql";
  CHECK(detected({{stamped, "create table a (n int);"}}) ==
        "DIR looks like drizzle (" + stamped + " is there) and like prisma (" + stamped + " is there)");
  CHECK(detected({{"1_a.sql", "-- migrate:up"}, {"2_b.sql", "-- Down Migration"}}) ==
        "DIR looks like native (1_a.sql begins with `-- migrate:up`) and like node-pg-migrate (2_b.sql "
        "begins with "
        "`-- Down Migration`)");
  CHECK(detected({{"1_a/up.sql", ""}, {"1_a.sql", "select 1;"}}) ==
        "DIR looks like diesel (1_a/up.sql is there) and like native (1_a.sql is a numbered file)");
}

TEST_CASE("the plan keeps the order it is given; what is only in the history stands by its name, or last") {
  const auto migration = [](const std::string& name) {
    Migration result;
    result.name = name;
    return result;
  };
  const auto names = [](const Plan& plan) {
    std::string all;
    for (const auto& file : plan.files) all += file.name + (file.out_of_order ? "! " : " ");
    return all;
  };
  const std::vector<Migration> journal{migration("zebra"), migration("apple"), migration("mole")};
  CHECK(names(make_plan(journal, {{"mole", "", {}}, {"bear", "", {}}})) == "zebra! apple! mole bear ");
  CHECK(names(make_plan(journal, {{"zebra", "", {}}})) == "zebra apple mole ");
  const std::vector<Migration> numbered{migration("1_a"), migration("3_c"), migration("5_e")};
  CHECK(names(make_plan(numbered, {{"4_d", "", {}}, {"1_a", "", {}}})) == "1_a 3_c! 4_d 5_e ");
}

}  // namespace formats_test
