// What the checks share on the command line: --only, --waive, --strict, --json, and the output on a terminal.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/json_schema.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test::check_flags {
namespace {

using Json = nlohmann::json;

Finished check_db(const std::string& url, std::vector<std::string> flags) {
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", url}};
  flags.insert(flags.begin(), {BIGOCEAN_BINARY, "check-db"});
  return run(flags, options);
}

Json document_of(const Finished& finished) {
  const Json document = Json::parse(finished.out);
  CHECK(JsonSchema("check.schema.json").check(document) == "");
  CHECK(document["exit_code"] == finished.exit_code);
  return document;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("--only, --waive and --strict decide what counts, and the report says so") {
  const auto url = shared_postgres().create_database();  // its one warning: migrations are pending
  struct Row {
    std::vector<std::string> flags;
    int exit_code;
    const char* verdict;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {{}, 0, "warn", "1 warning: migrations"},
           {{"--strict"}, 10, "fail", "migrations: behind"},
           {{"--strict", "--waive", "migrations:first deploy"}, 0, "ok", "1 waived: migrations"},
           {{"--strict", "--only", "version,encoding"}, 0, "ok", "2 checks ok"},
           {{"--version-min", "99"}, 10, "fail", "version: "},
           {{"--version-min", "99", "--waive", "version:a test: of floors"}, 0, "warn", "1 waived: version"},
           {{"--version-min", "99", "--only", "version", "--waive", "version:known"}, 0, "ok", "0 checks ok"},
       }) {
    auto flags = row.flags;
    flags.push_back("--json");
    const auto done = check_db(url, flags);
    CAPTURE(done.out);
    CAPTURE(done.err);
    CHECK(done.exit_code == row.exit_code);
    const Json document = document_of(done);
    CHECK(document["verdict"] == row.verdict);
    CHECK(has(document["reason"].get<std::string>(), row.reason));
  }
  const auto shown = check_db(url, {"--waive", "migrations:first deploy"});
  CHECK(has(shown.out, "waived: first deploy"));
  const Json only = document_of(check_db(url, {"--only", "version", "--json"}));
  CHECK(only["checks"].size() == 1);
}

TEST_CASE("--only never hides why there is no connection, and no waiver mends it") {
  const auto url = "postgresql://app@127.0.0.1:" + std::to_string(free_port()) + "/app";
  const auto done = check_db(url, {"--only", "version", "--json"});
  CHECK(done.exit_code == 7);
  CHECK(document_of(done)["checks"][0]["id"] == "tcp");
}

TEST_CASE("wrong ids and waivers without a reason are usage errors that suggest") {
  struct Row {
    std::vector<std::string> flags;
    const char* says;
  };
  for (const Row& row : std::vector<Row>{
           {{"--only", "migratoins"}, "no check `migratoins` (did you mean `migrations`?)"},
           {{"--only", "version,nothing-like-it"}, "no check `nothing-like-it`; there are resolve, tcp"},
           {{"--waive", "clok:drifts"}, "did you mean `clock`?"},
           {{"--waive", "clock"}, "give a reason: --waive 'clock:REASON'"},
           {{"--waive", "clock: "}, "give a reason"},
           {{"--waive", "tcp:no network"}, "nothing can be checked without `tcp`"},
       }) {
    const auto done = check_db("postgresql://app@127.0.0.1:1/app", row.flags);
    CAPTURE(done.err);
    CHECK(done.exit_code == 2);
    CHECK(has(done.err, row.says));
    CHECK(done.out.empty());
  }
}

TEST_CASE("on Railway the remedy is the command that sets the variable there") {
  for (const auto& [command, variable] :
       {std::pair{"check-db", "DATABASE_URL"}, std::pair{"check-redis", "REDIS_URL"}}) {
    const bool database = std::string(command) == "check-db";
    ProcessOptions options;
    options.environment = {{"RAILWAY_ENVIRONMENT_NAME", "production"},
                           {variable, std::string(database ? "postgresql" : "redis") +
                                          "://127.0.0.1:" + std::to_string(free_port())}};
    const auto done = run({BIGOCEAN_BINARY, command}, options);
    CHECK(done.exit_code == 7);
    CHECK(has(done.out, "railway variable set '" + std::string(variable) + "=${{" +
                            (database ? "Postgres." : "Redis.") + variable +
                            "}}' --service bigocean, and name " + variable + " in .railway/railway.ts"));
  }
}

TEST_CASE("a terminal gets marks, colour and aligned columns, with the reason in the last line") {
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", shared_postgres().create_database()}};
  const auto terminal =
      run({"script", "-qec", BIGOCEAN_BINARY " check-db --only version,migrations", "/dev/null"}, options);
  CAPTURE(terminal.out);
  CHECK(terminal.exit_code == 0);
  CHECK(has(terminal.out, "\x1b[32m✓ ok     \x1b[0m  version     "));
  CHECK(has(terminal.out, "\x1b[33m! warn   \x1b[0m  migrations  "));
  CHECK(has(terminal.out, "\x1b[1;32mready\x1b[0m: 1 check ok, 1 warning: migrations"));
  options.environment["NO_COLOR"] = "1";
  const auto plain =
      run({"script", "-qec", BIGOCEAN_BINARY " check-db --only version,migrations", "/dev/null"}, options);
  CHECK_FALSE(has(plain.out, "\x1b["));
}

}  // namespace bigocean::test::check_flags
