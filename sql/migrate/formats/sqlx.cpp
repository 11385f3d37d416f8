// sqlx's format: `<number>_<description>.sql`, or pairs; a first line `-- no-transaction`.
#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

/// `<number>_<description>.sql`; with a `_` in it, any other begin is an error to sqlx.
std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  const auto cut = entry.find('_');
  if (entry.find('/') != std::string_view::npos || cut == std::string_view::npos || !entry.ends_with(".sql"))
    return std::nullopt;
  const std::string_view version = leading_digits(entry);
  if (version.empty() || version.size() != cut)
    refuse_name(path,
                "sqlx requires a number in front of the first `_`; rename it, or move it out of the folder");
  std::string_view stem = entry.substr(0, entry.size() - 4);
  FileName name{FileName::Role::kUp, "", std::string(version)};
  if (stem.ends_with(".down")) name.role = FileName::Role::kDown;
  if (stem.ends_with(".up") || stem.ends_with(".down")) stem = stem.substr(0, stem.rfind('.'));
  name.identity = stem;
  return name;
}

/// The first bytes of the file, exactly.
std::optional<Mark> read_mark(const CommentLine& comment, std::vector<Fault>&) {
  if (comment.line != 1 || !comment.whole.starts_with("-- no-transaction")) return std::nullopt;
  return Mark{.kind = Mark::Kind::kNoTransaction, .line = comment.line, .options = {}};
}

void arrange(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  arrange_by_number(folder, migrations, faults);
  refuse_same_versions(migrations, faults);
}

constexpr Dialect kDialect{"", "", false, read_mark};

/// A pair where the folder has pairs, as sqlx does.
std::vector<NewFile> make_files(const NewFileRequest& request) {
  const std::string stem = fmt::format("{}_{}", next_number(request, kSqlxFormat), request.slug);
  const auto& entries = request.folder.entries();
  const bool pairs = std::any_of(entries.begin(), entries.end(),
                                 [](const std::string& entry) { return entry.ends_with(".up.sql"); });
  if (!pairs) return {{stem + ".sql", "-- Add migration script here\n"}};
  return {{stem + ".up.sql", "-- Add up migration script here\n"},
          {stem + ".down.sql", "-- Add down migration script here\n"}};
}

}  // namespace

const Format kSqlxFormat{.id = config::MigrationFormat::kSqlx,
                         .name = "sqlx",
                         .dialect = kDialect,
                         .read_name = read_name,
                         .arrange = arrange,
                         .make_files = make_files,
                         .pairs_by_version = true};

}  // namespace bigocean::sql::migrate
