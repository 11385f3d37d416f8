// `migrate plan` tries files in an empty copy of the schema: files that no parser can judge, each with the
// verdict that the server's answers give, or "unknown" where an empty copy cannot know.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace preview_test {

using namespace bigocean::test;
using Json = nlohmann::json;

namespace {

/// What the live database has: tables with rows, a partitioned table, functions, a trigger, a domain, an
/// enum.
constexpr const char* kLive =
    "CREATE TABLE users (id bigint PRIMARY KEY, name text, age int, parent bigint);"
    "INSERT INTO users SELECT n, 'n', n FROM generate_series(1, 1000) n;"
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total numeric(10, 2));"
    "INSERT INTO orders SELECT n, n FROM generate_series(1, 1000) n;"
    "CREATE TABLE bare (id bigint);"
    "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);"
    "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
    "INSERT INTO events SELECT n, '2026-05-05' FROM generate_series(1, 1000) n;"
    "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
    "CREATE FUNCTION add_note(t text) RETURNS void LANGUAGE plpgsql AS"
    " $$BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN note text', t); END$$;"
    "CREATE FUNCTION count_users() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM users';"
    "CREATE FUNCTION steady() RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'x'$$;"
    "CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN INSERT INTO bare VALUES (1); RETURN NEW; END$$;"
    "CREATE SCHEMA app; CREATE TABLE app.things (id bigint); INSERT INTO app.things SELECT "
    "generate_series(1, 1000);"
    "CREATE VIEW user_names AS SELECT name FROM users; CREATE MATERIALIZED VIEW totals AS SELECT sum(total) "
    "FROM orders;"
    "CREATE SEQUENCE ticket; CREATE TABLE watched (id bigint); INSERT INTO watched VALUES (1);"
    "CREATE TRIGGER watch BEFORE UPDATE OR DELETE ON watched FOR EACH ROW EXECUTE FUNCTION log_it();";

struct Case {
  std::string kind;
  std::string sql;
  std::string verdict;
  std::string table = "";  ///< that it locks, or empty
  std::string mode = "";
  std::string work = "";
  int version_min = 160000;
};

const std::vector<Case> kCases = {
    // Anonymous blocks.
    {"DO", "DO $$BEGIN ALTER TABLE users ADD COLUMN a int; END$$;", "brief lock", "public.users",
     "ACCESS EXCLUSIVE"},
    {"DO", "DO $$BEGIN CREATE TABLE fresh (id int); END$$;", "safe"},
    {"DO", "DO $$BEGIN IF (SELECT count(*) FROM users) > 0 THEN DROP TABLE orders; END IF; END$$;",
     "unknown"},
    {"DO", "DO $$BEGIN PERFORM count_users(); END$$;", "unknown"},
    {"DO", "DO $$BEGIN UPDATE users SET age = 1; END$$;", "unknown"},
    {"DO", "DO $$BEGIN RAISE EXCEPTION 'no'; END$$;", "unknown"},
    {"DO",
     "DO $$DECLARE n int; BEGIN SELECT count(*) INTO n FROM users; ALTER TABLE users ADD COLUMN a int;"
     " IF n > 0 THEN DROP TABLE orders CASCADE; END IF; END$$;",
     "unknown"},
    // Dynamic SQL.
    {"EXECUTE", "DO $$BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN age TYPE bigint'; END$$;", "brief lock",
     "public.users", "ACCESS EXCLUSIVE", "rewrites it"},
    {"EXECUTE", "DO $$BEGIN EXECUTE 'CREATE INDEX ' || 'i ON users (age)'; END$$;", "brief lock",
     "public.users", "SHARE", "builds an index over it"},
    {"EXECUTE", "DO $$BEGIN EXECUTE 'TRUNCATE orders'; END$$;", "brief lock", "public.orders",
     "ACCESS EXCLUSIVE", "rewrites it"},
    {"EXECUTE",
     "DO $$DECLARE t text; BEGIN FOR t IN SELECT 'orders' LOOP EXECUTE 'DROP TABLE ' || t || ' CASCADE'; END "
     "LOOP; END$$;",
     "unknown", "public.orders", "ACCESS EXCLUSIVE"},
    // Functions.
    {"function", "SELECT add_note('users');", "brief lock", "public.users", "ACCESS EXCLUSIVE"},
    {"function", "SELECT count_users();", "unknown"},
    {"function", "UPDATE users SET age = count_users();", "unknown"},
    {"function", "DELETE FROM users WHERE age > count_users();", "unknown"},
    {"function", "INSERT INTO bare SELECT count_users() FROM users;", "unknown"},
    {"function", "WITH x AS (SELECT count_users() AS n) SELECT n FROM x;", "unknown"},
    {"function", "INSERT INTO bare (id) SELECT length(name) FROM users WHERE id IN (1, 2) AND age > abs(-1);",
     "safe"},
    {"function", "SELECT setval('ticket', 100);", "safe"},
    {"function", "SELECT upper('a');", "safe"},
    {"function", "CALL missing();", "unknown"},
    // Defaults and expressions whose volatility the text does not show.
    {"default", "ALTER TABLE users ADD COLUMN a text DEFAULT steady();", "brief lock", "public.users",
     "ACCESS EXCLUSIVE"},
    {"default", "ALTER TABLE users ADD COLUMN a uuid DEFAULT gen_random_uuid();", "brief lock",
     "public.users", "ACCESS EXCLUSIVE", "rewrites it"},
    {"default", "ALTER TABLE users ADD COLUMN a positive;", "brief lock", "public.users", "ACCESS EXCLUSIVE",
     "rewrites it"},
    {"default", "ALTER TABLE users ADD COLUMN a text DEFAULT repeat('0', 8);", "brief lock", "public.users",
     "ACCESS EXCLUSIVE"},
    {"default", "ALTER TABLE users ADD COLUMN a timestamptz DEFAULT clock_timestamp();", "brief lock",
     "public.users", "ACCESS EXCLUSIVE", "rewrites it"},
    // Dropping with what depends on it.
    {"cascade", "DROP SCHEMA app CASCADE;", "unknown", "app.things", "ACCESS EXCLUSIVE"},
    {"cascade", "DROP VIEW user_names;", "unknown"},
    {"cascade", "DROP FUNCTION count_users();", "unknown"},
    {"cascade", "ALTER TABLE users DROP COLUMN name CASCADE;", "unknown", "public.users", "ACCESS EXCLUSIVE"},
    // Checks that read the table.
    {"scan", "ALTER TABLE users ALTER COLUMN age SET NOT NULL;", "brief lock", "public.users",
     "ACCESS EXCLUSIVE", "scans it"},
    {"scan", "ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);", "brief lock", "public.users",
     "ACCESS EXCLUSIVE", "scans it"},
    {"scan", "ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;", "brief lock", "public.users",
     "ACCESS EXCLUSIVE"},
    {"scan", "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;", "brief lock", "public.orders",
     "SHARE ROW EXCLUSIVE", "scans it"},
    {"scan", "ALTER TABLE users ADD EXCLUDE (age WITH =);", "brief lock", "public.users", "ACCESS EXCLUSIVE",
     "builds an index over it"},
    // Outside a transaction.
    {"outside", "CREATE INDEX CONCURRENTLY i ON users (age);", "brief lock", "public.users",
     "SHARE UPDATE EXCLUSIVE", "builds an index over it"},
    {"outside", "REINDEX TABLE CONCURRENTLY users;", "brief lock", "public.users", "SHARE UPDATE EXCLUSIVE",
     "builds an index over it"},
    {"outside", "VACUUM FULL users;", "brief lock", "public.users", "ACCESS EXCLUSIVE", "rewrites it"},
    // Partitions.
    {"partition", "ALTER TABLE events DETACH PARTITION events_2026;", "brief lock", "public.events",
     "ACCESS EXCLUSIVE"},
    {"partition", "CREATE INDEX i ON events (id);", "brief lock", "public.events_2026", "SHARE",
     "builds an index over it"},
    {"partition",
     "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
     "brief lock", "public.events", "ACCESS EXCLUSIVE"},
    // Beyond the database.
    {"server", "CREATE ROLE somebody;", "unknown"},
    {"server", "ALTER SYSTEM SET work_mem = '8MB';", "unknown"},
    {"server", "ALTER DATABASE postgres SET work_mem = '8MB';", "unknown"},
    // Rows.
    {"rows", "UPDATE users SET age = age + 1;", "safe", "public.users", "ROW EXCLUSIVE", "writes rows"},
    {"rows", "INSERT INTO bare VALUES (1);", "safe", "public.bare", "ROW EXCLUSIVE"},
    {"trigger", "CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION log_it();",
     "brief lock", "public.orders", "SHARE ROW EXCLUSIVE"},
    {"trigger", "UPDATE watched SET id = 2;", "unknown"},
    {"trigger", "DELETE FROM watched WHERE id = 1;", "unknown"},
    {"extension", "CREATE EXTENSION pg_trgm;", "safe"},
    {"extension", "CREATE EXTENSION nowhere;", "unknown"},
    // Syntax of 18, which the parser does not know.
    {"18", "ALTER TABLE users ADD CONSTRAINT n NOT NULL name;", "brief lock", "public.users",
     "ACCESS EXCLUSIVE", "scans it", 180000},
    {"18", "ALTER TABLE users ADD COLUMN v int GENERATED ALWAYS AS (age * 2) VIRTUAL;", "brief lock",
     "public.users", "ACCESS EXCLUSIVE", "", 180000},
    {"18", "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT ENFORCED;",
     "brief lock", "public.orders", "SHARE ROW EXCLUSIVE", "", 180000},
};

Json plan(const Scene& scene, Arguments arguments = {}) {
  arguments.insert(arguments.begin(), {"plan", "--json", "--new-history"});
  const auto done = scene.migrate(arguments);
  REQUIRE_MESSAGE(done.exit_code == 0, said(done));
  return document(done);
}

const Json* lock_on(const Json& file, const std::string& table) {
  const Json* found = nullptr;
  for (const auto& statement : file["statements"]) {
    for (const auto& lock : statement["locks"]) {
      if (lock["table"] == table) found = &lock;
    }
  }
  return found;
}

}  // namespace

TEST_CASE("files that no parser can judge get the verdict of the server, or unknown") {
  const Scene scene;
  scene.rows(kLive);
  scene.rows("ANALYZE");
  const auto version = std::stoi(scene.value("SHOW server_version_num"));
  const auto before = scene.fingerprint();
  for (const auto& one : kCases) {
    if (version < one.version_min) continue;
    CAPTURE(one.kind);
    CAPTURE(one.sql);
    scene.file("1_case.sql", one.sql + "\n");
    const auto json = plan(scene);
    CHECK(json["preview"]["observed"] == true);
    CHECK(json["preview"]["missing"].empty());
    REQUIRE(json["outlook"].size() == 1);
    const auto& file = json["outlook"][0];
    CAPTURE(file.dump());
    CHECK(file["verdict"] == one.verdict);
    if (one.table.empty()) continue;
    const auto* lock = lock_on(file, one.table);
    CHECK(lock != nullptr);
    if (lock == nullptr) continue;
    CHECK((*lock)["mode"] == one.mode);
    CHECK((*lock)["work"] == one.work);
  }
  scene.remove("1_case.sql");
  scene.file("1_nothing.sql", "SELECT 1;\n");
  scene.remove("1_nothing.sql");
  CHECK(scene.fingerprint() == before);
  CHECK(scene.value("SELECT count(*) FROM pg_database WHERE datname LIKE 'bigocean_scratch%'") == "0");
  CHECK(scene.value("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bigocean_scratch%'") == "0");
}

TEST_CASE("what an earlier pending file makes is new to the next") {
  const Scene scene;
  scene.file("1_make.sql", "CREATE TABLE fresh (id bigint);\n");
  scene.file("2_change.sql", "ALTER TABLE fresh ADD COLUMN note text; CREATE INDEX i ON fresh (id);\n");
  const auto json = plan(scene);
  CHECK(json["outlook"][0]["verdict"] == "safe");
  CHECK(json["outlook"][1]["verdict"] == "safe");
}

TEST_CASE("a large table needs a window where it is rewritten, and not where it only waits for its lock") {
  const Scene scene;
  scene.rows(
      "CREATE TABLE large (id int, fill text); INSERT INTO large SELECT n, repeat(md5(n::text), 30) FROM "
      "generate_series(1, 60000) n; ANALYZE");
  scene.file("1_type.sql", "ALTER TABLE large ALTER COLUMN id TYPE bigint;\n");
  scene.file("2_column.sql", "ALTER TABLE large ADD COLUMN note text;\n");
  const auto json = plan(scene);
  CHECK(json["outlook"][0]["verdict"] == "needs a window");
  CHECK(json["outlook"][1]["verdict"] == "brief lock");
}

TEST_CASE("what would fail on the rows that are there is said before it happens") {
  const Scene scene;
  scene.rows(
      "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int, code varchar(20), parent bigint);"
      "INSERT INTO users VALUES (1, 'a', 5, 'abcdefgh', 1), (2, 'a', -5, 'b', 99), (3, NULL, NULL, '7', "
      "NULL);"
      "CREATE TABLE rooms (id bigint PRIMARY KEY); ANALYZE");
  struct Row {
    std::string sql;
    std::string failure;  ///< empty: none
  };
  for (const auto& row : std::vector<Row>{
           {"CREATE UNIQUE INDEX CONCURRENTLY u ON users (email);", "public.users (email) is unique"},
           {"ALTER TABLE users ADD CONSTRAINT u UNIQUE (age);", ""},
           {"CREATE UNIQUE INDEX u ON users (lower(email));", "lower(email)"},
           {"CREATE UNIQUE INDEX u ON users (email) WHERE age > 0;", ""},
           {"ALTER TABLE users ADD CHECK (age > 0);", "CHECK ((age > 0))"},
           {"ALTER TABLE users ADD CHECK (age > 0) NOT VALID;", ""},
           {"ALTER TABLE users ADD CHECK (age > -10);", ""},
           {"ALTER TABLE users ALTER COLUMN email SET NOT NULL;", "public.users.email is NOT NULL"},
           {"ALTER TABLE users ALTER COLUMN code SET NOT NULL;", ""},
           {"ALTER TABLE users ADD COLUMN more int NOT NULL;", "the new column has no default"},
           {"ALTER TABLE users ADD COLUMN more int NOT NULL DEFAULT 1;", ""},
           {"ALTER TABLE rooms ADD COLUMN more int NOT NULL;", ""},
           {"ALTER TABLE users ADD FOREIGN KEY (parent) REFERENCES users;", "FOREIGN KEY (parent)"},
           {"ALTER TABLE users ADD FOREIGN KEY (parent) REFERENCES users NOT VALID;", ""},
           {"ALTER TABLE users ALTER COLUMN code TYPE varchar(4);",
            "public.users.code becomes character varying(4)"},
           {"ALTER TABLE users ALTER COLUMN code TYPE varchar(8);", ""},
           {"ALTER TABLE users ALTER COLUMN age TYPE smallint;", ""},
           {"ALTER TABLE users ALTER COLUMN age TYPE numeric(2, 2);",
            "public.users.age becomes numeric(2,2)"},
           {"CREATE TABLE fresh (id bigint NOT NULL UNIQUE CHECK (id > 5));", ""},
       }) {
    CAPTURE(row.sql);
    scene.file("1_case.sql", row.sql + "\n");
    const auto json = plan(scene);
    CAPTURE(json.dump());
    CHECK(json["preview"]["not_asked"].empty());
    const auto& failures = json["outlook"][0]["failures"];
    CHECK(failures.size() == (row.failure.empty() ? 0 : 1));
    if (!failures.empty()) CHECK(contains(failures[0], row.failure));
  }
}

TEST_CASE("where files cannot be tried they are judged by rule, and that is said") {
  const Scene scene;
  scene.rows(kLive);
  scene.rows("CREATE ROLE poor LOGIN; GRANT CREATE ON SCHEMA public TO poor; GRANT CREATE ON DATABASE " +
             scene.value("SELECT current_database()") + " TO poor");
  Scene poor;
  poor.environment["DATABASE_URL"] = shared_postgres().url(scene.value("SELECT current_database()"), "poor");
  poor.file("1_do.sql", "DO $$BEGIN ALTER TABLE users ADD COLUMN a int; END$$;\n");
  poor.file("2_drop.sql", "DROP SCHEMA app CASCADE;\n");
  const auto json = plan(poor);
  CHECK(json["preview"]["observed"] == false);
  CHECK_FALSE(json["preview"]["why_not"].get<std::string>().empty());
  CHECK(json["outlook"][0]["verdict"] == "unknown");
  CHECK(json["outlook"][1]["verdict"] == "unknown");
  const auto text = poor.migrate({"plan", "--new-history"});
  CHECK(contains(text.out, "verdicts: by rules over the text, not observed: "));

  const auto off = plan(scene, {"--no-preview"});
  CHECK(off["preview"]["observed"] == false);
}

TEST_CASE("a signal ends a preview, and nothing is left of it") {
  const Scene scene;
  scene.file("1_slow.sql", "SELECT pg_sleep(60);\n");
  auto runner = scene.start({"plan", "--new-history"});
  const std::string sleeping =
      "EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'bigocean-preview/%' AND wait_event "
      "= 'PgSleep')";
  scene.wait_for(sleeping);
  runner.signal(2);
  CHECK(runner.wait().exit_code == 130);
  scene.wait_for("NOT EXISTS (SELECT FROM pg_database WHERE datname LIKE 'bigocean_scratch%')");
  scene.wait_for("NOT EXISTS (SELECT FROM pg_roles WHERE rolname LIKE 'bigocean_scratch%')");
}

}  // namespace preview_test
