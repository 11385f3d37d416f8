// The 81 archetypes in the languages besides English, in which the table `archetypes` has them.
#pragma once

#include <array>
#include <string_view>

#include "server/product/assessment/language.hpp"

namespace bigocean::server::assessment {

inline constexpr std::size_t kArchetypeCount = 81;

struct Archetype {
  std::string_view code;         ///< four letters
  std::string_view name;         ///< a thing or a place rather than a person, so that it has no gender
  std::string_view description;  ///< two sentences, to the person
};

/// Null for English, and for an unknown code.
const Archetype* find_archetype(std::string_view code, Language language);

/// In the order of the table; each language has its own file.
const std::array<Archetype, kArchetypeCount>& german_archetypes();
const std::array<Archetype, kArchetypeCount>& spanish_archetypes();

}  // namespace bigocean::server::assessment
