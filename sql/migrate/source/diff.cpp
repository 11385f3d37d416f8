// The difference of two texts, line by line, for people.
#include "sql/migrate/source/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <dtl/dtl.hpp>
#pragma GCC diagnostic pop

namespace bigocean::sql::migrate {
namespace {

constexpr std::size_t kCompareBytesMax = 512 * 1024;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string first_difference(std::string_view applied, std::string_view here) {
  const auto [a, b] = std::mismatch(applied.begin(), applied.end(), here.begin(), here.end());
  const auto at = static_cast<std::size_t>(a - applied.begin());
  return fmt::format("the first difference is in line {}; {} bytes were applied, {} are here",
                     1 + std::count(applied.begin(), a, '\n'), applied.size(), here.size()) +
         (at < here.size() ? "" : " (the text here ends there)");
}

}  // namespace

std::string diff_texts(std::string_view applied, std::string_view here, std::size_t lines_max) {
  if (applied.size() + here.size() > kCompareBytesMax) return first_difference(applied, here);
  dtl::Diff<std::string> diff(lines_of(applied), lines_of(here));
  diff.compose();
  diff.composeUnifiedHunks();
  std::ostringstream out;
  diff.printUnifiedFormat(out);
  const auto lines = lines_of(out.str());
  std::string text;
  for (std::size_t i = 0; i < std::min(lines.size(), lines_max); ++i) text += lines[i] + "\n";
  if (lines.size() > lines_max) text += fmt::format("… and {} more lines\n", lines.size() - lines_max);
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace bigocean::sql::migrate
