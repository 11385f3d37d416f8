// Names of migration files: what is one, what it says, and their order.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "sql/migrate/source/file.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kExtension = ".sql";
constexpr std::string_view kExample = "for example 20260131120000_add_users.sql";
constexpr std::size_t kNameBytesMax = 200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "0001_x.dwn.sql" or "0001.undo.x.sql" is meant to take something back; run as an up file it would do harm.
bool names_direction(std::string_view segment) {
  constexpr std::array<std::string_view, 2> kOurs{"up", "down"};
  constexpr std::array<std::string_view, 5> kOthers{"do", "undo", "deploy", "revert", "rollback"};
  const auto same = [&](std::string_view word) { return base::equals_ignoring_case(word, segment); };
  return base::nearest(segment, kOurs).has_value() || std::any_of(kOthers.begin(), kOthers.end(), same);
}

[[noreturn]] void refuse(std::string_view path, std::string_view what) {
  throw base::Error(base::ExitCode::kUsage, fmt::format("{}: {}", path, what));
}

}  // namespace

std::string_view leading_digits(std::string_view name) {
  const auto end = std::find_if_not(name.begin(), name.end(), is_digit);
  return name.substr(0, static_cast<std::size_t>(end - name.begin()));
}

void check_identity(std::string_view identity, std::string_view path) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(identity.begin(), identity.end(), control))
    refuse(path, "the name has a control character in it");
  if (identity.size() > kNameBytesMax)
    refuse(path, fmt::format("the name is longer than {} bytes", kNameBytesMax));
}

FileName parse_file_name(std::string_view file_name, std::string_view path) {
  FileName result;
  std::string_view stem = file_name;
  if (!stem.ends_with(kExtension)) refuse(path, fmt::format("the name must end in .sql, {}", kExample));
  stem.remove_suffix(kExtension.size());
  if (stem.ends_with(".up")) {
    result.role = FileName::Role::kUp;
    stem.remove_suffix(3);
  } else if (stem.ends_with(".down")) {
    result.role = FileName::Role::kDown;
    stem.remove_suffix(5);
  }
  result.identity = stem;
  result.version = leading_digits(stem);
  if (result.version.empty()) refuse(path, fmt::format("the name must start with a number, {}", kExample));
  const std::string_view rest = stem.substr(result.version.size());
  if (!rest.empty() && rest.find_first_of("_-.") != 0) {
    refuse(path, fmt::format("after the number comes `_` and a name, {}", kExample));
  }
  if (rest.size() == 1) refuse(path, fmt::format("nothing follows the number's `{}`, {}", rest, kExample));
  check_identity(stem, path);
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.', dot + 1)) {
    const std::string_view segment = rest.substr(dot + 1, rest.find('.', dot + 1) - dot - 1);
    if (names_direction(segment)) {
      refuse(path,
             fmt::format("`.{}` in the name is not understood; a pair of files ends in .up.sql and .down.sql",
                         segment));
    }
  }
  return result;
}

bool runs_before(std::string_view name_a, std::string_view name_b) {
  const auto split = [](std::string_view name) {
    const std::string_view digits = leading_digits(name);
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    return std::pair{digits.substr(zeros), name.substr(digits.size())};
  };
  const auto [number_a, rest_a] = split(name_a);
  const auto [number_b, rest_b] = split(name_b);
  if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
  if (number_a != number_b) return number_a < number_b;
  if (rest_a != rest_b) return rest_a < rest_b;
  return name_a < name_b;
}

}  // namespace bigocean::sql::migrate
