// Queries for views and for what acts on tables: rules, triggers, policies, extended statistics.
#include <array>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::array<std::string_view, 7> kViewQueries{
    // Without data, as for every table here: REFRESH MATERIALIZED VIEW fills it.
    R"(
SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, r.name, r.name, CASE r.relkind
  WHEN 'v' THEN format(E'CREATE VIEW %s%s AS\n%s', r.name, r.options, pg_get_viewdef(r.oid))
  ELSE format(E'CREATE MATERIALIZED VIEW %s%s%s AS\n%s\nWITH NO DATA;', r.name,
    ' USING ' || (SELECT quote_ident(amname) FROM pg_am WHERE oid = r.relam AND amname <> 'heap'), r.options,
    rtrim(pg_get_viewdef(r.oid), ';')) END,
  '', 'pg_class.' || r.oid
FROM relation r WHERE r.relkind IN ('v', 'm')
)",

    R"(
SELECT 'statistics', named.statistics, r.name, concat(format('CREATE STATISTICS %s%s ON %s FROM %s;', named.statistics, (
    SELECT ' (' || string_agg(CASE kind WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END, ', '
                              ORDER BY kind) || ')' FROM unnest(x.stxkind) kind WHERE kind <> 'e'), (
    SELECT string_agg(part, ', ' ORDER BY part COLLATE "C") FROM (
      SELECT quote_ident(attname) AS part FROM pg_attribute WHERE attrelid = r.oid AND attnum = ANY (x.stxkeys)
      UNION ALL SELECT format('(%s)', unnest(pg_get_statisticsobjdef_expressions(x.oid)))) parts), r.name),
    CASE WHEN x.stxstattarget >= 0 THEN format(E'\nALTER STATISTICS %s SET STATISTICS %s;', named.statistics,
      x.stxstattarget) END), '', 'pg_statistic_ext.' || x.oid
FROM relation r JOIN pg_statistic_ext x ON x.stxrelid = r.oid JOIN space s ON s.oid = x.stxnamespace,
LATERAL (SELECT format('%s.%I', s.name, x.stxname) AS statistics) named
)",

    R"(
SELECT 'rule', format('%s.%I', r.name, w.rulename), r.name,
  concat(pg_get_ruledef(w.oid), CASE WHEN w.ev_enabled <> 'O' THEN
    format(E'\nALTER TABLE %s %s RULE %I;', r.name, mode, w.rulename) END), '', 'pg_rewrite.' || w.oid
FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid
LEFT JOIN firing ON code = w.ev_enabled
WHERE w.rulename <> '_RETURN'
)",

    // Of a partition's part in its parent's trigger only when it fires, where that is at another time.
    R"(
SELECT 'trigger', format('%s.%I', r.name, g.tgname), r.name,
  concat(pg_get_triggerdef(g.oid), ';', CASE WHEN g.tgenabled <> 'O' THEN
    format(E'\nALTER TABLE %s %s TRIGGER %I;', r.name, mode, g.tgname) END), '', 'pg_trigger.' || g.oid
FROM relation r JOIN pg_trigger g ON g.tgrelid = r.oid
LEFT JOIN firing ON code = g.tgenabled
WHERE NOT g.tgisinternal AND g.tgparentid = 0
UNION ALL
SELECT 'trigger', format('%s.%I', r.name, g.tgname), r.name,
  format('ALTER TABLE %s %s TRIGGER %I;', r.name, coalesce(mode, 'ENABLE'), g.tgname), '', 'pg_trigger.' || g.oid
FROM relation r JOIN pg_trigger g ON g.tgrelid = r.oid JOIN pg_trigger p ON p.oid = g.tgparentid
LEFT JOIN firing ON code = g.tgenabled
WHERE NOT g.tgisinternal AND g.tgenabled <> p.tgenabled
)",

    R"(
SELECT 'event trigger', quote_ident(e.evtname), '', concat(
    format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s();', e.evtname, e.evtevent, ' WHEN TAG IN (' || (
      SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag COLLATE "C") FROM unnest(e.evttags) tag) || ')',
      e.evtfoid::regproc),
    CASE WHEN e.evtenabled <> 'O' THEN format(E'\nALTER EVENT TRIGGER %I %s;', e.evtname, mode) END),
  '', 'pg_event_trigger.' || e.oid
FROM pg_event_trigger e
LEFT JOIN firing ON code = e.evtenabled
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_event_trigger'::regclass AND objid = e.oid)
)",

    R"(
SELECT 'policy', format('%s.%I', r.name, p.polname), r.name,
  format('CREATE POLICY %I ON %s%s FOR %s TO %s%s%s;', p.polname, r.name,
    CASE WHEN NOT p.polpermissive THEN ' AS RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
      ELSE 'ALL' END,
    (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', '
                       ORDER BY role::regrole::text COLLATE "C") FROM unnest(p.polroles) role),
    E'\n  USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    E'\n  WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'), '', 'pg_policy.' || p.oid
FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
)",

    R"(
SELECT 'publication', quote_ident(p.pubname), '', format('CREATE PUBLICATION %I%s WITH (%s);', p.pubname,
  CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE (
    SELECT ' FOR ' || string_agg(part, ', ' ORDER BY part COLLATE "C") FROM (
      SELECT concat('TABLE ONLY ', t.prrelid::regclass, (
          SELECT format(' (%s)', string_agg(quote_ident(attname), ', ' ORDER BY attname COLLATE "C"))
          FROM pg_attribute WHERE attrelid = t.prrelid AND attnum = ANY (t.prattrs) HAVING count(*) > 0),
        ' WHERE (' || pg_get_expr(t.prqual, t.prrelid) || ')') AS part
      FROM pg_publication_rel t WHERE t.prpubid = p.oid
      UNION ALL SELECT format('TABLES IN SCHEMA %s', n.pnnspid::regnamespace)
      FROM pg_publication_namespace n WHERE n.pnpubid = p.oid) parts) END,
  concat_ws(', ', format('publish = %L', concat_ws(', ', CASE WHEN pubinsert THEN 'insert' END,
      CASE WHEN pubupdate THEN 'update' END, CASE WHEN pubdelete THEN 'delete' END,
      CASE WHEN pubtruncate THEN 'truncate' END)),
    CASE WHEN pubviaroot THEN 'publish_via_partition_root = true' END,
    CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'publish_generated_columns = stored' END)),
  '', 'pg_publication.' || p.oid
FROM pg_publication p
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_publication'::regclass AND objid = p.oid)
)"};

}  // namespace

std::span<const std::string_view> view_queries() { return kViewQueries; }

}  // namespace bigocean::sql::drift
