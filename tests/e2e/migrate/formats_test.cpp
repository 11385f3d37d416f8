// The formats of other tools on the real binary: new in each, positions, down, transactions, order,
// detection.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/migrate/adopt_case.hpp"

namespace formats_test {

using namespace bigocean::test;

namespace {

/// What `new` makes, for a tool's folder or in a format.
struct Made {
  const char* which;
  const char* path;
};

/// What `new` prints, as a path below the folder, the stamp written as STAMP.
std::string new_file(const Scene& scene, const Arguments& more = {}) {
  Arguments arguments{"new", "Add E-Mail"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto done = scene.migrate(arguments);
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  if (done.exit_code != 0) return {};
  const auto path = done.out.substr(scene.folder().size() + 1, done.out.size() - scene.folder().size() - 2);
  return std::regex_replace(path, std::regex("20\\d{2}-\\d\\d-\\d\\d-\\d{6}|20\\d{12}(\\d{3})?|\\d{13}"),
                            "STAMP");
}

}  // namespace

TEST_CASE("new writes the next file in the folder's own format, and the folder can still be read") {
  for (const auto& made :
       {Made{"dbmate", "STAMP_add_e_mail.sql"}, Made{"golang-migrate", "11_add_e_mail.up.sql"},
        Made{"goose", "00004_add_e_mail.sql"}, Made{"Flyway", "V1.11__add_e_mail.sql"},
        Made{"drizzle", "0001_add_e_mail.sql"}, Made{"Prisma", "STAMP_add_e_mail/migration.sql"},
        Made{"diesel", "STAMP_add_e_mail/up.sql"}, Made{"sqlx", "21_add_e_mail.sql"},
        Made{"node-pg-migrate", "STAMP_add-e-mail.sql"}}) {
    CAPTURE(made.which);
    const Scene scene;
    set_up(scene, adopt_case(made.which));
    CHECK(new_file(scene) == made.path);
    const auto adopt = scene.migrate({"adopt", "--apply"});
    CHECK_MESSAGE(adopt.exit_code == 0, said(adopt));
    const auto up = scene.migrate();
    CHECK_MESSAGE(up.exit_code == 0, said(up));
    CHECK(contains(scene.history(), "mail"));
  }
}

TEST_CASE("new in an empty folder, in the format that is asked for") {
  for (const auto& made :
       {Made{"auto", "STAMP_add_e_mail.sql"}, Made{"golang-migrate", "STAMP_add_e_mail.up.sql"},
        Made{"goose", "STAMP_add_e_mail.sql"}, Made{"flyway", "V1__add_e_mail.sql"},
        Made{"drizzle", "0000_add_e_mail.sql"}, Made{"prisma", "STAMP_add_e_mail/migration.sql"},
        Made{"diesel", "STAMP_add_e_mail/up.sql"}, Made{"sqlx", "STAMP_add_e_mail.sql"},
        Made{"node-pg-migrate", "STAMP_add-e-mail.sql"}}) {
    CAPTURE(made.which);
    const Scene scene;
    CHECK(new_file(scene, {"--format", made.which}) == made.path);
    const auto up = scene.migrate({"--format", made.which});
    CHECK_MESSAGE(up.exit_code == 0, said(up));
  }
}

TEST_CASE("new adds to drizzle's journal what drizzle wants there, and keeps what is") {
  const Scene scene;
  set_up(scene, adopt_case("drizzle"));
  CHECK(new_file(scene) == "0001_add_e_mail.sql");
  const auto journal = nlohmann::json::parse(scene.read("meta/_journal.json"));
  REQUIRE(journal["entries"].size() == 2);
  CHECK(journal["entries"][0]["tag"] == "0000_swift_owl");
  CHECK(journal["entries"][1]["tag"] == "0001_add_e_mail");
  CHECK(journal["entries"][1]["idx"] == 1);
  CHECK(journal["entries"][1]["when"] > journal["entries"][0]["when"]);
}

TEST_CASE("an error is placed in the file as it lies there") {
  struct Row {
    const char* name;
    std::string text;
    const char* place;
  };
  for (const auto& row :
       {Row{"1_x.sql",
            "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\nSELECT x;\n",
            "1_x.sql:5:8"},
        Row{"1_x.sql", "-- note\n-- Up Migration\nSELECT x;\n-- Down Migration\n", "1_x.sql:3:8"},
        Row{"V1__x.sql", "SELECT 1;\r\nSELECT x;\r\n", "V1__x.sql:2:8"},
        Row{"1_x/up.sql", "SELECT 1;\nSELECT x;\n", "1_x/up.sql:2:8"}}) {
    const Scene scene;
    scene.file(row.name, row.text);
    const auto done = scene.migrate();
    CHECK_MESSAGE(done.exit_code == 5, said(done));
    CHECK_MESSAGE(contains(done.err, row.place), said(done));
  }
  const Scene scene;
  scene.file("meta/_journal.json", "{\"entries\": [{\"idx\": 0, \"when\": 1, \"tag\": \"first\"}]}");
  scene.file("first.sql", "SELECT 1\n--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\nSELECT x");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 5, said(done));
  CHECK_MESSAGE(contains(done.err, "first.sql:4:8"), said(done));
}

TEST_CASE("down runs the down part of each format; also by the text that was kept") {
  struct Row {
    std::vector<std::pair<std::string, std::string>> files;
    bool is_kept;  // the down part stands in the file itself
  };
  const std::string up = "CREATE TABLE t (n int);\n", down = "DROP TABLE t;\n";
  for (const auto& row : {Row{{{"1_t.sql", "-- +goose Up\n" + up + "-- +goose Down\n" + down}}, true},
                          Row{{{"1_t.sql", "-- Up Migration\n" + up + "-- Down Migration\n" + down}}, true},
                          Row{{{"V1__t.sql", up}, {"U1__t.sql", down}}, false},
                          Row{{{"1_t/up.sql", up}, {"1_t/down.sql", down}}, false}}) {
    CAPTURE(row.files.front().first);
    const Scene scene;
    for (const auto& [name, text] : row.files) scene.file(name, text);
    REQUIRE(scene.migrate().exit_code == 0);
    if (row.is_kept) scene.remove(row.files.front().first);
    const auto done = scene.migrate({"down", "--yes"});
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK_FALSE(scene.has_table("t"));
    CHECK(scene.history().empty());
  }
}

TEST_CASE("each format's own way to say: no transaction") {
  struct Row {
    std::vector<std::pair<std::string, std::string>> files;
    const char* format;
  };
  for (const auto& row :
       {Row{{{"1_x.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n"}}, "goose"},
        Row{{{"1_x.sql", "-- no-transaction\nSELECT 1;\n"}}, "sqlx"},
        Row{{{"1_x/up.sql", "SELECT 1;\n"}, {"1_x/metadata.toml", "run_in_transaction = false # why\n"}},
            "diesel"},
        Row{{{"V1__x.sql", "SELECT 1;\n"}, {"V1__x.sql.conf", "executeInTransaction=false\n"}}, "flyway"},
        Row{{{"1_x.up.sql", "-- bigocean: transaction:false\nSELECT 1;\n"}}, "golang-migrate"}}) {
    CAPTURE(row.format);
    const Scene scene;
    for (const auto& [name, text] : row.files) scene.file(name, text);
    const auto done = scene.migrate({"plan"});
    CHECK_MESSAGE(contains(done.out, "statement by statement: the file says transaction:false"), said(done));
    CHECK_MESSAGE(contains(done.out, std::string("note      format ") + row.format + ": "), said(done));
  }
}

TEST_CASE("each tool's order is kept; --to and baseline count by it") {
  const Scene scene;
  scene.file("V2__c.sql", "CREATE TABLE c AS TABLE b;");
  scene.file("V1.10__b.sql", "CREATE TABLE b AS TABLE a;");
  scene.file("V1.9.1__a.sql", "CREATE TABLE a (n int);");
  CHECK(scene.migrate({"--to", "1.10"}).exit_code == 0);
  CHECK(scene.history() == "V1.9.1__a V1.10__b");
  const auto again = scene.migrate({"baseline", "2"});
  CHECK_MESSAGE(again.exit_code == 0, said(again));
  CHECK(scene.history() == "V1.9.1__a V1.10__b V2__c");
  scene.file("V1.9.2__late.sql", "SELECT 1;");
  const auto late = scene.migrate({"--strict-order"});
  CHECK_MESSAGE(late.exit_code == 6, said(late));
  CHECK(scene.migrate({"down", "--to", "1.10", "--yes"}).exit_code == 0);
  CHECK(scene.history() == "V1.9.1__a V1.10__b");

  const Scene journal;
  journal.file(
      "meta/_journal.json",
      R"({"entries": [{"idx": 1, "when": 2, "tag": "apple"}, {"idx": 0, "when": 1, "tag": "zebra"}]})");
  // As drizzle's migrator does: in the order of the list, whatever its numbers.
  journal.file("apple.sql", "CREATE TABLE a (n int);");
  journal.file("zebra.sql", "CREATE TABLE z AS TABLE a;");
  const auto up = journal.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(journal.history() == "apple zebra");
}

TEST_CASE("the format is said where it is not ours, and can be chosen in every way a setting can") {
  Scene scene;
  scene.file("1_x.sql", "-- +goose Up\nSELECT 1;\n");
  CHECK(contains(scene.migrate().out, "note      format goose: 1_x.sql begins with `-- +goose Up`\n"));
  CHECK_FALSE(contains(scene.migrate({"--quiet"}).out, "format"));
  CHECK_FALSE(contains(scene.migrate({"--format", "goose"}).out, "format"));
  scene.environment["BIGOCEAN_MIGRATE_FORMAT"] = "dbmate";
  const auto ours = scene.migrate();
  CHECK_MESSAGE(ours.exit_code == 2, said(ours));
  CHECK(contains(ours.err, "is a mark of goose"));

  const Scene native;
  native.file("1_x.sql", "-- migrate:up\nSELECT 1;\n");
  CHECK_FALSE(contains(native.migrate().out, "format"));
  CHECK(contains(native.migrate({"--verbose"}).out, "format native: 1_x.sql begins with `-- migrate:up`"));
}

}  // namespace formats_test
