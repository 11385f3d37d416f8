// Detects which tool's folder it is, by its names and by the heads of its files.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/error.hpp"
#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::array kFormats{&kNativeFormat, &kGooseFormat,  &kGolangMigrateFormat,
                              &kFlywayFormat, &kSqlxFormat,   &kDrizzleFormat,
                              &kPrismaFormat, &kDieselFormat, &kNodePgMigrateFormat};
/// Formats whose numbered files are told apart by their first lines.
constexpr std::array kMarkedFormats{&kNativeFormat, &kGooseFormat, &kSqlxFormat, &kNodePgMigrateFormat};

constexpr std::string_view kBreakpoint = "--> statement-breakpoint";
constexpr std::size_t kStampDigits = 14;
/// What Prisma writes above the statements that it makes.
constexpr std::array<std::string_view, 14> kPrismaHeadings{
    "-- CreateTable",   "-- CreateIndex",    "-- CreateEnum",  "-- CreateSchema",    "-- CreateExtension",
    "-- AlterTable",    "-- AlterEnum",      "-- DropTable",   "-- DropIndex",       "-- DropEnum",
    "-- AddForeignKey", "-- DropForeignKey", "-- RenameIndex", "-- RenameForeignKey"};

class Detector {
 public:
  explicit Detector(Folder& folder) : folder_(folder) {}

  Detection detect() {
    look_at_names();
    look_at_heads();
    if (found_.empty()) look_at_the_rest();
    if (found_.empty()) return {};
    if (found_.size() > 1) refuse();
    return {found_.begin()->first, found_.begin()->second};
  }

 private:
  void look_at_names() {
    if (folder_.has("meta/_journal.json")) speaks_for(kDrizzleFormat, "meta/_journal.json is there");
    const bool locked = folder_.has("migration_lock.toml");
    if (locked) speaks_for(kPrismaFormat, "migration_lock.toml is there");
    const auto& entries = folder_.entries();
    const bool snapshots = std::any_of(entries.begin(), entries.end(), [](const std::string& entry) {
      return entry.ends_with("/snapshot.json");
    });
    std::vector<std::size_t> scripts;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string& entry = entries[i];
      if (is_hidden(entry)) continue;
      const auto [folder, file] = split_entry(entry);
      if (folder.empty() && is_flyway_name(entry)) speaks_for_flyway(entry);
      if (folder.empty()) continue;
      if (file == "up.sql") speaks_for(kDieselFormat, fmt::format("{} is there", entry));
      if (file == "migration.sql" && !locked) scripts.push_back(i);
    }
    if (scripts.empty()) return;
    if (snapshots) {
      speaks_for(kDrizzleFormat, fmt::format("{} is there, with snapshots", entries[scripts.front()]));
    } else if (!look_at_scripts(scripts)) {
      for (const Format* format : {&kDrizzleFormat, &kPrismaFormat})
        speaks_for(*format, fmt::format("{} is there", entries[scripts.front()]));
    }
  }

  /// Prisma and drizzle 1.0 have the same folders except for what each writes into them. True: evidence was
  /// found.
  bool look_at_scripts(const std::vector<std::size_t>& scripts) {
    for (const std::size_t script : scripts) {
      const std::string& entry = folder_.entries()[script];
      if (leading_digits(entry).size() < kStampDigits || entry[kStampDigits] != '_')
        speaks_for(kPrismaFormat, fmt::format("{} has no time of 14 digits in front", entry));
      try {
        look_at_script(entry, folder_.text(script));
      } catch (const base::Error&) {
        // Reading the migrations reports what is wrong with it.
      }
    }
    return found_.count(&kPrismaFormat) > 0 || found_.count(&kDrizzleFormat) > 0;
  }

  void look_at_script(const std::string& entry, const std::string& text) {
    if (text.find(kBreakpoint) != std::string::npos)
      speaks_for(kDrizzleFormat, fmt::format("{} has `{}`", entry, kBreakpoint));
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const auto line = std::string_view(text).substr(begin, end - begin);
      begin = end + 1;
      if (std::find(kPrismaHeadings.begin(), kPrismaHeadings.end(), line) != kPrismaHeadings.end())
        return speaks_for(kPrismaFormat, fmt::format("{} has `{}`", entry, line));
    }
  }

  void look_at_heads() {
    const bool others = found_.count(&kDrizzleFormat) == 0 && !found_.empty();
    for (std::size_t i = 0; i < folder_.entries().size(); ++i) {
      const std::string& entry = folder_.entries()[i];
      if (!is_sql_file(entry) || leading_digits(entry).empty()) continue;
      if (others) speaks_for(kNativeFormat, fmt::format("{} is a numbered file", entry));
      look_at_head(i);
    }
  }

  void look_at_head(std::size_t index) {
    try {
      const std::string& text = folder_.text(index);
      for (const Format* format : kMarkedFormats) {
        if (found_.count(format) > 0) continue;
        const auto mark = mark_at_head(text, format->dialect);
        if (!mark.empty())
          speaks_for(*format, fmt::format("{} begins with `{}`", folder_.entries()[index], mark));
      }
    } catch (const base::Error&) {
      // Reading the migrations reports what is wrong with it.
    }
  }

  /// Evidence that counts only if there is no other.
  void look_at_the_rest() {
    std::size_t halves = 0;
    std::size_t files = 0;
    for (const std::string& entry : folder_.entries()) {
      if (!is_sql_file(entry)) continue;
      ++files;
      halves += entry.ends_with(".up.sql") || entry.ends_with(".down.sql") ? 1U : 0U;
    }
    if (files == 0) look_for_flyway_below();
    if (files > 0) {
      if (halves == files) speaks_for(kGolangMigrateFormat, "all files are .up.sql or .down.sql");
      return;
    }
    for (const std::string& entry : folder_.entries()) {
      for (const Format* format : {&kGooseFormat, &kNodePgMigrateFormat}) {
        const auto name = format->read_name(entry, entry);
        if (name && name->role == FileName::Role::kProgram)
          speaks_for(*format, fmt::format("{} is a program", entry));
      }
    }
  }

  /// For a folder without files at its top.
  void look_for_flyway_below() {
    folder_.read_deeper();
    for (const std::string& entry : folder_.entries()) {
      if (is_flyway_name(entry)) return speaks_for_flyway(entry);
    }
  }

  void speaks_for_flyway(const std::string& entry) {
    speaks_for(kFlywayFormat, fmt::format("{} is named as Flyway does", entry));
  }

  void speaks_for(const Format& format, std::string why) { found_.emplace(&format, std::move(why)); }

  [[noreturn]] void refuse() const {
    std::vector<std::string> reasons, choices;
    for (const auto& [format, why] : found_) {
      reasons.push_back(fmt::format("{} ({})", format->name, why));
      choices.push_back(fmt::format("--format {}", format->name));
    }
    std::sort(reasons.begin(), reasons.end());
    std::sort(choices.begin(), choices.end());
    throw base::Error(
        base::ExitCode::kUsage,
        fmt::format("{} looks like {}", folder_.path(), fmt::join(reasons, " and like ")),
        fmt::format("choose one with {} (or migrate.format), or move the others out of the folder",
                    fmt::join(choices, " or ")));
  }

  Folder& folder_;
  std::map<const Format*, std::string> found_;  // and what speaks for it first
};

}  // namespace

const Format& format_of(config::MigrationFormat id) {
  return **std::find_if(kFormats.begin(), kFormats.end(),
                        [&](const Format* format) { return format->id == id; });
}

Detection detect_format(Folder& folder) { return Detector(folder).detect(); }

Detection choose_format(Folder& folder, config::MigrationFormat choice) {
  if (choice == config::MigrationFormat::kAuto) return detect_format(folder);
  return {&format_of(choice), ""};
}

const Dialect& detect_dialect(std::string_view text) {
  for (const Format* format : kMarkedFormats) {
    if (!mark_at_head(text, format->dialect).empty()) return format->dialect;
  }
  return kNativeDialect;
}

}  // namespace bigocean::sql::migrate
