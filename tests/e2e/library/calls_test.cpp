// The calls of the installed library, as a program makes them.
#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "bigocean/check.hpp"
#include "bigocean/migrate.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace calls_test {

using namespace bigocean;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

const std::vector<MigrationFile> kTwo{{"1_things.sql", "CREATE TABLE things (id bigint PRIMARY KEY);"},
                                      {"2_more.sql", "CREATE TABLE more (id bigint PRIMARY KEY);"}};

MigrateOptions options_for(const std::string& url, std::vector<MigrationFile> files = kTwo) {
  MigrateOptions options;
  options.database_url = url;
  options.files = [files = std::move(files)] { return files; };
  return options;
}

std::string new_database() { return test::shared_postgres().create_database(); }

ErrorCode code_of(const MigrateResult& result) {
  REQUIRE(result.error);
  return result.error->code;
}

}  // namespace

TEST_CASE("the status says what is pending, applied, edited and ahead") {
  auto options = options_for(new_database());
  CHECK(migration_status(options).pending == std::vector<std::string>{"1_things", "2_more"});
  options.to = "1";
  CHECK(migrate(options).applied.size() == 1);
  auto status = migration_status(options);
  CHECK(status.applied == std::vector<std::string>{"1_things"});
  CHECK(status.pending == std::vector<std::string>{"2_more"});
  CHECK_FALSE(status.current());
  options.to.clear();
  CHECK(migrate(options).ok());
  CHECK(migration_status(options).current());

  options.files = [] {
    return std::vector<MigrationFile>{{"1_things.sql", "CREATE TABLE things (id int);"}};
  };
  status = migration_status(options);
  CHECK(status.edited == std::vector<std::string>{"1_things"});
  CHECK(status.ahead == std::vector<std::string>{"2_more"});
  CHECK_FALSE(status.current());
  CHECK(code_of(migrate(options)) == ErrorCode::kHistoryConflict);
}

TEST_CASE("a failure leaves what was applied before it in the result") {
  const auto url = new_database();
  auto files = kTwo;
  files.push_back({"3_wrong.sql", "SELECT nothing FROM nowhere;"});
  files.push_back({"4_never.sql", "CREATE TABLE never (id bigint);"});
  const auto result = migrate(options_for(url, files));
  REQUIRE(result.applied.size() == 2);
  CHECK(result.applied[1].name == "2_more");
  CHECK(result.pending == 4);
  CHECK(result.failed == "3_wrong");
  CHECK(code_of(result) == ErrorCode::kSqlError);
  CHECK(result.error->sqlstate == "42P01");
  CHECK(contains(result.error->message, "3_wrong.sql:1:"));
  CHECK_FALSE(result.ok());
}

TEST_CASE("tables that no history explains stop the first run, unless the options allow it") {
  const auto url = new_database();
  test::query(url, "CREATE TABLE other (id bigint)");
  auto options = options_for(url);
  CHECK(code_of(migrate(options)) == ErrorCode::kHistoryConflict);
  options.new_history = true;
  CHECK(migrate(options).applied.size() == 2);
}

TEST_CASE("wrong options are an error of the caller, named by the option") {
  MigrateOptions options;
  CHECK(contains(migrate(options).error->message, "MigrateOptions::database_url"));
  options.database_url = new_database();
  CHECK(code_of(migrate(options)) == ErrorCode::kUsage);
  options.directory = "/nonexistent";
  CHECK(code_of(migrate(options)) == ErrorCode::kUsage);
  options.files = [] { return kTwo; };
  CHECK(contains(migrate(options).error->message, "either a directory or files"));

  auto broken = options_for(options.database_url);
  broken.lock_timeout = std::chrono::milliseconds(-5);
  CHECK(code_of(migrate(broken)) == ErrorCode::kUsage);
  CHECK(contains(migrate(broken).error->message, "MigrateOptions::lock_timeout"));
  broken = options_for(options.database_url);
  broken.files = []() -> std::vector<MigrationFile> { throw std::runtime_error("no disk"); };
  CHECK(code_of(migrate(broken)) == ErrorCode::kUsage);
  CHECK(contains(migrate(broken).error->message, "no disk"));
  CHECK(migration_status(broken).error);
  CHECK_FALSE(migration_status(broken).current());
}

TEST_CASE("files come from a folder as well") {
  const test::TempDir folder;
  folder.write("1_things.sql", "CREATE TABLE things (id bigint PRIMARY KEY);\n");
  MigrateOptions options;
  options.database_url = new_database();
  options.directory = folder.path();
  options.schema = "history";
  CHECK(migrate(options).applied.size() == 1);
  CHECK(test::query(options.database_url, "SELECT count(*) FROM history.migrations")[0][0] == "1");
}

TEST_CASE("what lint calls an error is refused, or applied with a warning where the options allow it") {
  const auto url = new_database();
  CHECK(migrate(options_for(url)).ok());
  test::query(url, "INSERT INTO things SELECT generate_series(1, 20000)");
  auto files = kTwo;
  files.push_back({"3_index.sql", "CREATE INDEX things_id ON things (id);"});
  auto options = options_for(url, files);
  const auto refused = migrate(options);
  CHECK(code_of(refused) == ErrorCode::kLintFindings);
  CHECK(contains(refused.error->message, "3_index.sql:1:1"));
  CHECK(refused.failed.empty());
  options.allow_unsafe = true;
  const auto applied = migrate(options);
  CHECK(applied.ok());
  REQUIRE(applied.warnings.size() == 1);
  CHECK(contains(applied.warnings[0], "index-not-concurrently"));
}

TEST_CASE("a stop ends a call from another thread, and undoes the file that ran") {
  const auto url = new_database();
  auto options = options_for(url, {{"1_slow.sql", "CREATE TABLE slow (id bigint); SELECT pg_sleep(60);"}});
  Stop stop;
  options.stop = &stop;
  std::thread other;
  const auto result = migrate(options, [&](const Event& event) {
    if (event.kind == EventKind::kFileStart) other = std::thread([&] { stop.request(); });
  });
  other.join();
  CHECK(code_of(result) == ErrorCode::kStopped);
  CHECK(result.failed == "1_slow");
  CHECK(test::query(url, "SELECT to_regclass('slow') IS NULL")[0][0] == "t");
  CHECK(code_of(migrate(options)) == ErrorCode::kStopped);
}

TEST_CASE("a call without a stop waits for a lock as long as its deadline says") {
  const auto url = new_database();
  CHECK(migrate(options_for(url)).ok());
  test::Session holder(url);
  holder.run("BEGIN; LOCK TABLE things IN ACCESS SHARE MODE");
  auto files = kTwo;
  files.push_back({"3_alter.sql", "ALTER TABLE things ADD COLUMN note text;"});
  auto options = options_for(url, files);
  options.deadline = std::chrono::milliseconds(2500);
  const auto began = std::chrono::steady_clock::now();
  const auto result = migrate(options);
  CHECK(code_of(result) == ErrorCode::kTableLockTimeout);
  CHECK(result.failed == "3_alter");
  CHECK(std::chrono::steady_clock::now() - began > std::chrono::milliseconds(2000));
}

TEST_CASE("two calls at once apply each file once") {
  const auto options = options_for(new_database());
  MigrateResult one, two;
  std::thread other([&] { one = migrate(options); });
  two = migrate(options);
  other.join();
  CHECK(one.ok());
  CHECK(two.ok());
  CHECK(one.applied.size() + two.applied.size() == 2);
}

TEST_CASE("checks return the rows of the command line") {
  CHECK(check_postgresql({.url = new_database()}).ok());
  const test::PrivateRedis redis;
  const auto checked = check_redis({.url = redis.url()});
  CHECK(checked.connected);
  CHECK(checked.checks.size() > 10);
  const auto away = check_postgresql({.url = "postgresql://app:secret@127.0.0.1:1/app"});
  CHECK_FALSE(away.ok());
  CHECK_FALSE(away.connected);
  CHECK_FALSE(contains(away.target, "secret"));
  CHECK(check_postgresql({}).error);
  CHECK(check_redis({.url = "nonsense"}).error->code == ErrorCode::kUsage);
}

}  // namespace calls_test
