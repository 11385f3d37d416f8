// Extensions in a scratch database: which ones its role cannot make, and who makes them.
#include "sql/drift/extensions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <sstream>

#include "base/text.hpp"
#include "sql/drift/statement_view.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::chrono::minutes kMakeTimeout{2};

struct Known {
  std::string_view name;
  bool closed =
      false;  ///< its functions reach other databases or files, and PostgreSQL lets everybody call them
};

// Of PostgreSQL 16 to 18's own. Languages are missing whose functions only a superuser may write.
constexpr std::array kKnown{
    Known{"amcheck"},
    Known{"autoinc"},
    Known{"bloom"},
    Known{"btree_gin"},
    Known{"btree_gist"},
    Known{"citext"},
    Known{"cube"},
    Known{"dblink", true},
    Known{"dict_int"},
    Known{"dict_xsyn"},
    Known{"earthdistance"},
    Known{"file_fdw"},
    Known{"fuzzystrmatch"},
    Known{"hstore"},
    Known{"insert_username"},
    Known{"intagg"},
    Known{"intarray"},
    Known{"isn"},
    Known{"lo"},
    Known{"ltree"},
    Known{"moddatetime"},
    Known{"pageinspect"},
    Known{"pg_buffercache"},
    Known{"pg_freespacemap"},
    Known{"pg_prewarm", true},
    Known{"pg_stat_statements"},
    Known{"pg_trgm"},
    Known{"pg_visibility"},
    Known{"pg_walinspect"},
    Known{"pgcrypto"},
    Known{"pgrowlocks"},
    Known{"pgstattuple"},
    Known{"postgres_fdw"},
    Known{"refint"},
    Known{"seg"},
    Known{"sslinfo"},
    Known{"tablefunc"},
    Known{"tcn"},
    Known{"tsm_system_rows"},
    Known{"tsm_system_time"},
    Known{"unaccent"},
    Known{"uuid-ossp"},
    Known{"xml2"},
};

const Known* find_known(const std::string& name) {
  const auto found =
      std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& known) { return known.name == name; });
  return found == kKnown.end() ? nullptr : &*found;
}

struct Wanted {
  std::string schema;   ///< empty: the extension's own choice
  std::string version;  ///< empty: the newest
};

/// What can be installed on the server of the scratch database.
struct Available {
  bool trusted = false;
  std::set<std::string> versions;
  std::set<std::string> needed;  ///< other extensions
};

/// CREATE EXTENSION anywhere in the text, inside of strings and bodies too.
std::set<std::string> named_in(const std::string& text) {
  static const std::regex pattern(R"rx(\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?("[^"]+"|[\w$]+))rx",
                                  std::regex::icase);
  std::set<std::string> names;
  const auto lower = base::to_lower(text);
  if (lower.find("extension") == std::string::npos) return names;
  for (std::sregex_iterator match(lower.begin(), lower.end(), pattern), end; match != end; ++match) {
    auto name = (*match)[1].str();
    names.insert(name.front() == '"' ? name.substr(1, name.size() - 2) : name);
  }
  return names;
}

/// Schemas that files make by a statement of their own.
void collect(const migrate::Migration& migration, std::map<std::string, Wanted>& asked,
             std::set<std::string>& schemas) {
  for_each_statement(migration, [&](const auto& statement, std::string_view text) {
    if (!statement.words.starts_with("CREATE")) return;
    const StatementView view(text);
    const std::size_t at = view.is(2, {"IF"}) ? 5 : 2;
    if (view.starts({"CREATE", "SCHEMA"})) schemas.insert(view.name(at));
    if (!view.starts({"CREATE", "EXTENSION"})) return;
    auto& wanted = asked[view.name(at)];
    for (std::size_t i = at + 1; i + 1 < view.size(); ++i) {
      if (view.is(i, {"SCHEMA"})) wanted.schema = view.name(i + 1);
    }
  });
}

std::map<std::string, Wanted> installed_in(Connection& connection) {
  const auto rows = connection.execute(
      "SELECT extname, nspname, extversion FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n"
      " ON n.oid = extnamespace WHERE e.oid >= 16384");
  std::map<std::string, Wanted> installed;
  for (std::size_t i = 0; i < rows.rows.size(); ++i)
    installed[rows.at(i, 0)] = {rows.at(i, 1), rows.at(i, 2)};
  return installed;
}

std::map<std::string, Available> available_to(Connection& connection) {
  const auto rows = connection.execute(
      "SELECT name, version, trusted OR NOT superuser, coalesce(array_to_string(requires, ' '), '')"
      " FROM pg_catalog.pg_available_extension_versions");
  std::map<std::string, Available> all;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    auto& one = all[rows.at(i, 0)];
    one.trusted = rows.at(i, 2) == "t";
    one.versions.insert(rows.at(i, 1));
    std::istringstream needed(rows.at(i, 3));
    for (std::string name; needed >> name;) one.needed.insert(name);
  }
  return all;
}

/// The extensions that files name, and those that these need.
void add_needed(std::set<std::string>& named, const std::map<std::string, Available>& available) {
  std::vector<std::string> open(named.begin(), named.end());
  while (!open.empty()) {
    const auto found = available.find(open.back());
    open.pop_back();
    if (found == available.end()) continue;
    for (const auto& name : found->second.needed) {
      if (named.insert(name).second) open.push_back(name);
    }
  }
}

bool is_own_schema(const std::string& schema) {
  return schema.empty() || schema == "public" || schema.starts_with("pg_");
}

void close_functions(Connection& maker, const std::string& name) {
  const auto rows = maker.execute(fmt::format(
      "SELECT format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC;', p.oid::pg_catalog.regprocedure)"
      " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_proc'::regclass"
      " AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid"
      " WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND extname = {}",
      maker.quote_literal(name)));
  std::string sql;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) sql += rows.at(i, 0);
  if (!sql.empty()) maker.execute(sql);
}

/// False when it cannot be made.
bool make(Connection& maker, const std::string& name, const Wanted& wanted, const Available& available,
          const std::string& own_role) {
  std::string sql;
  if (!is_own_schema(wanted.schema)) {
    sql = fmt::format("CREATE SCHEMA IF NOT EXISTS {}{};", maker.quote_identifier(wanted.schema),
                      own_role.empty() ? "" : " AUTHORIZATION " + own_role);
  }
  sql += "CREATE EXTENSION IF NOT EXISTS " + maker.quote_identifier(name);
  if (!wanted.schema.empty()) sql += " SCHEMA " + maker.quote_identifier(wanted.schema);
  if (available.versions.contains(wanted.version))
    sql += " VERSION " + maker.quote_identifier(wanted.version);
  Connection::Limits limits;
  limits.timeout = kMakeTimeout;
  try {
    maker.execute(sql + " CASCADE", limits);
    if (!own_role.empty() && find_known(name)->closed) close_functions(maker, name);
  } catch (const SqlError&) {
    return false;
  }
  return true;
}

}  // namespace

bool is_known_extension(const std::string& name) { return find_known(name) != nullptr; }

MadeBefore make_extensions(Connection& live, Connection& maker,
                           const std::vector<migrate::Migration>& migrations, const std::string& own_role) {
  const auto installed = installed_in(live);
  std::set<std::string> named, schemas;
  std::map<std::string, Wanted> asked;
  for (const auto& migration : migrations) {
    const auto names = named_in(migration.text);
    named.insert(names.begin(), names.end());
  }
  MadeBefore made;
  if (named.empty() && installed.empty()) return made;
  for (const auto& migration : migrations) collect(migration, asked, schemas);
  const auto available = available_to(maker);
  auto needed = named;
  add_needed(needed, available);

  // Without a role of its own the files run as the role that would make it here.
  std::map<std::string, Wanted> to_make;
  for (const auto& name : needed) {
    const auto found = available.find(name);
    if (own_role.empty() || found == available.end() || found->second.trusted) continue;
    const auto there = installed.find(name);
    to_make[name] = there != installed.end() ? there->second : asked[name];
  }
  for (const auto& [name, wanted] : installed) {
    if (!needed.contains(name)) to_make[name] = wanted;
  }
  for (const auto& [name, wanted] : to_make) {
    const auto found = available.find(name);
    if (!is_known_extension(name) || found == available.end()) continue;
    if (!make(maker, name, wanted, found->second, own_role)) continue;
    if (is_own_schema(wanted.schema)) continue;
    made.schemas.insert(wanted.schema);
    if (!schemas.contains(wanted.schema)) made.unasked_schemas.insert(wanted.schema);
  }
  for (const auto& [name, wanted] : installed_in(maker)) {
    made.extensions.insert(name);
    if (!needed.contains(name)) made.unasked_extensions.insert(name);
  }
  return made;
}

}  // namespace bigocean::sql::drift
