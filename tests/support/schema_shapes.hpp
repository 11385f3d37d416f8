// Shapes of expressions as PostgreSQL keeps them, each with a change that is a real difference.
#pragma once

#include <string>
#include <vector>

namespace bigocean::test {

struct Shape {
  std::string name;    ///< of the schema that it is made in
  std::string made;    ///< by hand; search_path is its schema, then public, which has citext and btree_gist
  std::string change;  ///< makes it mean something else
  int from_major = 0;
};

// clang-format off
inline const std::vector<Shape>& shapes() {
  static const std::vector<Shape> kShapes{
    {"in_varchar", "CREATE TABLE t (st varchar(10) CONSTRAINT c CHECK (st IN ('new', 'old')))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (st IN ('new', 'odd'))"},
    {"not_in_varchar", "CREATE TABLE t (st varchar CONSTRAINT c CHECK (st NOT IN ('new', 'it''s]),old')))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (st IN ('new', 'it''s]),old'))"},
    {"in_other_types", "CREATE TABLE t (a smallint, n numeric(8,2), c char(3), d date, x citext, CONSTRAINT c CHECK (a IN (1, 2, 3) AND"
     " n IN (1, 2.5) AND c IN ('a', 'b') AND d IN ('2020-01-01', '2020-01-02') AND x IN ('p', 'q') AND a IN (1, n)))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a IN (1, 2, 4) AND n IN (1, 2.5) AND c IN ('a', 'b') AND"
     " d IN ('2020-01-01', '2020-01-02') AND x IN ('p', 'q') AND a IN (1, n))"},
    {"in_mixed", "CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (a IN (1, 2, b) OR b > 3))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a IN (1, 2, b) OR b > 4)"},
    {"any_array_cast", "CREATE TABLE t (st varchar(9), CONSTRAINT c CHECK (st = ANY (ARRAY['a', upper(st), CASE WHEN st = 'x' THEN 'y' ELSE 'z' END]::varchar(5)[])))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (st = ANY (ARRAY['a', upper(st), CASE WHEN st = 'x' THEN 'y' ELSE 'z' END]::varchar(6)[]))"},
    {"array_of_varchars", "CREATE TABLE t (a varchar(9), b varchar(9), CONSTRAINT c CHECK (ARRAY['q', a, CASE WHEN b = 'x' THEN a ELSE 'z' END] <> ARRAY['r', b]"
     " AND 'v'::text = ANY (ARRAY[a, b]) AND a || 'x' IN (a, b)))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (ARRAY['q', a, CASE WHEN b = 'x' THEN a ELSE 'z' END] <> ARRAY['r', b]"
     " AND 'w'::text = ANY (ARRAY[a, b]) AND a || 'x' IN (a, b))"},
    {"nested_arrays", "CREATE TABLE t (a int[] DEFAULT ARRAY[[1, 2], [3, 4]], v varchar(3), w text[] DEFAULT ARRAY[ARRAY['a'::varchar, 'b']],"
     " CONSTRAINT c CHECK (a[1][2] > 0 AND a[1:2] <> '{}' AND ARRAY[ARRAY[v, 'b'::varchar], ARRAY['c'::varchar, v]]::text[] <> w))",
     "ALTER TABLE t ALTER a SET DEFAULT ARRAY[[1, 2], [3, 5]]"},
    {"betweens", "CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (a BETWEEN 1 AND 2 AND b > 0))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a BETWEEN 1 AND 3 AND b > 0)"},
    {"between_kinds", "CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (a NOT BETWEEN 1 AND 2 OR b = 7 OR a BETWEEN SYMMETRIC b AND 1), CONSTRAINT d CHECK (b = 1 AND a BETWEEN 1 AND 2))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a NOT BETWEEN 1 AND 2 OR b = 8 OR a BETWEEN SYMMETRIC b AND 1)"},
    {"row_comparisons", "CREATE TABLE t (a int, b int, CONSTRAINT c CHECK ((a, b) IN ((1, 2), (3, 4)) OR b = 1), CONSTRAINT d CHECK ((a, b) = (1, 2) AND (a, b) < (3, 4)),"
     " CONSTRAINT e CHECK (((a > 1 OR b > 1) OR (a > 2 OR b > 2)) OR ((a, b) <> (5, 6) OR a = 1)))",
     "ALTER TABLE t DROP CONSTRAINT d, ADD CONSTRAINT d CHECK ((a, b) = (1, 2) AND (a, b) <= (3, 4))"},
    {"deep_logic", "CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (NOT ((a BETWEEN 1 AND 2 AND b = 1 AND (a = 2 AND b = 3)) OR (a = 1 OR b = 1) OR (b BETWEEN 3 AND 4)) AND a IS NOT NULL))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (NOT ((a BETWEEN 1 AND 2 AND b = 1 AND (a = 2 AND b = 3)) OR (a = 1 OR b = 2) OR (b BETWEEN 3 AND 4)) AND a IS NOT NULL)"},
    {"intervals", "CREATE TABLE t (at timestamptz DEFAULT now() + interval '1 day 02:03', d interval day to second(3) DEFAULT interval '3' day, y interval DEFAULT interval '1-2' year to month,"
     " CONSTRAINT c CHECK (at > timestamptz '2020-01-01 00:00+00' - interval '1 month' AND d < '90 min'))",
     "ALTER TABLE t ALTER d SET DEFAULT interval '4' day"},
    {"time_zones", "CREATE TABLE t (at timestamptz, l timestamp DEFAULT (now() AT TIME ZONE 'UTC'), z timestamptz(3) DEFAULT LOCALTIMESTAMP(3), CONSTRAINT c CHECK ((at AT TIME ZONE 'UTC')::date > date '2000-01-01'"
     " AND extract(year FROM at AT TIME ZONE 'UTC') > 1999 AND date_trunc('day', l) <> l))",
     "ALTER TABLE t ALTER l SET DEFAULT (now() AT TIME ZONE 'CET')"},
    {"collations", "CREATE COLLATION german (provider = icu, locale = 'de-DE'); CREATE TABLE t (a text COLLATE german, b varchar(9) COLLATE \"C\", CONSTRAINT c CHECK (a COLLATE \"C\" > 'm' AND b COLLATE german < 'z'));"
     " CREATE INDEX i ON t (a COLLATE \"POSIX\" text_pattern_ops DESC, (b COLLATE german || 'x'))",
     "ALTER TABLE t ALTER b TYPE varchar(9) COLLATE german"},
    {"cases", "CREATE TABLE t (st varchar(5), n int DEFAULT CASE WHEN random() < 0.5 THEN 1 ELSE 2 END, CONSTRAINT c CHECK (CASE st WHEN 'a' THEN n > 1 WHEN 'b' THEN n BETWEEN 1 AND 2 AND n > 0 ELSE CASE WHEN n IS NULL THEN true END END))",
     "ALTER TABLE t ALTER n SET DEFAULT CASE WHEN random() < 0.5 THEN 1 ELSE 3 END"},
    {"null_functions", "CREATE TABLE t (st varchar(5), n numeric(4,1), CONSTRAINT c CHECK (NULLIF(st, '') IS NOT NULL AND COALESCE(n, 1) > 0 AND GREATEST(n, 2, 2.5) < LEAST(n, 7) AND st IS DISTINCT FROM 'x' AND n IS NOT DISTINCT FROM 1))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (NULLIF(st, '') IS NOT NULL AND COALESCE(n, 1) > 0 AND GREATEST(n, 2, 2.5) < LEAST(n, 7) AND st IS DISTINCT FROM 'y' AND n IS NOT DISTINCT FROM 1)"},
    {"patterns", "CREATE TABLE t (st varchar(9), c char(4), CONSTRAINT c CHECK (st LIKE 'a%' AND st NOT ILIKE '%\\_b' AND st SIMILAR TO '(a|b)%' AND st ~* '^[a-z]+$' AND c LIKE 'x_' ESCAPE '!' AND st LIKE ANY (ARRAY['a%', 'b%']) AND st ~~ ALL ('{x,y}')))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (st LIKE 'b%')"},
    {"defaults", "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (a int, b varchar(3)); CREATE TABLE t (a varchar(9) DEFAULT 'x', b char(5) DEFAULT 'ab', n numeric(6,2) DEFAULT 1.5, m numeric DEFAULT -1, f real DEFAULT 1e10,"
     " j jsonb DEFAULT '{\"a\": [1]}', m2 mood DEFAULT 'sad', ms mood[] DEFAULT '{sad,ok}', p pair DEFAULT ROW(1, 'x'), q pair DEFAULT '(1,y)', by bytea DEFAULT '\\x00ff', bi bit(4) DEFAULT B'1010', vb varbit(8) DEFAULT X'1F',"
     " ti timetz DEFAULT '10:00+02', iv int4range DEFAULT int4range(1, 5, '[]'), u uuid DEFAULT gen_random_uuid(), bo boolean DEFAULT (NOT true), big bigint DEFAULT -9223372036854775808, nm name DEFAULT CURRENT_USER,"
     " vc varchar(3)[] DEFAULT ARRAY['a', 'b'], e text DEFAULT E'a\\nb\\\\c', d date DEFAULT CURRENT_DATE + 1, o oid DEFAULT 'pg_class'::regclass, ch \"char\" DEFAULT 'z', mo money DEFAULT 5, pt point DEFAULT point(1, -2), x text DEFAULT NULL)",
     "ALTER TABLE t ALTER n SET DEFAULT 1.25"},
    {"length_casts", "CREATE TABLE t (a text, n numeric, CONSTRAINT c CHECK (a::varchar(5) <> 'abcde'::varchar(3) AND n::numeric(5,1) > 1::numeric(3,2) AND a::char(2) = 'x' AND n::int % 2 = 1 AND n::int::bit(3) = B'101'))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a::varchar(6) <> 'abcde'::varchar(3) AND n::numeric(5,1) > 1::numeric(3,2) AND a::char(2) = 'x' AND n::int % 2 = 1 AND n::int::bit(3) = B'101')"},
    {"nested_functions", "CREATE FUNCTION g(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION f(a int, b int DEFAULT 2, VARIADIC c int[] DEFAULT '{}') RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';"
     " CREATE TABLE t (a int, s text, CONSTRAINT c CHECK (f(a) + f(a, 1, 3, 4) + g(b => 1, a => a) > 0 AND substring(s FROM 2 FOR 3) <> overlay(s PLACING 'x' FROM 1) AND trim(BOTH 'x' FROM s) <> ''"
     " AND position('a' IN s) > 0 AND concat_ws(',', s, 'x', a) <> format('%s', a) AND jsonb_build_object('a', a) ? 'a' AND normalize(s) IS NFC NORMALIZED))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (f(a) + f(a, 1, 3, 5) + g(b => 1, a => a) > 0)"},
    {"not_nulls", "CREATE TABLE t (a int NOT NULL, b int CONSTRAINT bnn NOT NULL); COMMENT ON TABLE t IS 'x'; CREATE TABLE u (c int NOT NULL) INHERITS (t); ALTER TABLE t RENAME TO t2; ALTER TABLE t2 RENAME a TO a2",
     "ALTER TABLE u ALTER c DROP NOT NULL"},
    {"partial_indexes", "CREATE TABLE t (a int, st varchar(9), gone timestamptz); CREATE UNIQUE INDEX i ON t (lower(st), (a + 1) DESC NULLS LAST) WHERE st IN ('a', 'b') AND a BETWEEN 1 AND 5 AND gone IS NULL;"
     " CREATE INDEX j ON t ((CASE WHEN a BETWEEN 1 AND 2 AND st = 'x' THEN 1 END)) INCLUDE (st) WHERE a BETWEEN 1 AND 2 AND gone IS NULL",
     "DROP INDEX i; CREATE UNIQUE INDEX i ON t (lower(st), (a + 1) DESC NULLS LAST) WHERE st IN ('a', 'c') AND a BETWEEN 1 AND 5 AND gone IS NULL"},
    {"views_over_views", "CREATE TABLE t (a int PRIMARY KEY, st varchar(9), at date); CREATE VIEW v AS SELECT *, st IN ('a', 'b') AS known FROM t WHERE a BETWEEN 1 AND 5 AND st <> 'x'; CREATE VIEW w (x, y) AS SELECT a, known FROM v WHERE st IN ('a', 'b') AND known;"
     " CREATE VIEW a AS SELECT w.*, t.at FROM w JOIN t ON t.a = w.x AND t.st IN ('p', 'q') LEFT JOIN v USING (a, st) NATURAL JOIN (SELECT 1 AS one) o; ALTER TABLE t RENAME st TO status",
     "CREATE OR REPLACE VIEW v AS SELECT a, status AS st, at, status IN ('a', 'b') AS known FROM t WHERE a BETWEEN 1 AND 6 AND status <> 'x'"},
    {"grouping_sets", "CREATE TABLE t (a int, b varchar(3), n int); CREATE VIEW v AS SELECT a, b, count(*) FILTER (WHERE n BETWEEN 1 AND 2 AND b IN ('x', 'y')), sum(DISTINCT n), grouping(a, b), string_agg(b, ',' ORDER BY n DESC NULLS LAST),"
     " percentile_cont(0.5) WITHIN GROUP (ORDER BY n) FROM t GROUP BY GROUPING SETS ((a), (b), ROLLUP (a, b), CUBE (a, b), ()) HAVING count(*) BETWEEN 1 AND 9 AND sum(n) > 1 ORDER BY 1, b DESC",
     "CREATE OR REPLACE VIEW v AS SELECT a, b, count(*) FILTER (WHERE n BETWEEN 1 AND 2 AND b IN ('x', 'y')), sum(DISTINCT n), grouping(a, b), string_agg(b, ',' ORDER BY n DESC NULLS LAST),"
     " percentile_cont(0.5) WITHIN GROUP (ORDER BY n) FROM t GROUP BY GROUPING SETS ((a), (b), ROLLUP (a, b), CUBE (a, b)) HAVING count(*) BETWEEN 1 AND 9 AND sum(n) > 1 ORDER BY 1, b DESC"},
    {"ctes", "CREATE TABLE t (id int, up int, st varchar(9)); CREATE VIEW v AS WITH RECURSIVE r(id, depth) AS (SELECT id, 1 FROM t WHERE st IN ('a', 'b') AND up BETWEEN 1 AND 2 UNION ALL SELECT t.id, depth + 1 FROM r JOIN t ON t.up = r.id)"
     " SEARCH DEPTH FIRST BY id SET ord CYCLE id SET looped USING path, m AS MATERIALIZED (SELECT 1 AS one) SELECT r.id, depth, one FROM r, m WHERE EXISTS (SELECT FROM t x WHERE x.id = r.id AND x.st IN ('c', 'd')) ORDER BY ord LIMIT 5",
     "ALTER VIEW v RENAME depth TO level"},
    {"windows", "CREATE TABLE t (a int, b int, st varchar(3)); CREATE VIEW v AS SELECT sum(a) OVER w, lag(a, 1, 0) OVER (w ORDER BY a), avg(b) OVER (PARTITION BY st IN ('a', 'b') ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES),"
     " count(*) OVER (ORDER BY b RANGE BETWEEN 2 PRECEDING AND 3 FOLLOWING) FROM t WHERE a BETWEEN 1 AND 2 AND b = 1 WINDOW w AS (PARTITION BY b)",
     "CREATE OR REPLACE VIEW v AS SELECT sum(a) OVER w, lag(a, 1, 0) OVER (w ORDER BY a), avg(b) OVER (PARTITION BY st IN ('a', 'b') ORDER BY a ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES),"
     " count(*) OVER (ORDER BY b RANGE BETWEEN 2 PRECEDING AND 3 FOLLOWING) FROM t WHERE a BETWEEN 1 AND 2 AND b = 1 WINDOW w AS (PARTITION BY b)"},
    {"set_operations", "CREATE TABLE t (a int, st varchar(3)); CREATE VIEW v AS (SELECT a, st, 'one' AS k FROM t WHERE st IN ('a', 'b') UNION ALL SELECT 2, 'x'::text, NULL) EXCEPT (SELECT a, st, 'two' FROM t INTERSECT VALUES (1, 'q', 'two')) ORDER BY 2, 1 OFFSET 1;"
     " CREATE VIEW w AS VALUES (1, 'a'), (2, 'b'); CREATE VIEW x AS SELECT DISTINCT ON (column1) column2 || 'z' AS z, l.* FROM w, LATERAL (SELECT a FROM t WHERE a IN (1, column1)) l, unnest(ARRAY[1, 2]) WITH ORDINALITY AS u(e, o),"
     " ROWS FROM (generate_series(1, 2), json_to_record('{}') AS (p int, q text)) AS g(h, p, q), t AS s TABLESAMPLE system (1)",
     "CREATE OR REPLACE VIEW w AS VALUES (1, 'a'), (2, 'c')"},
    {"literals_in_queries", "CREATE TABLE t (a int, st varchar(9)); CREATE VIEW v AS SELECT (SELECT 'x') AS a, (SELECT NULL::varchar) AS b, (SELECT -1) AS c, ARRAY(SELECT 'q') AS d, EXISTS (SELECT DISTINCT 'b' FROM t) AS e, 'n' IN (SELECT 'a' UNION SELECT 'b') AS f,"
     " (SELECT time '10:00') AS g, 'vis', t.a IN (VALUES (1), (2)) AS h FROM t, (VALUES (1, 'q'), (2, NULL)) w; CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC INSERT INTO t SELECT 1, 'x'; UPDATE t SET (a, st) = (SELECT -1, 'y') RETURNING 'z'; SELECT DISTINCT ON (a) 'w' FROM t; END",
     "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 'text' AS text; END"},
    {"policies", "CREATE TABLE t (a int, owner varchar(9), st varchar(9)); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (owner = current_user AND st IN ('a', 'b')) WITH CHECK (a BETWEEN 1 AND 2 AND st IN ('a', 'c'));"
     " CREATE POLICY q ON t AS RESTRICTIVE FOR SELECT TO pg_monitor USING (a IN (SELECT x.a FROM t x WHERE x.st IN ('p', 'q')) OR owner = current_setting('app.user', true) OR a = 1)",
     "ALTER POLICY p ON t WITH CHECK (a BETWEEN 1 AND 2 AND st IN ('a', 'd'))"},
    {"generated", "CREATE TABLE t (st varchar(9), a int, k boolean GENERATED ALWAYS AS (st IN ('a', 'b')) STORED, r text GENERATED ALWAYS AS (CASE WHEN a BETWEEN 1 AND 2 AND st = 'x' THEN 'low' ELSE (st || '!')::varchar(5) END) STORED)",
     "ALTER TABLE t DROP k, ADD k boolean GENERATED ALWAYS AS (st IN ('a', 'c')) STORED"},
    {"virtual_generated", "CREATE TABLE t (st varchar(9), a int, k boolean GENERATED ALWAYS AS (st IN ('a', 'b')) VIRTUAL, l int GENERATED ALWAYS AS (a * 2))",
     "ALTER TABLE t ALTER k SET EXPRESSION AS (st IN ('a', 'c'))", 18},
    {"domains", "CREATE DOMAIN d AS varchar(9) DEFAULT 'new' CONSTRAINT c CHECK (VALUE IN ('new', 'old') AND VALUE <> ''); CREATE DOMAIN e AS int CONSTRAINT c CHECK (VALUE BETWEEN 1 AND 2 AND VALUE <> 5); CREATE DOMAIN l AS text[] CHECK (VALUE <> ARRAY['a'::varchar]::text[]);"
     " CREATE TABLE t (d d DEFAULT 'old', n d DEFAULT NULL, e e, l l DEFAULT ARRAY['a', 'b']::varchar[], CONSTRAINT c CHECK (d IN ('old', 'new') AND e IN (1, 2) AND d::text = ANY (ARRAY[d, 'x'])))",
     "ALTER DOMAIN d DROP CONSTRAINT c; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE IN ('new', 'odd') AND VALUE <> '')"},
    {"partitions", "CREATE TABLE t (at date NOT NULL, st varchar(9) DEFAULT 'x', m numeric(9,2) DEFAULT 1, CONSTRAINT c CHECK (st IN ('a', 'b') AND m BETWEEN 1 AND 2 AND m > 0)) PARTITION BY RANGE (at, (lower(st)));"
     " CREATE TABLE p1 PARTITION OF t (st DEFAULT 'y') FOR VALUES FROM ('2020-01-01', MINVALUE) TO ('2021-01-01', 'm'); CREATE TABLE p2 (st varchar(9), at date NOT NULL, m numeric(9,2), CONSTRAINT c CHECK (st IN ('a', 'b') AND m BETWEEN 1 AND 2 AND m > 0));"
     " ALTER TABLE t ATTACH PARTITION p2 FOR VALUES FROM ('2022-01-01', 'a') TO (MAXVALUE, MAXVALUE); CREATE TABLE l (st varchar(9), h int) PARTITION BY LIST ((st || 'x')); CREATE TABLE l1 PARTITION OF l FOR VALUES IN ('ax', NULL); CREATE TABLE l2 PARTITION OF l DEFAULT PARTITION BY HASH (h);"
     " CREATE TABLE l3 PARTITION OF l2 FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
     "ALTER TABLE t DETACH PARTITION p1; ALTER TABLE t ATTACH PARTITION p1 FOR VALUES FROM ('2020-01-01', MINVALUE) TO ('2021-01-01', 'n')"},
    {"partition_defaults", "CREATE TABLE t (a int DEFAULT 1, b varchar(9) DEFAULT 'x', c numeric(4,1) DEFAULT 2) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); ALTER TABLE p ALTER a DROP DEFAULT, ALTER b DROP DEFAULT, ALTER c SET DEFAULT NULL;"
     " CREATE TABLE base (k varchar(3) DEFAULT 'k', l int DEFAULT 7); CREATE TABLE sub () INHERITS (base); ALTER TABLE sub ALTER k DROP DEFAULT, ALTER l SET DEFAULT NULL",
     "ALTER TABLE p ALTER b SET DEFAULT 'x'"},
    {"triggers", "CREATE TABLE t (a int, st varchar(9), x citext); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE UPDATE OF a, st ON t FOR EACH ROW WHEN (NEW.st IN ('a', 'b') AND OLD.a BETWEEN 1 AND 2 AND OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION f('it''s', '2');"
     " CREATE TRIGGER h BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a BETWEEN 1 AND 2 AND OLD.st IS DISTINCT FROM NEW.st) EXECUTE FUNCTION f(); CREATE TRIGGER k AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()",
     "DROP TRIGGER h ON t; CREATE TRIGGER h BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a BETWEEN 1 AND 3 AND OLD.st IS DISTINCT FROM NEW.st) EXECUTE FUNCTION f()"},
    {"rules", "CREATE TABLE t (a int, st varchar(9)); CREATE VIEW v AS SELECT * FROM t; CREATE RULE r AS ON INSERT TO v WHERE NEW.a BETWEEN 1 AND 2 AND NEW.st IN ('a', 'b') DO INSTEAD (INSERT INTO t VALUES (NEW.a, NEW.st); DELETE FROM t WHERE a BETWEEN 1 AND 2 AND st IN ('x', 'y'));"
     " CREATE RULE s AS ON UPDATE TO t DO ALSO NOTIFY changed",
     "CREATE OR REPLACE RULE r AS ON INSERT TO v WHERE NEW.a BETWEEN 1 AND 3 AND NEW.st IN ('a', 'b') DO INSTEAD INSERT INTO t VALUES (NEW.a, NEW.st)"},
    {"exclusions", "CREATE TABLE t (r tstzrange, st varchar(9), a int, CONSTRAINT x EXCLUDE USING gist (r WITH &&, (a + 1) WITH =) WHERE (st IN ('a', 'b') AND a BETWEEN 1 AND 2 AND a > 0) DEFERRABLE)",
     "ALTER TABLE t DROP CONSTRAINT x, ADD CONSTRAINT x EXCLUDE USING gist (r WITH &&, (a + 1) WITH =) WHERE (st IN ('a', 'c') AND a BETWEEN 1 AND 2 AND a > 0) DEFERRABLE"},
    {"statistics", "CREATE TABLE t (a int, st varchar(9)); CREATE STATISTICS s ON (st IN ('a', 'b')), (a BETWEEN 1 AND 2 AND a > 0), lower(st) FROM t; CREATE STATISTICS e ON (a % 10) FROM t; ALTER STATISTICS s SET STATISTICS 50",
     "DROP STATISTICS s; CREATE STATISTICS s ON (st IN ('a', 'c')), (a BETWEEN 1 AND 2 AND a > 0), lower(st) FROM t; ALTER STATISTICS s SET STATISTICS 50"},
    {"function_bodies", "CREATE TABLE t (a int, st varchar(9)); CREATE FUNCTION f(x varchar DEFAULT 'a'::varchar || 'b', l text[] DEFAULT ARRAY['a'::varchar, x'1'::text::varchar]) RETURNS SETOF t LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM t WHERE st IN ('a', 'b') AND a BETWEEN 1 AND 2; SELECT * FROM t WHERE a BETWEEN 1 AND 2 AND st = x; END;"
     " CREATE FUNCTION g(a int) RETURNS bool LANGUAGE sql RETURN a BETWEEN 1 AND 2 AND a > 0; CREATE FUNCTION h() RETURNS text LANGUAGE sql AS $$ SELECT '((a AND b) AND c) (ARRAY[1])::text[]' $$",
     "CREATE OR REPLACE FUNCTION h() RETURNS text LANGUAGE sql AS $$ SELECT '(a AND b AND c) (ARRAY[1])::text[]' $$"},
    {"enum_casts", "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TABLE t (m mood, s varchar(9), CONSTRAINT c CHECK (m IN ('sad', 'ok') AND m > 'sad' AND m::text IN ('sad', 'ok') AND s::mood = ANY ('{sad,ok}'::mood[])))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (m IN ('sad', 'happy') AND m > 'sad' AND m::text IN ('sad', 'ok') AND s::mood = ANY ('{sad,ok}'::mood[]))"},
    {"composites", "CREATE TYPE pair AS (a int, b varchar(3)); CREATE TABLE t (p pair, q pair[], CONSTRAINT c CHECK ((p).a BETWEEN 1 AND 2 AND (p).b IN ('a', 'b') AND (q[1]).a > 0 AND p <> ROW(1, 'x')::pair AND p IS NOT NULL AND NOT (p).b IS NULL AND ROW(1, 'z') < ROW((p).a, (p).b)))",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK ((p).a BETWEEN 1 AND 2 AND (p).b IN ('a', 'c'))"},
    {"citext_operators", "CREATE TABLE t (a citext, b citext, st text GENERATED ALWAYS AS (CASE a WHEN 'x' THEN 'y' ELSE NULLIF(a, 'z') END) STORED, CONSTRAINT c CHECK (a IS DISTINCT FROM b AND NULLIF(a, 'x') IS NOT NULL AND (a, b) <> ('p', 'q'))); CREATE TABLE u (a citext, n int);"
     " CREATE VIEW v AS SELECT a, n, CASE a WHEN 'x' THEN 1 END AS k, a IN (SELECT b FROM t) AS s FROM t JOIN u USING (a); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
     " CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION f()",
     "DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a::text IS DISTINCT FROM NEW.a::text) EXECUTE FUNCTION f()"},
    {"json_and_xml", "CREATE TABLE t (j jsonb, CONSTRAINT c CHECK (j->>'a' IN ('x', 'y') AND j #>> '{a,b}' <> '' AND j @? '$.a ? (@ > 1)' AND (j->'n')::int BETWEEN 1 AND 2 AND j['a'] IS NOT NULL)); CREATE VIEW v AS SELECT xmlelement(name a, xmlattributes(1 AS b), j->>'x') AS x FROM t",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (j->>'a' IN ('x', 'z'))"},
    {"sql_json", "CREATE TABLE t (j jsonb, s text, CONSTRAINT c CHECK (s IS JSON OBJECT WITH UNIQUE KEYS)); CREATE VIEW v AS SELECT json_object('a': 1, 'b': s ABSENT ON NULL) AS o, json_array(1, s) AS a, json_arrayagg(s ORDER BY s) AS g FROM t GROUP BY s",
     "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (s IS JSON OBJECT)", 16},
    {"sql_json_table", "CREATE TABLE t (j jsonb); CREATE VIEW v AS SELECT k.*, json_value(j, '$.x' RETURNING int DEFAULT 1 ON EMPTY) AS x, json_query(j, '$.y' WITH WRAPPER) AS y, json_exists(j, '$.z') AS z FROM t, JSON_TABLE(j, '$[*]' COLUMNS (n FOR ORDINALITY, a int PATH '$.a' DEFAULT 2 ON ERROR, NESTED PATH '$.b[*]' COLUMNS (b text PATH '$'))) k",
     "ALTER VIEW v RENAME x TO x2", 17},
    {"merge_rule_function", "CREATE TABLE t (a int, st varchar(9)); CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC MERGE INTO t USING t s ON t.a = s.a AND t.st IN ('a', 'b') WHEN MATCHED AND t.a BETWEEN 1 AND 2 AND s.a > 0 THEN UPDATE SET st = 'x' WHEN NOT MATCHED THEN INSERT VALUES (1, 'y');"
     " INSERT INTO t VALUES (1, 'a') ON CONFLICT DO NOTHING; UPDATE t SET (a, st) = (SELECT 1, 'b') WHERE a BETWEEN 1 AND 2 AND st = 'q'; END",
     "DROP FUNCTION f()"},
    {"temporal", "CREATE TABLE t (id int, r daterange, PRIMARY KEY (id, r WITHOUT OVERLAPS)); CREATE TABLE u (id int, r daterange, CONSTRAINT f FOREIGN KEY (id, PERIOD r) REFERENCES t (id, PERIOD r) NOT ENFORCED, CONSTRAINT c CHECK (id IN (1, 2)) NOT ENFORCED)",
     "ALTER TABLE u DROP CONSTRAINT f", 18},
  };
  return kShapes;
}
// clang-format on

/// The SQL as it is to be run for that shape.
inline std::string in_its_schema(const Shape& shape, const std::string& sql) {
  return "SET client_min_messages = error; SET search_path = \"" + shape.name + "\", public; " + sql;
}

}  // namespace bigocean::test
