// golang-migrate's format: pairs `<number>_<title>.up.sql` and `.down.sql`, in the order of the numbers.
#include <fmt/format.h>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

/// `<number>_<title>.up.<anything>`: the last `.up.` or `.down.` of a name counts.
std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  const std::string_view version = numbered_version(entry);
  if (version.empty() || entry.find('/') != std::string_view::npos) return std::nullopt;
  const auto up = entry.rfind(".up.");
  const auto down = entry.rfind(".down.");
  const bool is_up = up != std::string_view::npos && (down == std::string_view::npos || up > down);
  const auto end = is_up ? up : down;
  if (end == std::string_view::npos || end <= version.size()) return std::nullopt;
  if (!entry.ends_with(".sql"))
    refuse_name(
        path,
        "golang-migrate takes this for a migration too; end the name in .sql, or move it out of the folder");
  return FileName{is_up ? FileName::Role::kUp : FileName::Role::kDown, std::string(entry.substr(0, end)),
                  std::string(version)};
}

void arrange(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  arrange_by_number(folder, migrations, faults);
  refuse_same_versions(migrations, faults);
}

std::vector<NewFile> make_files(const NewFileRequest& request) {
  const std::string stem = fmt::format("{}_{}", next_number(request, kGolangMigrateFormat), request.slug);
  return {{stem + ".up.sql", ""}, {stem + ".down.sql", ""}};
}

}  // namespace

const Format kGolangMigrateFormat{.id = config::MigrationFormat::kGolangMigrate,
                                  .name = "golang-migrate",
                                  .dialect = kPlainDialect,
                                  .read_name = read_name,
                                  .arrange = arrange,
                                  .make_files = make_files,
                                  .pairs_by_version = true};

}  // namespace bigocean::sql::migrate
