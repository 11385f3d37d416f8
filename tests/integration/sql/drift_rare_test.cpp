// Changes by hand to the rarer kinds of objects, and to objects that the server has named or made, are found.
#include <doctest/doctest.h>

#include "sql/drift/schema_text.hpp"
#include "tests/integration/sql/drift_support.hpp"

namespace drift_rare_test {

using namespace bigocean;
using namespace bigocean::test;

namespace {

struct Case {
  std::string by_hand;  ///< on a database of the fixture and the cases before
  std::string named;    ///< all differences
};

// clang-format off
const std::vector<Case> kRare{
    {"CREATE COLLATION app.other (provider = icu, locale = 'fr')", "extra collation app.other\n"},
    {"DROP COLLATION app.other; CREATE COLLATION app.other (provider = icu, locale = 'fr', deterministic = false)", "different collation app.other\n"},
    {"DROP COLLATION app.other; CREATE COLLATION app.other (provider = libc, locale = 'POSIX')", "different collation app.other\n"},
    {"CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)", "extra operator app.===(integer,integer)\n"},
    {"ALTER OPERATOR app.<= (app.count, app.count) SET (RESTRICT = scalarlesel)", "different operator app.<=(app.count,app.count)\n"},
    {"ALTER OPERATOR FAMILY app.counts USING btree DROP FUNCTION 1 (app.count, integer)", "different operator family members app.counts USING btree\n"},
    {"CREATE OPERATOR FAMILY app.more USING gist", "extra operator family app.more USING gist\n"},
    {"CREATE OPERATOR CLASS app.other_ops FOR TYPE app.count USING btree FAMILY app.counts AS STORAGE app.count", "extra operator class app.other_ops USING btree\n"},
    {"DROP CAST (app.count AS text); CREATE CAST (app.count AS text) WITH FUNCTION app.count_to_text(app.count)", "different cast (app.count AS text)\nmissing comment CAST (app.count AS pg_catalog.text)\n"},
    {"CREATE CAST (app.pair AS integer) WITH INOUT", "extra cast (app.pair AS integer)\n"},
    {"DROP CONVERSION app.from_latin", "missing conversion app.from_latin\nmissing comment CONVERSION app.from_latin\n"},
    {"ALTER TYPE app.count SET (ANALYZE = array_typanalyze)", "different type app.count\n"},
    {"CREATE TYPE app.half_made", "extra shell type app.half_made\n"},
    {"DROP ACCESS METHOD btree2; CREATE ACCESS METHOD btree2 TYPE INDEX HANDLER hashhandler", "different access method btree2\n"},
    {"CREATE OR REPLACE TRUSTED LANGUAGE plthird HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler", "different language plthird\n"},
    {"GRANT USAGE ON LANGUAGE plthird TO PUBLIC", "missing grant REVOKE ON LANGUAGE plthird FROM PUBLIC\n"},
    {"DROP TRANSFORM FOR integer LANGUAGE plother", "missing transform FOR integer LANGUAGE plother\nmissing comment TRANSFORM for integer language plother\n"},
    {"ALTER TEXT SEARCH DICTIONARY app.dict (accept = true)", "different text search dictionary app.dict\n"},
    {"ALTER TEXT SEARCH CONFIGURATION app.config ALTER MAPPING FOR int WITH app.dict", "different text search configuration app.config\n"},
    {"ALTER TEXT SEARCH CONFIGURATION app.config ALTER MAPPING FOR word WITH app.stems, app.dict, simple", "different text search configuration app.config\n"},
    {"ALTER FOREIGN DATA WRAPPER nothing OPTIONS (SET debug 'false')", "different foreign data wrapper nothing\n"},
    {"ALTER SERVER far VERSION '1.1'", "different server far\n"},
    {"ALTER SERVER far OPTIONS (DROP host)", "different server far\n"},
    {"REVOKE USAGE ON FOREIGN SERVER far FROM pg_monitor", "missing grant GRANT ON FOREIGN SERVER far TO pg_monitor WITH GRANT OPTION\n"},
    {"CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (password 's3cr3t')", "extra user mapping postgres ON far\n"},
    {"ALTER FOREIGN TABLE app.remote OPTIONS (SET table_name 'u')", "different foreign table app.remote\n"},
    {"ALTER FOREIGN TABLE app.remote ALTER a OPTIONS (SET column_name 'c')", "different column app.remote.a\n"},
    {"ALTER FOREIGN TABLE app.remote ADD d date", "extra column app.remote.d\n"},
    {"ALTER FOREIGN TABLE app.remote DROP CONSTRAINT c", "missing constraint app.remote.c\nmissing comment CONSTRAINT c ON app.remote\n"},
    {"GRANT INSERT ON app.remote TO pg_monitor", "different grant GRANT ON TABLE app.remote TO pg_monitor\n"},
    {"ALTER PUBLICATION parts SET (publish = 'insert')", "different publication parts\n"},
    {"ALTER PUBLICATION parts SET TABLE app.t (a), app.in_heap2 WHERE (a > 1)", "different publication parts\n"},
    {"ALTER PUBLICATION parts ADD TABLE app.counted", "different publication parts\n"},
    {"ALTER PUBLICATION schemas DROP TABLES IN SCHEMA public", "different publication schemas\n"},
    {"DROP PUBLICATION nothing", "missing publication nothing\n"},
};

const std::vector<Case> kNames{
    {"REVOKE USAGE ON SEQUENCE app.q_id_seq FROM pg_monitor", "different grant GRANT ON SEQUENCE app.q_id_seq TO pg_monitor\n"},
    {"COMMENT ON SEQUENCE app.q_id_seq IS 'other'", "different comment SEQUENCE app.q_id_seq\n"},
    {"ALTER SEQUENCE app.q_id_seq INCREMENT 6", "different column app.q.id\n"},
    {"ALTER SEQUENCE app.q_id_seq NO CYCLE", "different column app.q.id\n"},
    {"ALTER SEQUENCE app.q_id_seq RENAME TO renamed", "different column app.q.id\ndifferent default app.uses_identity.n\nmissing comment SEQUENCE app.q_id_seq\n"
     "missing grant GRANT ON SEQUENCE app.q_id_seq TO pg_monitor\nextra comment SEQUENCE app.renamed\nextra grant GRANT ON SEQUENCE app.renamed TO pg_monitor\n"},
    {"ALTER SEQUENCE app.narrow_id_seq AS bigint", "missing identity sequence app.narrow_id_seq\n"},
    {"ALTER SEQUENCE app.light_id_seq SET UNLOGGED", "missing identity sequence app.light_id_seq\n"},
    {"ALTER TABLE app.p1 ENABLE TRIGGER g", "missing trigger app.p1.g\n"},
    {"ALTER TABLE app.p1 ENABLE ALWAYS TRIGGER g", "extra trigger app.p1.g\n"},
    {"ALTER INDEX app.by_expression ALTER COLUMN 2 SET STATISTICS 301", "different index app.by_expression\n"},
    {"CREATE INDEX half_of_p2 ON app.p2 ((id + 1)); ALTER INDEX app.half ATTACH PARTITION app.half_of_p2", "different index app.half\nmissing index app.half_of_p1\n"},
    {"ALTER TABLE app.u2 ADD CONSTRAINT u2_key UNIQUE (id, v)", "extra constraint app.u2.u2_key\n"},
    {"ALTER INDEX app.u_key ATTACH PARTITION app.u2_key", "different constraint app.u.u_key\nmissing constraint app.u1.u1_key\nmissing constraint app.u2.u2_key\n"},
    {"ALTER TABLE app.p1 ALTER k SET DEFAULT NULL", "missing default app.p1.k\n"},
    {"ALTER DOMAIN app.d VALIDATE CONSTRAINT high", "different domain constraint app.d.high\n"},
};

const std::vector<Case> kFrom18{
    {"ALTER TABLE app.t RENAME CONSTRAINT a_nn TO b_nn", "different column app.t.a\nmissing comment CONSTRAINT a_nn ON app.t\nextra comment CONSTRAINT b_nn ON app.t\n"},
    {"COMMENT ON CONSTRAINT b_nn ON app.t IS 'other'", "different comment CONSTRAINT b_nn ON app.t\n"},
    {"ALTER TABLE app.t VALIDATE CONSTRAINT d_later", "different column app.t.d\nmissing constraint app.t.d_later\n"},
    {"ALTER TABLE app.t ALTER CONSTRAINT \"Odd name\" INHERIT", "different column app.child.c\ndifferent column app.t.c\n"},
    {"ALTER TABLE app.after RENAME CONSTRAINT before_id_not_null TO after_key_not_null", ""},
    {"ALTER TABLE app.after RENAME CONSTRAINT x_nn TO after_x_not_null", "different column app.after.x\n"},
    {"ALTER TABLE app.after ALTER key DROP NOT NULL", "different column app.after.key\n"},
    {"ALTER TABLE app.p1 DROP CONSTRAINT v_nn", "missing not null app.p1.v\n"},
    {"ALTER TABLE app.unchecked ALTER CONSTRAINT f ENFORCED", "different constraint app.unchecked.f\n"},
    {"ALTER PUBLICATION with_generated SET (publish_generated_columns = none)", "different publication with_generated\n"},
    {"DROP COLLATION app.ruled; CREATE COLLATION app.ruled (provider = icu, locale = 'und', rules = '&V << w <<< X')", "different collation app.ruled\n"},
    {"ALTER DOMAIN app.named DROP CONSTRAINT must_be; ALTER DOMAIN app.named SET NOT NULL", "different domain app.named\nmissing comment CONSTRAINT must_be ON DOMAIN app.named\n"},
};
// clang-format on

void expect_each_named(const std::string& fixture, const std::vector<Case>& cases) {
  const auto url = database_with(schema_fixture(fixture));
  auto before = described(url);
  for (const auto& [by_hand, named] : cases) {
    CAPTURE(by_hand);
    query(url, "SET client_min_messages = error; " + by_hand);
    auto after = described(url);
    CHECK(lines(compare(before, after)) == named);
    before = std::move(after);
  }
}

}  // namespace

TEST_CASE("a change by hand to a rare kind of object is named") { expect_each_named("rare", kRare); }

TEST_CASE("a change by hand to what the server has made or named itself is named") {
  expect_each_named("names", kNames);
}

TEST_CASE("a change by hand to what PostgreSQL has from 18 on is named") {
  if (shared_postgres().major() >= 18) expect_each_named("from_18", kFrom18);
}

TEST_CASE("no password stands in a dump, and no index whose build did not end") {
  const auto url = database_with(
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;"
      "CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'me', password 's3cr3t');"
      "CREATE TABLE t (a int); CREATE INDEX i ON t (a); UPDATE pg_index SET indisvalid = false WHERE "
      "indexrelid = 'i'::regclass");
  const auto text = schema_text(described(url));
  CHECK(text.find("CREATE USER MAPPING FOR PUBLIC SERVER far;\n") != text.npos);
  CHECK(text.find("s3cr3t") == text.npos);
  CHECK(text.find("CREATE INDEX") == text.npos);
  CHECK(schema_text(described(database_with(text))) == text);
}

}  // namespace drift_rare_test
