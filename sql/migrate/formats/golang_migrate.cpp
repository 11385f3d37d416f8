// golang-migrate's format: pairs `<number>_<title>.up.sql` and `.down.sql`, in the order of the numbers.
#include <fmt/format.h>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  if (!is_sql_file(entry) || !(entry.ends_with(".up.sql") || entry.ends_with(".down.sql")))
    return std::nullopt;
  return parse_file_name(entry, path);
}

std::vector<NewFile> make_files(const NewFileRequest& request) {
  const std::string stem = fmt::format("{}_{}", next_number(request, kGolangMigrateFormat), request.slug);
  return {{stem + ".up.sql", ""}, {stem + ".down.sql", ""}};
}

}  // namespace

const Format kGolangMigrateFormat{.id = config::MigrationFormat::kGolangMigrate,
                                  .name = "golang-migrate",
                                  .dialect = kNativeDialect,
                                  .read_name = read_name,
                                  .arrange = arrange_by_number,
                                  .make_files = make_files};

}  // namespace bigocean::sql::migrate
