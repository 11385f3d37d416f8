// How each entry of a folder was read: as part of a migration, or of none, and why.
#include "sql/migrate/formats/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "sql/migrate/formats/common.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::size_t kNamesMax = 5;  // that a line for every run names

/// Left by editors, patch and merge tools.
bool is_backup(std::string_view file) {
  constexpr std::array<std::string_view, 8> kEndings{"~",    ".bak", ".orig", ".rej",
                                                     ".swp", ".swo", ".tmp",  ".old"};
  return file.starts_with('#') ||
         std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return file.ends_with(ending); });
}

std::string list(const std::vector<const OtherEntry*>& others, std::size_t names_max) {
  std::vector<std::string> names;
  for (const OtherEntry* other : others) {
    if (names.size() == names_max) break;
    names.push_back(fmt::format("{} ({})", other->entry, other->reason));
  }
  if (others.size() > names.size()) names.push_back(fmt::format("{} more", others.size() - names.size()));
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void Inventory::check() const {
  if (used + others.size() == entries) return;
  throw base::Error(base::ExitCode::kInternal,
                    fmt::format("the folder has {} entries, of which {} belong to migrations and {} to none",
                                entries, used, others.size()),
                    "this is a bug: please report it with the list of the folder's files");
}

OtherEntry other_entry(const Format& format, std::string_view entry) {
  const auto file = split_entry(entry).file;
  if (is_hidden(entry)) return {std::string(entry), "hidden", false};
  if (format.known != nullptr) {
    if (const auto known = format.known(entry); !known.empty())
      return {std::string(entry), std::string(known), false};
  }
  if (entry.ends_with('/')) return {std::string(entry), "a folder", false};
  if (is_backup(file)) return {std::string(entry), "a backup", false};
  if (!has_sql_ending(entry)) return {std::string(entry), "not SQL", false};
  if (file.starts_with('_')) return {std::string(entry), "the name starts with _", false};
  if (file.size() != entry.size() && format.inner_file.empty())
    return {std::string(entry), fmt::format("in a sub-folder, which {} does not read", format.name), true};
  return {std::string(entry), fmt::format("not named as {} names migrations", format.name), true};
}

std::string inventory_text(const Inventory& inventory) {
  std::string text = fmt::format("{} entries: {} belong to {} migrations", inventory.entries, inventory.used,
                                 inventory.migrations);
  if (inventory.others.empty()) return text;
  std::vector<const OtherEntry*> others;
  for (const OtherEntry& other : inventory.others) others.push_back(&other);
  return text + fmt::format(", {} to none: {}", others.size(), list(others, others.size()));
}

std::string passed_over_text(const Inventory& inventory) {
  std::vector<const OtherEntry*> others;
  for (const OtherEntry& other : inventory.others) {
    if (other.looks_like_one) others.push_back(&other);
  }
  if (others.empty()) return {};
  return fmt::format("not {}, skipped: {}", others.size() == 1 ? "a migration" : "migrations",
                     list(others, kNamesMax));
}

}  // namespace bigocean::sql::migrate
