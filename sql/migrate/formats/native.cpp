// Our own format, which is dbmate's: `<number>_<name>.sql` with marks, or a pair of .up.sql and .down.sql.
#include <fmt/format.h>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  if (!is_sql_file(entry) || entry.starts_with('_')) return std::nullopt;
  return parse_file_name(entry, path);
}

/// A folder with a migration's name is a fault, not a stray entry.
void arrange(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  for (const std::string& inner : folder.folders()) {
    if (has_sql_ending(inner) && !inner.starts_with('_'))
      faults.push_back(fmt::format("{}: is a folder; a migration is a file", folder.path_of(inner)));
  }
  arrange_by_number(folder, migrations, faults);
}

std::vector<NewFile> make_files(const NewFileRequest& request) {
  return {{fmt::format("{}_{}.sql", utc_stamp(request.now), request.slug),
           "-- migrate:up\n\n\n-- migrate:down\n\n"}};
}

}  // namespace

const Format kNativeFormat{.id = config::MigrationFormat::kNative,
                           .name = "native",
                           .dialect = kNativeDialect,
                           .read_name = read_name,
                           .arrange = arrange,
                           .make_files = make_files};

}  // namespace bigocean::sql::migrate
