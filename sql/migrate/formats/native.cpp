// Our own format, which is dbmate's: `<number>_<name>.sql` with marks, or a pair of .up.sql and .down.sql.
#include <fmt/format.h>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  if (!is_sql_file(entry)) return std::nullopt;
  return parse_file_name(entry, path);
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
                           .arrange = arrange_by_number,
                           .make_files = make_files};

}  // namespace bigocean::sql::migrate
