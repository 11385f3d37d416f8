// The languages of the service's own words.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bigocean::server::assessment {

enum class Language : std::uint8_t { kEnglish, kGerman, kSpanish };

inline constexpr std::array kLanguages{Language::kEnglish, Language::kGerman, Language::kSpanish};

/// "en", "de", "es": as HTTP names it and the database keeps it.
constexpr std::string_view tag_of(Language language) {
  constexpr std::array<std::string_view, kLanguages.size()> kTags{"en", "de", "es"};
  return kTags.at(static_cast<std::size_t>(language));
}

/// "German": the name in the instructions to a model.
constexpr std::string_view name_of(Language language) {
  constexpr std::array<std::string_view, kLanguages.size()> kNames{"English", "German", "Spanish"};
  return kNames.at(static_cast<std::size_t>(language));
}

/// The language of exactly this tag.
constexpr std::optional<Language> find_language(std::string_view tag) {
  for (const auto language : kLanguages) {
    if (tag_of(language) == tag) return language;
  }
  return std::nullopt;
}

}  // namespace bigocean::server::assessment
