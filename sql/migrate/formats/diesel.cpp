// diesel's format: folders `<number>_<name>` with an up.sql, perhaps a down.sql and a metadata.toml.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kUpFile = "up.sql";

/// What stands before the first '_', dashes left out: "2026-01-31-120000_x" → "20260131120000".
std::string version_of(std::string_view folder) {
  std::string version(folder.substr(0, folder.find('_')));
  version.erase(std::remove(version.begin(), version.end(), '-'), version.end());
  return version;
}

std::optional<FileName> read_name(std::string_view entry, std::string_view) {
  const auto [folder, file] = split_entry(entry);
  if (folder.empty() || folder.find('/') != std::string_view::npos) return std::nullopt;
  FileName name{FileName::Role::kUp, std::string(folder), version_of(folder)};
  if (file == kUpFile) return name;
  name.role = FileName::Role::kDown;
  if (file == "down.sql") return name;
  name.role = FileName::Role::kSettings;
  if (file == "metadata.toml") return name;
  return std::nullopt;
}

void arrange(const Folder&, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  std::sort(migrations.begin(), migrations.end(), [](const Migration& a, const Migration& b) {
    return std::tie(a.version, a.name) < std::tie(b.version, b.name);
  });
  refuse_same_versions(migrations, faults);
}

std::vector<NewFile> make_files(const NewFileRequest& request) {
  const std::string folder = fmt::format(
      "{:%Y-%m-%d-%H%M%S}_{}", fmt::gmtime(std::chrono::system_clock::to_time_t(request.now)), request.slug);
  return {{folder + "/up.sql", "-- Your SQL goes here\n"},
          {folder + "/down.sql", "-- This file should undo anything in `up.sql`\n"}};
}

}  // namespace

const Format kDieselFormat{.id = config::MigrationFormat::kDiesel,
                           .name = "diesel",
                           .dialect = kPlainDialect,
                           .read_name = read_name,
                           .arrange = arrange,
                           .make_files = make_files,
                           .transaction_key = "run_in_transaction",
                           .open_settings = true,
                           .inner_file = kUpFile,
                           .reads_folders = true};

}  // namespace bigocean::sql::migrate
