// Checks that the files belong to the database, before anything is applied or recorded.
#include "sql/migrate/history/wrong_database.hpp"

#include <fmt/format.h>

namespace bigocean::sql::migrate {
namespace {

constexpr std::size_t kNamesShown = 3;

std::size_t files_at_hand(const Plan& plan) {
  std::size_t count = 0;
  for (const auto& file : plan.files) count += file.migration != nullptr ? 1U : 0U;
  return count;
}

/// "the 14 files in db/migrations"
std::string the_files(const Plan& plan, const std::string& dir) {
  const auto count = files_at_hand(plan);
  return fmt::format("the {} {} {}", count, count == 1 ? "file" : "files",
                     dir.empty() ? std::string("built into this binary") : "in " + dir);
}

std::string other_folder() { return "--dir FOLDER, or the variable BIGOCEAN_MIGRATE_DIR"; }

}  // namespace

std::optional<WrongDatabase> find_other_history(Connection& connection, const History& history,
                                                const Plan& plan, const std::string& dir) {
  std::size_t others = 0;
  for (const auto& file : plan.files) {
    if (file.migration == nullptr) {
      ++others;
    } else if (file.state != FileState::kPending) {
      return std::nullopt;  // one that both know
    }
  }
  if (others == 0 || others == plan.files.size()) return std::nullopt;
  const auto newest = connection.execute(history.newest_sql());
  WrongDatabase wrong;
  wrong.seen = fmt::format(
      "this database has another history: schema {} has {} other {}, the newest {}, applied {} by bigocean "
      "{}; none of "
      "{} is among them",
      history.schema(), others, others == 1 ? "migration" : "migrations", newest.at(0, 0), newest.at(0, 1),
      newest.at(0, 2), the_files(plan, dir));
  wrong.remedy = fmt::format(
      "name the folder or the database that was meant: {}; or DATABASE_URL. A second folder for this "
      "database needs a history of its own: --schema NAME, with --new-history at its first run",
      other_folder());
  return wrong;
}

std::optional<WrongDatabase> find_foreign_tables(Connection& connection, const History& history,
                                                 const Plan& plan, const std::string& dir) {
  if (plan.with(FileState::kPending).size() < plan.files.size()) return std::nullopt;
  const auto rows = connection.execute(fmt::format(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND {}"
      " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
      " AND pg_catalog.has_schema_privilege(n.oid, 'CREATE') AND NOT EXISTS (SELECT FROM "
      "pg_catalog.pg_depend d"
      "  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = "
      "'e')"
      " ORDER BY n.nspname <> 'public', n.nspname, c.relname",
      history.is_missing_sql()));
  const auto count = rows.rows.size();
  if (count == 0) return std::nullopt;
  std::string names;
  for (std::size_t i = 0; i < std::min(count, kNamesShown); ++i)
    names += (names.empty() ? "" : ", ") + rows.at(i, 0);
  WrongDatabase wrong;
  wrong.seen = fmt::format(
      "there is no history in schema {}, and the database has {} {} already ({}{}): {} are not "
      "known to belong here",
      history.schema(), count, count == 1 ? "table" : "tables", names, count > kNamesShown ? ", …" : "",
      the_files(plan, dir));
  wrong.remedy = fmt::format(
      "if these files made the tables, record that: bigocean migrate baseline VERSION, or, if another tool "
      "applied them, bigocean migrate adopt; if another folder was meant: {}; if both belong here: "
      "--new-history",
      other_folder());
  return wrong;
}

}  // namespace bigocean::sql::migrate
