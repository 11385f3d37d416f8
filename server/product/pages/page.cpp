// The HTML of the pages: the built file with the service's name and texts, and what a shared profile says.
#include "server/product/pages/page.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "server/product/pages/asset.hpp"

namespace bigocean::server::pages {
namespace {

using base::escape_html;

constexpr int kCardWidth = 600;
constexpr int kCardHeight = 315;

/// The relative luminance of "#rrggbb" (WCAG 2.2), 0 to 1.
double luminance(std::string_view colour) {
  double sum = 0;
  constexpr std::array<double, 3> kShares{0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    const auto value = std::stoi(std::string(colour.substr(1 + 2 * i, 2)), nullptr, 16) / 255.0;
    sum += kShares.at(i) * (value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
  }
  return sum;
}

/// The accent, and black or white on it, whichever is easier to read.
std::string accent_rule(std::string_view colour) {
  const auto light = luminance(colour);
  const bool is_black = (light + 0.05) / 0.05 > 1.05 / (light + 0.05);
  return fmt::format("html:root{{--accent:{};--accent-ink:{}}}", colour, is_black ? "#000000" : "#ffffff");
}

std::string meta(std::string_view kind, std::string_view name, std::string_view content) {
  return fmt::format("<meta {}=\"{}\" content=\"{}\">\n    ", kind, name, escape_html(content));
}

}  // namespace

std::string face_css(const product::Settings::Pages& settings) {
  std::string css;
  if (!settings.colour.empty()) css += accent_rule(settings.colour) + "\n";
  if (!settings.colour_dark.empty())
    css += fmt::format("@media (prefers-color-scheme:dark){{{}}}\n", accent_rule(settings.colour_dark));
  return css;
}

Page::Page(const product::Settings::Pages& settings, std::int64_t message_chars_max, std::string_view form)
    : settings_(settings), message_chars_max_(message_chars_max), form_(page_file(form)) {}

std::string Page::fill(std::string_view title, std::string_view head, assessment::Language language) const {
  const bool has_face = !face_css(settings_).empty();
  const std::array<std::pair<std::string_view, std::string>, 8> values{{
      {"name", escape_html(settings_.name)},
      {"welcome", escape_html(settings_.welcome)},
      {"privacy_url", escape_html(settings_.privacy_url)},
      {"message_max", std::to_string(message_chars_max_)},
      {"title", escape_html(title)},
      {"head", std::string(head)},
      {"face", has_face ? R"(<link rel="stylesheet" href="/face.css">)" : ""},
      {"language", std::string(assessment::tag_of(language))},
  }};
  std::string html;
  auto rest = form_;
  while (!rest.empty()) {
    const auto at = rest.find("{{");
    html += rest.substr(0, at);
    if (at == rest.npos) break;
    const auto end = rest.find("}}", at);
    const auto name = rest.substr(at + 2, end - at - 2);
    for (const auto& [one, value] : values) {
      if (one == name) html += value;
    }
    rest.remove_prefix(end + 2);
  }
  return html;
}

std::string Page::plain() const {
  const auto head =
      meta("name", "description", settings_.welcome.empty() ? settings_.name : settings_.welcome);
  return fill(settings_.name, head, assessment::Language::kEnglish);
}

std::string Page::of(const rpc::Profile& profile, assessment::Language language) const {
  const auto& type = profile.archetype;
  const auto title = profile.display_name ? *profile.display_name + ": " + type.name : type.name;
  std::string head = meta("name", "robots", "noindex") + meta("name", "description", type.description) +
                     meta("property", "og:type", "profile") + meta("property", "og:title", title) +
                     meta("property", "og:site_name", settings_.name) +
                     meta("property", "og:description", type.description);
  // Other sites read the picture by its whole address only.
  if (!settings_.public_url.empty()) {
    head += meta("property", "og:image", fmt::format("{}/cards/{}.png", settings_.public_url, type.code)) +
            meta("property", "og:image:width", std::to_string(kCardWidth)) +
            meta("property", "og:image:height", std::to_string(kCardHeight)) +
            meta("property", "og:image:alt", type.code) + meta("name", "twitter:card", "summary_large_image");
  }
  return fill(title + " · " + settings_.name, head, language);
}

}  // namespace bigocean::server::pages
