// sqlx's format: `<number>_<description>.sql`, or pairs; a first line `-- no-transaction`.
#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  if (!is_sql_file(entry)) return std::nullopt;
  FileName name = parse_file_name(entry, path);
  if (name.role == FileName::Role::kWhole) name.role = FileName::Role::kUp;
  return name;
}

std::optional<Mark> read_mark(const CommentLine& comment, std::vector<Fault>&) {
  if (comment.line != 1 || !comment.text.starts_with("no-transaction")) return std::nullopt;
  return Mark{.kind = Mark::Kind::kNoTransaction, .line = comment.line, .options = {}};
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
                         .arrange = arrange_by_number,
                         .make_files = make_files};

}  // namespace bigocean::sql::migrate
