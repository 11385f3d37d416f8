// Makes replies from records.
#include "server/product/conversation/replies.hpp"

#include <algorithm>

#include "server/product/assessment/archetypes.hpp"
#include "server/product/assessment/texts.hpp"

namespace bigocean::server::conversation {

using assessment::Language;

rpc::Message message_of(const StoredMessage& message) {
  const bool by_user = message.line.role == llm::Role::kUser;
  return {message.line.position, by_user ? rpc::Message::Role::kUser : rpc::Message::Role::kAssistant,
          message.line.text, message.created_at};
}

std::int64_t user_messages_in(const std::vector<StoredMessage>& messages) {
  return std::count_if(messages.begin(), messages.end(), [](const auto& message) {
    return message.line.role == llm::Role::kUser && !message.refused;
  });
}

bool is_last_but_one(const std::vector<StoredMessage>& messages, std::int64_t messages_max) {
  return user_messages_in(messages) + 1 >= messages_max;
}

std::vector<assessment::Line> lines_of(const std::vector<StoredMessage>& messages) {
  std::vector<assessment::Line> lines;
  for (const auto& message : messages) {
    if (!message.refused) lines.push_back(message.line);
  }
  return lines;
}

rpc::Progress progress_of(const std::vector<StoredMessage>& messages,
                          const assessment::Assessment& assessment, bool winding_down, bool completed,
                          std::int64_t messages_max) {
  rpc::Progress progress;
  progress.messages_max = messages_max;
  progress.answered = user_messages_in(messages);
  for (const auto& facet : assessment.facets) {
    progress.facets_known += facet.confidence > 0 ? 1 : 0;
    progress.confidence += static_cast<double>(facet.confidence) / assessment::kFacetCount;
  }
  progress.winding_down = winding_down;
  progress.completed = completed;
  return progress;
}

std::vector<rpc::TraitScore> traits_of(const assessment::Assessment& assessment, Language language) {
  std::vector<rpc::TraitScore> traits;
  for (std::size_t i = 0; i < assessment::kTraitCount; ++i) {
    const auto trait = static_cast<assessment::Trait>(i);
    const double score = assessment.of(trait);
    const auto level = assessment::level_of(score);
    rpc::TraitScore one{std::string(assessment::info_of(trait).name), score,
                        std::string(assessment::name_of(level)),
                        std::string(1, assessment::letter_of(trait, score))};
    one.label = assessment::trait_label(trait, language);
    // Without evidence the score is only a starting point and has no text.
    bool is_known = false;
    for (std::size_t f = 0; f < assessment::kFacetCount; ++f) {
      is_known |= assessment::kFacets.at(f).trait == trait && assessment.facets.at(f).evidence_count > 0;
    }
    if (is_known) one.text = assessment::trait_text(trait, level, language);
    traits.push_back(std::move(one));
  }
  return traits;
}

std::vector<rpc::FacetScore> facets_of(const assessment::Assessment& assessment, Language language) {
  std::vector<rpc::FacetScore> facets;
  for (std::size_t i = 0; i < assessment::kFacetCount; ++i) {
    const auto facet = assessment::facet_at(i);
    const auto& info = assessment::info_of(facet);
    const auto& score = assessment.facets.at(i);
    const auto level = assessment::facet_level_of(score.score);
    rpc::FacetScore one{std::string(info.name), std::string(assessment::info_of(info.trait).name),
                        score.score, static_cast<double>(score.confidence), score.evidence_count};
    one.label = assessment::facet_label(facet, language);
    one.level = assessment::name_of(level);
    if (score.evidence_count > 0) one.text = assessment::facet_text(facet, level, language);
    facets.push_back(std::move(one));
  }
  return facets;
}

rpc::Archetype archetype_of(Records& records, const assessment::Assessment& assessment, Language language) {
  if (const auto* found = assessment::find_archetype(assessment.archetype, language))
    return {assessment.archetype, std::string(found->name), std::string(found->description)};
  auto text = records.archetype(assessment.archetype);
  return {assessment.archetype, std::move(text.name), std::move(text.description)};
}

rpc::Analysis standing_of(const Records::Due& due, const Records::Analysis& analysis) {
  using State = rpc::Analysis::State;
  const auto is_open = [&](const auto& position) {
    return position && *position > analysis.through_position;
  };
  if (is_open(due.pending)) return {State::kPending, analysis.through_position, due.pending};
  if (is_open(due.dead)) return {State::kFailed, analysis.through_position, due.dead};
  return {analysis.through_position > 0 ? State::kCurrent : State::kNone, analysis.through_position, {}};
}

bool shows_something(const assessment::Assessment& assessment) {
  return std::any_of(assessment.facets.begin(), assessment.facets.end(),
                     [](const auto& facet) { return facet.evidence_count > 0; });
}

rpc::SessionState state_of(bool completed, bool expired) {
  if (completed) return rpc::SessionState::kCompleted;
  return expired ? rpc::SessionState::kExpired : rpc::SessionState::kActive;
}

rpc::Results results_of(Records& records, const Records::Due& due, const Records::Analysis& analysis,
                        const Session& session) {
  return {analysis.assessment.code,
          archetype_of(records, analysis.assessment, session.language),
          traits_of(analysis.assessment, session.language),
          facets_of(analysis.assessment, session.language),
          standing_of(due, analysis),
          session.completed_at.has_value()};
}

}  // namespace bigocean::server::conversation
