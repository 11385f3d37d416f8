// Flyway's format: `V<version>__<name>.sql`, undone by `U<version>__<name>.sql`; versions have parts.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kEnding = ".sql";
constexpr std::string_view kSettingsEnding = ".sql.conf";

/// "V1_2__add_users" taken apart; nothing when it is no name of Flyway's.
struct Parts {
  char prefix = 'V';
  std::string version;  ///< "1.2"; empty for R
  std::string_view description;
};

std::optional<Parts> take_apart(std::string_view stem) {
  const auto cut = stem.find("__");
  if (cut == std::string_view::npos || cut == 0 || cut + 2 >= stem.size()) return std::nullopt;
  Parts parts{stem.front(), std::string(stem.substr(1, cut - 1)), stem.substr(cut + 2)};
  std::replace(parts.version.begin(), parts.version.end(), '_', '.');
  if (parts.prefix == 'R') return parts.version.empty() ? std::optional(parts) : std::nullopt;
  const bool known = parts.prefix == 'V' || parts.prefix == 'U' || parts.prefix == 'B';
  const bool number = !parts.version.empty() && leading_digits(parts.version).size() > 0 &&
                      parts.version.find_first_not_of("0123456789.") == std::string::npos;
  return known && number ? std::optional(parts) : std::nullopt;
}

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  const bool settings = entry.ends_with(kSettingsEnding);
  if (entry.find('/') != std::string_view::npos || !(settings || is_sql_file(entry))) return std::nullopt;
  const std::string_view stem = entry.substr(0, entry.size() - (settings ? kSettingsEnding : kEnding).size());
  const auto parts = take_apart(stem);
  if (!parts || !(settings || entry.ends_with(kEnding))) {
    refuse_name(
        path,
        "the name is not V<version>__<name>.sql or U<version>__<name>.sql; bigocean runs no callbacks "
        "and no other scripts of Flyway's: move it out of the folder");
  }
  if (parts->prefix == 'R') {
    refuse_name(
        path,
        "a repeatable migration; bigocean runs a file once: give it a version (V<version>__<name>.sql), "
        "and write a new one whenever it changes");
  }
  if (parts->prefix == 'B') {
    refuse_name(path,
                "a baseline migration, which bigocean has not; the V files build the same: move it out of "
                "the folder");
  }
  FileName name{FileName::Role::kUp, "V" + std::string(stem.substr(1)), parts->version};
  if (parts->prefix == 'U') name.role = FileName::Role::kDown;
  if (settings) name.role = FileName::Role::kSettings;
  return name;
}

void arrange(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return version_before(a.version, b.version); });
  refuse_same_versions(migrations, faults);
  for (const std::string& sub_folder : folder.folders()) {
    const Folder inside(folder.path_of(sub_folder));
    for (const std::string& entry : inside.entries()) {
      if (!is_flyway_name(entry)) continue;
      faults.push_back(fmt::format("{}: Flyway reads sub-folders too, bigocean does not; move it up into {}",
                                   inside.path_of(entry), folder.path()));
    }
  }
}

void finish(Migration& migration) {
  const auto at = migration.text.find("${");
  if (at == std::string::npos) return;
  migration.obstacle = {
      at, "a placeholder of Flyway's, which bigocean does not fill in",
      "write its value into the file; where the text is meant as it stands, cut it: '$' || '{…}'"};
}

/// The last part of the highest version counted on, or the UTC stamp where versions are dates.
std::vector<NewFile> make_files(const NewFileRequest& request) {
  std::string highest;
  for (const std::string& entry : request.folder.entries()) {
    const auto name = read_name(entry, request.folder.path_of(entry));
    if (name && (highest.empty() || version_before(highest, name->version))) highest = name->version;
  }
  const auto dot = highest.rfind('.');
  std::string version;
  if (dot == std::string::npos) {
    version = next_number(request, kFlywayFormat);
    if (highest.empty()) version = "1";
  } else {
    std::uint64_t last = 0;
    std::from_chars(highest.data() + dot + 1, highest.data() + highest.size(), last);
    version = fmt::format("{}.{}", highest.substr(0, dot), last + 1);
  }
  return {{fmt::format("V{}__{}.sql", version, request.slug), ""}};
}

}  // namespace

bool is_flyway_name(std::string_view entry) {
  return entry.ends_with(kEnding) && take_apart(entry.substr(0, entry.size() - kEnding.size())).has_value();
}

const Format kFlywayFormat{.id = config::MigrationFormat::kFlyway,
                           .name = "flyway",
                           .dialect = kPlainDialect,
                           .read_name = read_name,
                           .arrange = arrange,
                           .make_files = make_files,
                           .finish = finish,
                           .transaction_key = "executeInTransaction"};

}  // namespace bigocean::sql::migrate
