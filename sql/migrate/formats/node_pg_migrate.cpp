// node-pg-migrate's format: `<time>_<name>.sql` with "-- Up Migration", pairs, and JavaScript programs.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ctime>

#include "base/text.hpp"
#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::array<std::string_view, 6> kProgramEndings{".js", ".ts", ".mjs", ".cjs", ".mts", ".cts"};
constexpr std::size_t kUtcDigits = 17;  // 20260131120000000: date, time, milliseconds

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  if (entry.find('/') != std::string_view::npos || entry.ends_with(".d.ts")) return std::nullopt;
  if (auto program = read_program_name(entry, kProgramEndings)) return program;
  if (!is_sql_file(entry)) return std::nullopt;
  return parse_file_name(entry, path);
}

/// "-- Up Migration", in letters of any size, more dashes and text behind it allowed.
std::optional<Mark> read_mark(const CommentLine& comment, std::vector<Fault>&) {
  const auto begin = comment.text.find_first_not_of("- \t");
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view words = comment.text.substr(begin);
  const std::string_view direction = words.substr(0, words.find_first_of(" \t"));
  const std::string_view rest = base::trim(words.substr(direction.size()));
  constexpr std::string_view kMigration = "migration";
  if (!base::equals_ignoring_case(rest.substr(0, kMigration.size()), kMigration)) return std::nullopt;
  if (base::equals_ignoring_case(direction, "up"))
    return Mark{.kind = Mark::Kind::kUp, .line = comment.line, .options = {}};
  if (base::equals_ignoring_case(direction, "down"))
    return Mark{.kind = Mark::Kind::kDown, .line = comment.line, .options = {}};
  return std::nullopt;
}

/// "-- Up Migration" and nothing behind it, as node-pg-migrate's template has it.
bool is_typical(const CommentLine& comment) {
  std::vector<Fault> ignored;
  return read_mark(comment, ignored).has_value() &&
         base::to_lower(comment.text.substr(comment.text.find_last_of(" \t") + 1)) == "migration";
}

constexpr Dialect kDialect{"-- Up Migration", "-- Down Migration", false, read_mark, is_typical, true};

/// The number in front as node-pg-migrate compares it: 17 digits are a date, and become milliseconds since
/// 1970, as 13 digits are already.
std::uint64_t order_of(const Migration& migration) {
  const std::string_view digits = migration.version;
  const auto number = [&](std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    std::from_chars(digits.data() + at, digits.data() + at + count, value);
    return value;
  };
  if (digits.size() != kUtcDigits) return number(0, digits.size());
  std::tm date{};
  date.tm_year = static_cast<int>(number(0, 4)) - 1900;
  date.tm_mon = static_cast<int>(number(4, 2)) - 1;
  date.tm_mday = static_cast<int>(number(6, 2));
  date.tm_hour = static_cast<int>(number(8, 2));
  date.tm_min = static_cast<int>(number(10, 2));
  date.tm_sec = static_cast<int>(number(12, 2));
  return static_cast<std::uint64_t>(::timegm(&date)) * 1000 + number(14, 3);
}

void arrange(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  arrange_by_number(folder, migrations, faults);
  std::stable_sort(migrations.begin(), migrations.end(),
                   [](const Migration& a, const Migration& b) { return order_of(a) < order_of(b); });
}

void finish(Migration& migration) {
  if (!migration.path.ends_with(".sql")) migration.obstacle = program_obstacle("node-pg-migrate");
}

/// Milliseconds since 1970, or the date in 17 digits where the folder has that.
std::vector<NewFile> make_files(const NewFileRequest& request) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(request.now.time_since_epoch());
  bool dates = false;
  bool counted = false;
  for (const std::string& entry : request.folder.entries()) {
    const std::size_t digits = leading_digits(entry).size();
    dates = dates || digits == kUtcDigits;
    counted = counted || (digits > 0 && digits < 9);
  }
  const std::string number = dates     ? fmt::format("{}{:03}", utc_stamp(request.now), now.count() % 1000)
                             : counted ? next_number(request, kNodePgMigrateFormat)
                                       : std::to_string(now.count());
  std::string name = request.slug;
  std::replace(name.begin(), name.end(), '_', '-');
  return {{fmt::format("{}_{}.sql", number, name), "-- Up Migration\n\n-- Down Migration\n"}};
}

}  // namespace

const Format kNodePgMigrateFormat{.id = config::MigrationFormat::kNodePgMigrate,
                                  .name = "node-pg-migrate",
                                  .dialect = kDialect,
                                  .read_name = read_name,
                                  .arrange = arrange,
                                  .make_files = make_files,
                                  .finish = finish};

}  // namespace bigocean::sql::migrate
