// Flyway's format: `V<version>__<name>.sql`, undone by `U<version>__<name>.sql`; versions have parts.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kEnding = ".sql";
constexpr std::string_view kSettingsEnding = ".sql.conf";

/// "V1_2__add_users" taken apart; nullopt if it is not a Flyway name.
struct Parts {
  char prefix = 'V';
  std::string version;  ///< "1.2"; empty for R
};

/// The description and the `__` in front of it may be missing.
std::optional<Parts> take_apart(std::string_view stem) {
  if (stem.empty()) return std::nullopt;
  const auto cut = stem.find("__");
  Parts parts{stem.front(), std::string(stem.substr(1, cut == std::string_view::npos ? cut : cut - 1))};
  if (cut == 0) return std::nullopt;
  std::replace(parts.version.begin(), parts.version.end(), '_', '.');
  if (parts.prefix == 'R')
    return parts.version.empty() && cut != std::string_view::npos ? std::optional(parts) : std::nullopt;
  const bool known = parts.prefix == 'V' || parts.prefix == 'U' || parts.prefix == 'B';
  const bool number = leading_digits(parts.version).size() > 0 &&
                      parts.version.find_first_not_of("0123456789.") == std::string::npos;
  return known && number ? std::optional(parts) : std::nullopt;
}

/// beforeMigrate.sql, afterEachMigrate__x.sql, createSchema.sql: Flyway runs them at its events.
bool is_callback(std::string_view stem) {
  const auto event = stem.substr(0, stem.find("__"));
  for (const std::string_view when : {"before", "after"}) {
    if (event.starts_with(when) && event.size() > when.size() && event[when.size()] >= 'A' &&
        event[when.size()] <= 'Z' && event.find_first_of("_-. ") == std::string_view::npos)
      return true;
  }
  return event == "createSchema";
}

std::string_view without_ending(std::string_view file, std::string_view ending) {
  return file.ends_with(ending) ? file.substr(0, file.size() - ending.size()) : std::string_view{};
}

std::optional<FileName> read_name(std::string_view entry, std::string_view path) {
  const auto file = split_entry(entry).file;
  const bool settings = file.ends_with(kSettingsEnding);
  const auto stem = without_ending(file, settings ? kSettingsEnding : kEnding);
  if (is_callback(stem))
    refuse_name(path, "a Flyway callback, which bigocean does not run; move it out of the folder");
  const auto parts = take_apart(stem);
  if (!parts) return std::nullopt;
  if (parts->prefix == 'R') {
    refuse_name(path,
                "a repeatable migration, which bigocean does not support yet: it runs a file once; give it a "
                "version (V<version>__<name>.sql), and write a new one whenever it changes");
  }
  FileName name{FileName::Role::kUp, std::string(stem), parts->version};
  if (parts->prefix == 'U') {
    name.role = FileName::Role::kDown;
    name.identity.front() = 'V';  // what it takes back
  }
  if (settings) name.role = FileName::Role::kSettings;
  return name;
}

std::string_view known(std::string_view entry) {
  return entry.ends_with(".java") || entry.ends_with(".kt") || entry.ends_with(".class")
             ? "a program, which only Flyway can run"
             : "";
}

/// A baseline runs behind all that it stands for.
void arrange(const Folder&, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  std::vector<Migration> baselines;
  const auto before = [](const Migration& a, const Migration& b) {
    return version_before(a.version, b.version);
  };
  const auto cut = std::stable_partition(migrations.begin(), migrations.end(),
                                         [](const Migration& m) { return !m.baseline; });
  std::move(cut, migrations.end(), std::back_inserter(baselines));
  migrations.erase(cut, migrations.end());
  for (auto* kind : {&migrations, &baselines}) {
    std::sort(kind->begin(), kind->end(), before);
    refuse_same_versions(*kind, faults);
  }
  std::vector<Migration> all;
  std::merge(std::make_move_iterator(migrations.begin()), std::make_move_iterator(migrations.end()),
             std::make_move_iterator(baselines.begin()), std::make_move_iterator(baselines.end()),
             std::back_inserter(all), before);
  migrations = std::move(all);
}

void finish(Migration& migration) {
  migration.baseline = migration.name.starts_with('B');
  const auto at = migration.text.find("${");
  if (at == std::string::npos) return;
  migration.obstacle = {
      at, "a Flyway placeholder, which bigocean does not fill in",
      "write its value into the file; where the text is meant as it stands, cut it: '$' || '{…}'"};
}

/// The last part of the highest version counted on, or the UTC stamp where versions are dates.
std::vector<NewFile> make_files(const NewFileRequest& request) {
  std::string highest;
  for (const std::string& entry : request.folder.entries()) {
    const auto parts = take_apart(without_ending(split_entry(entry).file, kEnding));
    if (!parts || is_hidden(entry)) continue;
    if (highest.empty() || version_before(highest, parts->version)) highest = parts->version;
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
  return !is_hidden(entry) && take_apart(without_ending(split_entry(entry).file, kEnding)).has_value();
}

const Format kFlywayFormat{.id = config::MigrationFormat::kFlyway,
                           .name = "flyway",
                           .dialect = kPlainDialect,
                           .read_name = read_name,
                           .arrange = arrange,
                           .make_files = make_files,
                           .finish = finish,
                           .transaction_key = "executeInTransaction",
                           .pairs_by_version = true,
                           .reads_folders = true,
                           .reads_deeper = true,
                           .known = known};

}  // namespace bigocean::sql::migrate
