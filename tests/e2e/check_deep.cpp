// The real binary: check-db --deep and check-redis --deep, their rows, JSON, thresholds and explanations.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "tests/support/json_schema.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test::check_deep {
namespace {

using Json = nlohmann::json;

Finished check(const std::string& command, std::vector<std::string> flags, const std::string& url = {}) {
  const TempDir empty;
  ProcessOptions options;
  options.working_directory = empty.path();
  if (!url.empty()) options.environment = {{command == "check-db" ? "DATABASE_URL" : "REDIS_URL", url}};
  flags.insert(flags.begin(), {BIGOCEAN_BINARY, command});
  return run(flags, options);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Json document_of(const Finished& finished) {
  CAPTURE(finished.out);
  const Json document = Json::parse(finished.out);
  CHECK(JsonSchema("check.schema.json").check(document) == "");
  CHECK(document["exit_code"] == finished.exit_code);
  std::size_t skipped = 0;
  for (const auto& row : document["checks"]) skipped += row["level"] == "skipped" ? 1U : 0U;
  CHECK(document["skipped"] == skipped);
  return document;
}

Json row_of(const Json& document, const std::string& id) {
  for (const auto& row : document["checks"])
    if (row["id"] == id) return row;
  return {};
}

}  // namespace

TEST_CASE("check-db --deep: rows for people, and the same as JSON") {
  const auto url = shared_postgres().create_database();
  query(url, "CREATE TABLE keyless (a int)");
  const std::vector<std::string> flags{"--deep", "--waive", "migrations:not this folder's"};
  const auto rows = check("check-db", flags, url);
  CAPTURE(rows.out);
  CHECK(rows.exit_code == 0);
  CHECK(has(rows.out, "  warn     primary_keys                keyless (expected every table has one)  ["));
  CHECK(
      has(rows.out, "\n                                       source: PostgreSQL's manual, Primary Keys: "));
  CHECK(
      has(rows.out, "\n                                       -> ALTER TABLE keyless ADD COLUMN id bigint "));
  CHECK(has(rows.out,
            "\n                                       limit: under 60 s; source: pgHero's "
            "long_running_query_sec\n"));
  CHECK(has(rows.out, "2 skipped: unused_indexes slow_statements"));

  auto json_flags = flags;
  json_flags.push_back("--json");
  const auto document = document_of(check("check-db", json_flags, url));
  CHECK(document["skipped"] == 2);
  const auto keys = row_of(document, "primary_keys");
  CHECK(keys["threshold"]["text"] == "every table has one");
  CHECK(keys["findings"].size() == 1);
  CHECK(keys["findings"][0]["object"] == "keyless");
  CHECK(keys["findings"][0]["figure"].is_null());
  query(url, keys["findings"][0]["remedy"]);
  CHECK(
      document_of(check("check-db", {"--deep", "--only", "primary_keys", "--json"}, url))["checks"].size() ==
      1);
  const auto mended = check("check-db", {"--deep", "--only", "primary_keys"}, url);
  CHECK(has(mended.out, "ok       primary_keys  none of 1"));
  CHECK_FALSE(row_of(document, "version").contains("threshold"));
  CHECK_FALSE(has(check("check-db", {}, url).out, "primary_keys"));
}

TEST_CASE("check-db --deep: --strict, --threshold and --waive decide what counts") {
  const auto url = shared_postgres().create_database();
  query(url, "CREATE TABLE t (a int); CREATE INDEX u ON t (a)");
  const auto code = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"--deep", "--only", "unused_indexes"});
    return check("check-db", flags, url).exit_code;
  };
  CHECK(code({"--strict"}) == 0);                                     // skipped: too young to tell
  CHECK(code({"--strict", "--threshold", "unused_indexes=0"}) == 0);  // too small
  CHECK(code({"--strict", "--threshold", "unused_indexes=0,0"}) == 10);
  CHECK(code({"--threshold", "unused_indexes=0,0"}) == 0);
  CHECK(code({"--strict", "--threshold", "unused_indexes=0,0", "--waive", "unused_indexes:for June"}) == 0);
}

TEST_CASE("--explain says why, with the threshold that is given, and its SQL runs as it is") {
  const auto explained = check("check-db", {"--explain", "dead_rows", "--threshold", "dead_rows=35,7"});
  CAPTURE(explained.out);
  CHECK(explained.exit_code == 0);
  CHECK(has(explained.out, "Why        dead rows are read by every scan"));
  CHECK(has(explained.out, "Expected   under 35 % or under 7 of a table"));
  CHECK(has(explained.out, "Option     --threshold dead_rows=35,7"));
  const auto sql = explained.out.substr(explained.out.find("\nSQL:\n") + 6);
  CHECK(has(sql, "dead >= 7"));
  CHECK_FALSE(query(shared_postgres().url(), sql).empty());
  const auto usual = check("check-db", {"--explain", "sequences"});
  CHECK(has(usual.out, "Source     the setting check.sequence_percent_max"));
  const auto commands = check("check-redis", {"--explain", "slow_log"});
  CHECK(commands.exit_code == 0);
  CHECK(has(commands.out, "\nCommands:\n\nSLOWLOG GET 128\n"));
}

TEST_CASE("wrong words with --deep and its companions are usage errors that say what to write") {
  struct Row {
    std::string command;
    std::vector<std::string> flags;
    const char* says;
  };
  for (const Row& row : std::vector<Row>{
           {"check-db", {"--only", "dead_rows"}, "`dead_rows` is asked with --deep only"},
           {"check-db", {"--waive", "dead_rows:known"}, "`dead_rows` is asked with --deep only"},
           {"check-redis", {"--threshold", "slow_log=5"}, "`slow_log` is asked with --deep only"},
           {"check-db",
            {"--deep", "--threshold", "dead_rows"},
            "`dead_rows` is not ID=LIMIT or ID=LIMIT,FLOOR"},
           {"check-db", {"--deep", "--threshold", "dead_rows=-1"}, "is not ID=LIMIT"},
           {"check-db", {"--deep", "--threshold", "dead_row=1"}, "did you mean `dead_rows`?"},
           {"check-db", {"--deep", "--threshold", "version=1"}, "there is no check `version`"},
           {"check-db", {"--explain", "dead_row"}, "did you mean `dead_rows`?"},
           {"check-db", {"--explain", "version"}, "`version` has no question of its own"},
           {"check-db", {"--explain", "dead_rows", "--json"}, "--json excludes --explain"},
           {"check-redis", {"--explain", "dead_rows"}, "there is no check `dead_rows`"},
       }) {
    const auto done =
        check(row.command, row.flags,
              row.command == "check-db" ? "postgresql://a@127.0.0.1:1/a" : "redis://127.0.0.1:1");
    CAPTURE(done.err);
    CHECK(done.exit_code == 2);
    CHECK(has(done.err, row.says));
    CHECK(done.out.empty());
  }
}

TEST_CASE("check-redis --deep: rows for people, and the same as JSON") {
  const PrivateRedis server;
  const auto rows = check("check-redis", {"--deep"}, server.url());
  CAPTURE(rows.out);
  CHECK(rows.exit_code == 0);
  CHECK(has(rows.out, "ok       large_keys"));
  CHECK(has(rows.out, "none of 0 of 0 keys"));
  CHECK(has(rows.out, "source: Redis's own MEMORY DOCTOR"));
  const auto document = document_of(check("check-redis", {"--deep", "--json"}, server.url()));
  CHECK(document["skipped"] == 0);
  CHECK(row_of(document, "slow_log")["threshold"]["limit"] == 10);
}

TEST_CASE("the deep checks have no rows where nothing can be asked") {
  const auto done = check("check-db", {"--deep", "--json"},
                          "postgresql://a@127.0.0.1:" + std::to_string(free_port()) + "/a");
  CHECK(done.exit_code == 7);
  CHECK(row_of(document_of(done), "dead_rows").is_null());
}

}  // namespace bigocean::test::check_deep
