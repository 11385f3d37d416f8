// drizzle's format: `<number>_<name>.sql` in the order of meta/_journal.json, or, from 1.0 on, folders.
#include "sql/migrate/formats/drizzle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kJournal = "meta/_journal.json";
constexpr std::string_view kInnerFile = "migration.sql";
constexpr std::string_view kBreakpoint = "--> statement-breakpoint";
/// As long, ends the statement for a file that left out the ';', and is still a comment behind it.
constexpr std::string_view kStatementEnd = ";-- statement-breakpoint";
static_assert(kBreakpoint.size() == kStatementEnd.size());

Json parse_journal(const Folder& folder) {
  const std::string path = folder.path_of(kJournal);
  try {
    Json journal = Json::parse(read_bytes(path));
    for (const Json& entry : journal.at("entries")) {
      entry.at("idx").get<std::int64_t>();
      entry.at("when").get<std::int64_t>();
      entry.at("tag").get<std::string>();
    }
    return journal;
  } catch (const Json::exception& error) {
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("{}: is not a drizzle journal: {}", path, error.what()),
                      "restore it from version control, or generate it again with drizzle-kit");
  }
}

std::optional<FileName> read_name(std::string_view entry, std::string_view) {
  const auto [folder, file] = split_entry(entry);
  if (!folder.empty()) {
    if (file != kInnerFile || folder.find('/') != std::string_view::npos) return std::nullopt;
    return FileName{FileName::Role::kUp, std::string(folder), std::string(leading_digits(folder))};
  }
  if (!file.ends_with(".sql")) return std::nullopt;
  const std::string_view stem = file.substr(0, file.size() - 4);
  return FileName{FileName::Role::kUp, std::string(stem), std::string(leading_digits(stem))};
}

std::string_view known(std::string_view entry) {
  if (entry == kJournal) return "drizzle's journal";
  const bool snapshot =
      entry.ends_with("/snapshot.json") || (entry.starts_with("meta/") && entry.ends_with("_snapshot.json"));
  return snapshot ? "drizzle's snapshot" : "";
}

/// The journal's tags, or without one the folders.
std::optional<std::set<std::string>> listed(const Folder& folder) {
  std::set<std::string> names;
  if (folder.has(kJournal)) {
    for (const JournalEntry& entry : read_drizzle_journal(folder)) names.insert(entry.tag);
    return names;
  }
  for (const std::string& inner : folder.folders()) {
    if (folder.has(fmt::format("{}/{}", inner, kInnerFile))) names.insert(inner);
  }
  return names.empty() ? std::nullopt : std::optional(names);
}

void arrange(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  arrange_by_name(folder, migrations, faults);
  if (!folder.has(kJournal)) {
    for (const Migration& migration : migrations) {
      if (migration.path.ends_with(fmt::format("/{}", kInnerFile))) continue;
      faults.push_back(fmt::format("{}: {} is missing, which defines the order", migration.path, kJournal));
    }
    return;
  }
  std::map<std::string, std::size_t, std::less<>> order;
  for (const JournalEntry& entry : read_drizzle_journal(folder)) {
    order.emplace(entry.tag, order.size());
    if (!folder.has(entry.tag + ".sql")) {
      faults.push_back(
          fmt::format("{}: there is no file {}.sql for entry {}; restore it, or remove the entry",
                      folder.path_of(kJournal), entry.tag, entry.index));
    }
  }
  std::stable_sort(migrations.begin(), migrations.end(),
                   [&](const Migration& a, const Migration& b) { return order[a.name] < order[b.name]; });
}

void finish(Migration& migration) {
  for (auto at = migration.text.find(kBreakpoint); at != std::string::npos;
       at = migration.text.find(kBreakpoint, at)) {
    migration.text.replace(at, kBreakpoint.size(), kStatementEnd);
  }
}

std::vector<NewFile> make_files(const NewFileRequest& request) {
  if (!request.folder.has(kJournal) && !request.folder.entries().empty())
    return {{fmt::format("{}_{}/{}", utc_stamp(request.now), request.slug, kInnerFile), ""}};
  Json journal = {{"version", "7"}, {"dialect", "postgresql"}, {"entries", Json::array()}};
  if (request.folder.has(kJournal)) journal = parse_journal(request.folder);
  std::int64_t index = 0;
  std::int64_t when =
      std::chrono::duration_cast<std::chrono::milliseconds>(request.now.time_since_epoch()).count();
  for (const Json& entry : journal["entries"]) {
    index = std::max(index, entry["idx"].get<std::int64_t>() + 1);
    when = std::max(when, entry["when"].get<std::int64_t>() + 1);  // drizzle passes over what is older
  }
  const std::string number = index == 0 ? "0000" : next_number(request, kDrizzleFormat);
  const std::string tag = fmt::format("{}_{}", number, request.slug);
  journal["entries"].push_back({{"idx", index},
                                {"version", journal.value("version", "7")},
                                {"when", when},
                                {"tag", tag},
                                {"breakpoints", true}});
  return {{tag + ".sql", "-- Custom SQL migration\n"}, {std::string(kJournal), journal.dump(2) + "\n", true}};
}

}  // namespace

std::vector<JournalEntry> read_drizzle_journal(const Folder& folder) {
  std::vector<JournalEntry> entries;
  if (!folder.has(kJournal)) return entries;
  const Json journal = parse_journal(folder);
  for (const Json& entry : journal["entries"])
    entries.push_back({entry["idx"].get<std::int64_t>(), entry["when"].get<std::int64_t>(),
                       entry["tag"].get<std::string>()});
  return entries;
}

const Format kDrizzleFormat{.id = config::MigrationFormat::kDrizzle,
                            .name = "drizzle",
                            .dialect = kPlainDialect,
                            .read_name = read_name,
                            .arrange = arrange,
                            .make_files = make_files,
                            .finish = finish,
                            .reads_folders = true,
                            .known = known,
                            .listed = listed,
                            .unlisted = "not in meta/_journal.json, or not in a folder of its own"};

}  // namespace bigocean::sql::migrate
