// Prisma's format: folders `<time>_<name>` with a migration.sql, in the order of their names.
#include <fmt/format.h>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kFile = "migration.sql";

std::optional<FileName> read_name(std::string_view entry, std::string_view) {
  const auto [folder, file] = split_entry(entry);
  if (folder.empty() || folder.find('/') != std::string_view::npos || file != kFile) return std::nullopt;
  return FileName{FileName::Role::kUp, std::string(folder), std::string(leading_digits(folder))};
}

std::string_view known(std::string_view entry) {
  return entry == "migration_lock.toml" ? "Prisma's lock file" : "";
}

std::vector<NewFile> make_files(const NewFileRequest& request) {
  return {{fmt::format("{}_{}/{}", utc_stamp(request.now), request.slug, kFile), ""}};
}

}  // namespace

const Format kPrismaFormat{.id = config::MigrationFormat::kPrisma,
                           .name = "prisma",
                           .dialect = kPlainDialect,
                           .read_name = read_name,
                           .arrange = arrange_by_name,
                           .make_files = make_files,
                           .inner_file = kFile,
                           .reads_folders = true,
                           .known = known};

}  // namespace bigocean::sql::migrate
