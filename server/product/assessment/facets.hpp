// The thirty facets of the five traits: their names, and what they mean in a few words.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bigocean::server::assessment {

inline constexpr std::size_t kTraitCount = 5;
inline constexpr std::size_t kFacetsOfTrait = 6;
inline constexpr std::size_t kFacetCount = kTraitCount * kFacetsOfTrait;

enum class Trait : std::uint8_t {
  kOpenness,
  kConscientiousness,
  kExtraversion,
  kAgreeableness,
  kNeuroticism,
};

/// An index into kFacets. Only names are stored or sent.
enum class Facet : std::uint8_t {};

struct TraitInfo {
  std::string_view name;     ///< as stored: "openness"
  std::string_view label;    ///< for people
  std::string_view letters;  ///< of the code, for low, mid and high
};

struct FacetInfo {
  std::string_view name;  ///< as stored: "artistic_interests"
  Trait trait;
  std::string_view label;        ///< for people
  std::string_view description;  ///< what a high score means, as an ending of "Somebody who …"
};

inline constexpr std::array<TraitInfo, kTraitCount> kTraits{{
    {"openness", "Openness", "PGO"},
    {"conscientiousness", "Conscientiousness", "FBD"},
    {"extraversion", "Extraversion", "IAE"},
    {"agreeableness", "Agreeableness", "CNW"},
    {"neuroticism", "Neuroticism", "RTS"},
}};

/// In the order O C E A N, six each.
inline constexpr std::array<FacetInfo, kFacetCount> kFacets{{
    {"imagination", Trait::kOpenness, "Imagination", "pictures worlds and possibilities vividly"},
    {"artistic_interests", Trait::kOpenness, "Artistic interests", "is moved by beauty in art and nature"},
    {"emotionality", Trait::kOpenness, "Emotionality", "notices own feelings and gives them weight"},
    {"adventurousness", Trait::kOpenness, "Adventurousness", "prefers the new and unknown to routine"},
    {"intellect", Trait::kOpenness, "Intellect", "enjoys puzzles, abstractions and ideas"},
    {"liberalism", Trait::kOpenness, "Liberalism", "questions authority, custom and inherited values"},
    {"self_efficacy", Trait::kConscientiousness, "Self-efficacy", "trusts in being able to get things done"},
    {"orderliness", Trait::kConscientiousness, "Orderliness", "keeps things, lists and days in order"},
    {"dutifulness", Trait::kConscientiousness, "Dutifulness", "keeps promises and obligations"},
    {"achievement_striving", Trait::kConscientiousness, "Achievement striving", "aims high and works for it"},
    {"self_discipline", Trait::kConscientiousness, "Self-discipline", "starts dull tasks and finishes them"},
    {"cautiousness", Trait::kConscientiousness, "Cautiousness", "thinks before deciding or acting"},
    {"friendliness", Trait::kExtraversion, "Friendliness", "warms to others quickly and shows it"},
    {"gregariousness", Trait::kExtraversion, "Gregariousness", "seeks crowds and company"},
    {"assertiveness", Trait::kExtraversion, "Assertiveness", "speaks up and takes the lead"},
    {"activity_level", Trait::kExtraversion, "Activity level", "lives at a fast pace and stays busy"},
    {"excitement_seeking", Trait::kExtraversion, "Excitement seeking", "craves thrills and stimulation"},
    {"cheerfulness", Trait::kExtraversion, "Cheerfulness", "is often joyful and lets it show"},
    {"trust", Trait::kAgreeableness, "Trust", "assumes that others mean well"},
    {"morality", Trait::kAgreeableness, "Morality", "is straightforward, without pretence or tricks"},
    {"altruism", Trait::kAgreeableness, "Altruism", "finds helping others rewarding"},
    {"cooperation", Trait::kAgreeableness, "Cooperation", "would rather give way than fight"},
    {"modesty", Trait::kAgreeableness, "Modesty", "claims to be no better than others"},
    {"sympathy", Trait::kAgreeableness, "Sympathy", "feels with those who are worse off"},
    {"anxiety", Trait::kNeuroticism, "Anxiety", "worries and expects danger"},
    {"anger", Trait::kNeuroticism, "Anger", "is easily annoyed or enraged"},
    {"depression", Trait::kNeuroticism, "Depression", "tends to sadness and low spirits"},
    {"self_consciousness", Trait::kNeuroticism, "Self-consciousness", "fears the judgement of others"},
    {"immoderation", Trait::kNeuroticism, "Immoderation", "finds cravings and urges hard to resist"},
    {"vulnerability", Trait::kNeuroticism, "Vulnerability", "loses composure under pressure"},
}};

constexpr std::size_t index_of(Facet facet) { return static_cast<std::size_t>(facet); }
constexpr std::size_t index_of(Trait trait) { return static_cast<std::size_t>(trait); }

/// `index` below kFacetCount.
constexpr Facet facet_at(std::size_t index) { return static_cast<Facet>(index); }

/// Throws std::out_of_range for an invalid facet.
constexpr const FacetInfo& info_of(Facet facet) { return kFacets.at(index_of(facet)); }
constexpr const TraitInfo& info_of(Trait trait) { return kTraits.at(index_of(trait)); }

/// The facet of exactly this name; nothing for any other text.
std::optional<Facet> find_facet(std::string_view name);

}  // namespace bigocean::server::assessment
