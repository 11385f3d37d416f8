// What holds for every question of check-db --deep: it only reads, locks nothing, waits for nobody, has a
// limit, and says what it could not see.
#include <set>

#include "tests/integration/sql/check_deep_support.hpp"

namespace check_deep_rules_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;

namespace {

/// The SQL that --explain prints for this server.
std::string explained_sql(std::string_view id, int major) {
  const auto explained = sql::explain_check(id, {}, default_settings());
  REQUIRE(explained.has_value());
  const auto& questions = explained->questions;
  return questions.size() > 1 && major < 17 ? questions[1].second : questions[0].second;
}

/// A schema with something for every row.
std::string small_schema(PrivatePostgres& server) {
  const auto url = server.create_database();
  query(url,
        "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (id serial PRIMARY KEY, r int REFERENCES r, v "
        "text);"
        "CREATE INDEX ON t (lower(v)) WHERE r > 0; CREATE INDEX ON t (lower(v)) WHERE r > 0; CREATE TABLE n "
        "(a int);"
        "CREATE SEQUENCE s; ALTER TABLE n ALTER a SET DEFAULT nextval('s');"
        "CREATE TABLE p (a int REFERENCES r) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p DEFAULT;"
        "CREATE INDEX ON p (a); INSERT INTO r SELECT generate_series(1, 100); INSERT INTO p SELECT id FROM r;"
        "INSERT INTO t (r, v) SELECT id, 'x' FROM r; ANALYZE");
  return url;
}

}  // namespace

TEST_CASE("check-db --deep: every row of the report, once and in order, with a threshold and its source") {
  const auto report = deep_report(shared_postgres().create_database(), {});
  std::vector<std::string_view> ids(sql::check_ids().begin(), sql::check_ids().end());
  for (const auto id : sql::deep_check_ids()) ids.push_back(id);
  CHECK(std::set<std::string_view>(ids.begin(), ids.end()).size() == ids.size());
  expect_ids(report, ids);
  CHECK(report.exit_code() == ExitCode::kDone);
  for (const auto id : sql::deep_check_ids()) {
    CAPTURE(id);
    const auto* row = report.find(id);
    REQUIRE(row->measure.has_value());
    CHECK_FALSE(row->measure->threshold.empty());
    CHECK_FALSE(row->measure->source.empty());
    CHECK(row->elapsed.has_value());
    CHECK_FALSE(row->observed.empty());
    // What is new, and what no server of the tests has.
    const bool may_be_skipped = id == "unused_indexes" || id == "slow_statements";
    CHECK((row->level != CheckLevel::kSkipped || may_be_skipped));
  }
}

TEST_CASE(
    "check-db --deep: the SQL that --explain prints is what is asked, and takes no lock above ACCESS SHARE") {
  PostgresOptions options;
  options.settings = {{"shared_preload_libraries", "pg_stat_statements"}};
  PrivatePostgres server(options);
  const auto url = small_schema(server);
  query(url, "CREATE EXTENSION pg_stat_statements");
  for (const auto id : sql::deep_check_ids()) {
    CAPTURE(id);
    Session session(url);
    session.run("BEGIN READ ONLY");
    const auto rows = session.run(explained_sql(id, server.major()));
    CHECK_FALSE(rows.empty());
    for (const auto& row : rows) CHECK(row.size() == 4);
    const auto locks = session.run(
        "SELECT DISTINCT mode || ' on ' || relation::regclass FROM pg_locks WHERE pid = "
        "pg_backend_pid() AND locktype = 'relation' AND mode <> 'AccessShareLock'");
    CHECK_MESSAGE(locks.empty(), locks[0][0]);
  }
  for (const char* id : {"ownership", "invalid_indexes", "archiving", "replication_slots"})
    CHECK_NOTHROW(query(url, explained_sql(id, server.major())));
}

TEST_CASE("check-db --deep: a table that is locked by somebody else makes nothing wait") {
  auto& server = shared_postgres();
  const auto url = small_schema(server);
  Session holder(url);
  holder.run("BEGIN");
  holder.run("LOCK TABLE r, t, n, p IN ACCESS EXCLUSIVE MODE");
  holder.run("ALTER SEQUENCE s NO CYCLE");  // what nextval() waits for
  const auto begin = std::chrono::steady_clock::now();
  const auto ids = sql::deep_check_ids();
  const auto report = deep_report(url, {ids.begin(), ids.end()});
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
  CHECK(report.find("sequences")->level == CheckLevel::kOk);
  for (const auto id : ids) {
    CAPTURE(id);
    const auto* row = report.find(id);
    REQUIRE(row != nullptr);
    CAPTURE(row->observed);
    const bool may_be_skipped = id == "unused_indexes" || id == "slow_statements";
    CHECK((row->level != CheckLevel::kSkipped || may_be_skipped));
  }
}

TEST_CASE("check-db --deep: sequences are judged as without it, though read under another lock") {
  const auto url = shared_postgres().create_database();
  query(url,
        "CREATE TABLE t (id serial, other serial); SELECT setval('t_id_seq', 2000000000);"
        "CREATE SEQUENCE down INCREMENT -1 MINVALUE -10 MAXVALUE -1; SELECT setval('down', -9);"
        "CREATE ROLE deep_counter LOGIN; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO deep_counter");
  auto settings = default_settings();
  settings.database.url = config::Secret(url);
  const auto usual = sql::check(settings, nullptr), deep = deep_report(url, {"durability"});
  CHECK(deep.find("sequences")->level == CheckLevel::kWarn);
  CHECK(deep.find("sequences")->observed == usual.find("sequences")->observed);
  CHECK(deep.find("sequences")->remedy == usual.find("sequences")->remedy);
  // The right to call nextval() is not the one to read.
  const auto database = query(url, "SELECT current_catalog")[0][0];
  const auto counter = deep_report(shared_postgres().url(database, "deep_counter"), {"durability"});
  CHECK(counter.find("sequences")->level == CheckLevel::kSkipped);
  CHECK(counter.find("sequences")->observed == "3 are hidden from this role");
}

TEST_CASE("check-db --deep: a question that takes too long is skipped, and the next one is asked") {
  const auto url = shared_postgres().create_database();
  const auto database = query(url, "SELECT current_catalog")[0][0];
  // The question of blocking_chains reads pg_locks, and finds one that takes five seconds.
  query(
      url,
      "CREATE SCHEMA first; CREATE VIEW first.pg_locks AS SELECT l.* FROM pg_catalog.pg_locks l, pg_sleep(5);"
      "ALTER DATABASE " +
          database + " SET search_path = first, pg_catalog, public");
  const std::vector<std::string> asked{"blocking_chains", "durability"};
  const auto report = deep_report(url, asked, {}, 300ms);
  CHECK(report.find("blocking_chains")->level == CheckLevel::kSkipped);
  CHECK(report.find("blocking_chains")->observed == "the question took longer than 300ms");
  CHECK(report.find("durability")->level == CheckLevel::kWarn);

  // A role's own limit stays where it is stricter.
  query(url, "CREATE ROLE deep_hasty LOGIN SUPERUSER; ALTER ROLE deep_hasty SET statement_timeout = '400ms'");
  const auto hasty = deep_report(shared_postgres().url(database, "deep_hasty"), asked);
  CHECK(hasty.find("blocking_chains")->observed == "the question took longer than 400ms");
  CHECK(hasty.find("durability")->level == CheckLevel::kWarn);
  query(url, "DROP ROLE deep_hasty");
}

TEST_CASE(
    "check-db --deep: a role that may see little gets its answers, and the number of those it cannot have") {
  auto& server = shared_postgres();
  const auto url = small_schema(server);
  query(url, "CREATE ROLE deep_blind LOGIN");
  const auto database = query(url, "SELECT current_catalog")[0][0];
  const auto report = deep_report(server.url(database, "deep_blind"), {});
  std::string skipped;
  for (const auto& row : report.checks) {
    if (row.level != CheckLevel::kSkipped || !row.measure) continue;
    skipped += row.id + " ";
    CHECK_MESSAGE(!row.remedy.empty(), row.id);
  }
  CHECK(skipped ==
        "unused_indexes sequence_columns long_queries slow_statements archive_backlog memory_settings "
        "worker_settings ");
  CHECK(report.reason().find(std::to_string(report.count(CheckLevel::kSkipped)) + " skipped: ") !=
        std::string::npos);
}

TEST_CASE("check-db --deep: behind a transaction pooler no setting stays in the session") {
  const auto url = shared_postgres().create_database();
  const auto database = query(url, "SELECT current_catalog")[0][0];
  const PrivatePgBouncer pooler(shared_postgres(), "transaction");
  const auto report = deep_report(pooler.url(database), {"durability", "blocking_chains"});
  CHECK(report.find("durability")->level == CheckLevel::kWarn);
  CHECK(query(pooler.url(database), "SHOW statement_timeout")[0][0] == "0");
  CHECK(query(pooler.url(database), "SHOW jit")[0][0] == query(url, "SHOW jit")[0][0]);
}

}  // namespace check_deep_rules_test
