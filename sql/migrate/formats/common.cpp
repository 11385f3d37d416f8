// What the formats share: names with a number in front, numbers that follow on, orders.
#include "sql/migrate/formats/common.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/error.hpp"
#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::size_t kCountedDigitsMax = 8;  // "20260131" and longer is a date

}  // namespace

EntryPath split_entry(std::string_view entry) {
  const auto slash = entry.rfind('/');
  if (slash == std::string_view::npos) return {"", entry};
  return {entry.substr(0, slash), entry.substr(slash + 1)};
}

bool has_sql_ending(std::string_view entry) {
  constexpr std::string_view kEnding = ".sql";
  return entry.size() >= kEnding.size() &&
         base::equals_ignoring_case(entry.substr(entry.size() - kEnding.size()), kEnding);
}

bool is_sql_file(std::string_view entry) {
  return entry.find('/') == std::string_view::npos && has_sql_ending(entry);
}

std::string canonical_version(std::string_view version) {
  std::string result;
  std::size_t kept = 0;  // up to the last part that is not 0
  for (std::size_t begin = 0; begin <= version.size();) {
    const std::size_t end = std::min(version.find('.', begin), version.size());
    std::string_view part = version.substr(begin, end - begin);
    part.remove_prefix(std::min(part.find_first_not_of('0'), part.size()));
    result += fmt::format("{}{}", begin == 0 ? "" : ".", part.empty() ? "0" : part);
    if (!part.empty() || begin == 0) kept = result.size();
    begin = end + 1;
  }
  result.resize(kept);
  return result;
}

bool version_before(std::string_view version_a, std::string_view version_b) {
  const std::string canonical_a = canonical_version(version_a);
  const std::string canonical_b = canonical_version(version_b);
  std::string_view a = canonical_a;
  std::string_view b = canonical_b;
  while (!a.empty() && !b.empty()) {
    const std::string_view part_a = a.substr(0, a.find('.'));
    const std::string_view part_b = b.substr(0, b.find('.'));
    if (part_a.size() != part_b.size()) return part_a.size() < part_b.size();
    if (part_a != part_b) return part_a < part_b;
    a.remove_prefix(std::min(part_a.size() + 1, a.size()));
    b.remove_prefix(std::min(part_b.size() + 1, b.size()));
  }
  return a.empty() && !b.empty();
}

std::optional<FileName> read_program_name(std::string_view entry, std::span<const std::string_view> endings) {
  const std::string_view version = leading_digits(entry);
  for (const std::string_view ending : endings) {
    if (version.empty() || !entry.ends_with(ending)) continue;
    return FileName{FileName::Role::kProgram, std::string(entry.substr(0, entry.size() - ending.size())),
                    std::string(version)};
  }
  return std::nullopt;
}

std::string_view numbered_version(std::string_view entry) {
  const std::string_view version = leading_digits(entry);
  return entry.substr(version.size()).starts_with('_') ? version : std::string_view{};
}

Obstacle program_obstacle(std::string_view tool) {
  return {0, fmt::format("is a program, which only {} can run", tool),
          fmt::format("run it with {0} and adopt it (bigocean migrate adopt), or write what it does as SQL",
                      tool)};
}

void refuse_name(std::string_view path, std::string_view what) {
  throw base::Error(base::ExitCode::kUsage, fmt::format("{}: {}", path, what));
}

void arrange_by_number(const Folder&, std::vector<Migration>& migrations, std::vector<std::string>&) {
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return runs_before(a.name, b.name); });
}

void arrange_by_name(const Folder&, std::vector<Migration>& migrations, std::vector<std::string>&) {
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.name < b.name; });
}

void refuse_same_versions(const std::vector<Migration>& migrations, std::vector<std::string>& faults) {
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    const Migration& a = migrations[i - 1];
    const Migration& b = migrations[i];
    if (canonical_version(a.version) == canonical_version(b.version))
      faults.push_back(fmt::format("{} and {} have the same version; renumber one", a.path, b.path));
  }
}

std::string utc_stamp(std::chrono::system_clock::time_point now) {
  return fmt::format("{:%Y%m%d%H%M%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

std::string next_number(const NewFileRequest& request, const Format& format) {
  std::uint64_t highest = 0;
  std::size_t width = 0;
  for (const std::string& entry : request.folder.entries()) {
    const auto name = format.read_name(entry, request.folder.path_of(entry));
    if (!name) continue;
    const std::string_view digits = leading_digits(name->version);
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    width = std::max(width, digits.size());
    highest = std::max(highest, number);
  }
  if (width == 0 || width > kCountedDigitsMax) return utc_stamp(request.now);
  return fmt::format("{:0{}}", highest + 1, width);
}

}  // namespace bigocean::sql::migrate
