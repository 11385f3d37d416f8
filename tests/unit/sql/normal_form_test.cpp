// One text for definitions that PostgreSQL writes in two ways.
#include <doctest/doctest.h>

#include "sql/drift/normal_form.hpp"

namespace normal_form_test {

using bigocean::sql::drift::normal_form;

namespace {

struct Pair {
  const char* written;
  const char* again;  ///< what the server writes once it has read the first
};

}  // namespace

TEST_CASE("a definition and what the server writes once it has read it have one form") {
  for (const auto& [written, again] : {
           Pair{
               "CHECK (((st)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
               "CHECK (((st)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character "
               "varying)::text])))"},
           {"(ARRAY[x, lower(y)])::character varying(5)[]",
            "ARRAY[(x)::character varying(5), (lower(y))::character varying(5)]"},
           {"(ARRAY[ARRAY[a, b], ARRAY[c, d]])::app.\"My type\"[]",
            "ARRAY[ARRAY[(a)::app.\"My type\", (b)::app.\"My type\"], ARRAY[(c)::app.\"My type\", "
            "(d)::app.\"My type\"]]"},
           {"(ARRAY[va, vb])::text[]", "ARRAY[(va)::text[], (vb)::text[]]"},
           {"((ARRAY['a'::character varying])::text[])::character varying[]",
            "ARRAY[(('a'::character varying)::text)::character varying]"},
           {"(ARRAY[(x COLLATE \"C\"), y])::text[]", "ARRAY[((x)::text COLLATE \"C\"), (y)::text]"},
           {"(ARRAY['a'::text,\nCASE\n    WHEN b THEN c\nEND])::app.t[]",
            "ARRAY[('a'::text)::app.t, (\nCASE\n    WHEN b THEN c\nEND)::app.t]"},
           {"((((a >= 1) AND (a <= 2)) AND (b > 0)) AND c)", "((a >= 1) AND (a <= 2) AND (b > 0) AND c)"},
           {"(((a = 1) OR (a = 2)) OR (((b AND c) AND d) OR e))",
            "((a = 1) OR (a = 2) OR ((b AND c AND d) OR e))"},
           {"( SELECT 'x'::text)", "( SELECT 'x'::text AS text)"},
           {"( SELECT DISTINCT ON (a) NULL::character varying(3)[], '1'::numeric(3,2) FROM t)",
            "( SELECT DISTINCT ON (a) NULL::character varying(3)[] AS \"varchar\", '1'::numeric(3,2) AS "
            "\"numeric\" FROM t)"},
           {"( SELECT ( SELECT '2020-01-01'::timestamp(3) with time zone))",
            "( SELECT ( SELECT '2020-01-01'::timestamp(3) with time zone AS timestamptz) AS timestamptz)"},
           {"( SELECT ('x'::app.\"My type\" COLLATE \"C\"))",
            "( SELECT ('x'::app.\"My type\" COLLATE \"C\") AS \"My type\")"},
           {"( SELECT CASE WHEN a THEN b ELSE ( SELECT 'x'::text) END)",
            "( SELECT CASE WHEN a THEN b ELSE ( SELECT 'x'::text AS text) END AS text)"},
           {"FROM (VALUES (1)) \"*VALUES*\"", "FROM ( VALUES (1)) \"*VALUES*\""},
       }) {
    CAPTURE(written);
    CHECK(normal_form(written) == normal_form(again));
    CHECK(normal_form(normal_form(written)) == normal_form(written));
  }
}

TEST_CASE("what means something else keeps another form, and what is no expression stays as it is") {
  for (const auto& [one, other] : {
           Pair{"(ARRAY['a'::character varying])::text[]", "(ARRAY['b'::character varying])::text[]"},
           {"(ARRAY['a'::character varying])::text[]", "(ARRAY['a'::character varying])::name[]"},
           {"ARRAY[(a)::text, (b)::name]", "(ARRAY[a, b])::text[]"},
           {"ARRAY[(a)::text, b]", "(ARRAY[a, b])::text[]"},
           {"((a AND b) OR c)", "(a AND (b OR c))"},
           {"(a AND (b AND c))", "(a AND b AND c)"},
           {"( SELECT 'x'::text AS a)", "( SELECT 'x'::text)"},
           {"'((a AND b) AND c)'", "'(a AND b AND c)'"},
       }) {
    CAPTURE(one);
    CHECK(normal_form(one) != normal_form(other));
  }
  for (const char* text :
       {"", "AS $function$ ((a AND b) AND c) $function$", "(ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
        "'not closed ((a AND b) AND c)", "((a AND b) AND c", "COMMENT ON TABLE t IS 'SELECT ''x''::text';",
        "ARRAY[]::text[]", "SELECT", "f((a), b) AND c"}) {
    CHECK(normal_form(text) == text);
  }
}

}  // namespace normal_form_test
