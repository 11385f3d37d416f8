// Functions that make schemas, and the schemas that several replies share.
#include "server/product/rpc/schema.hpp"

#include <utility>

#include "server/product/assessment/facets.hpp"
#include "server/product/assessment/language.hpp"

namespace bigocean::server::rpc {
namespace {

constexpr std::int64_t kStoredCharsMax = 20'000;  // of a message, as its table in the database has it

std::vector<std::string_view> trait_names() {
  std::vector<std::string_view> names;
  for (const auto& trait : assessment::kTraits) names.push_back(trait.name);
  return names;
}

std::vector<std::string_view> facet_names() {
  std::vector<std::string_view> names;
  for (const auto& facet : assessment::kFacets) names.push_back(facet.name);
  return names;
}

std::vector<std::string_view> language_tags() {
  std::vector<std::string_view> tags;
  for (const auto language : assessment::kLanguages) tags.push_back(assessment::tag_of(language));
  return tags;
}

std::vector<NamedSchema> make_named() {
  const auto trait = named("Trait");
  const auto facet = named("Facet");
  return {
      {"Message", "A message of the conversation.",
       object({{"position", integer(1, kSafeIntegerMax), "The number of the message in its session, from 1."},
               {"role", named("Role"), "The author."},
               {"content", lines(1, kStoredCharsMax), "The text."},
               {"createdAt", timestamp(), "When it was saved."}})},
      {"Role", "The author of a message; `assistant` is Nerin, the interviewer.",
       one_of({"user", "assistant"})},
      {"Progress", "The progress of the assessment.",
       object({{"answered", integer(0, kSafeIntegerMax), "Messages that the person has sent."},
               {"messagesMax", integer(1, kSafeIntegerMax),
                "The most messages that a session takes from the person."},
               {"facetsKnown", integer(0, 30), "Facets with a confidence above 0."},
               {"confidence", number(0, 100), "The mean over all facets."},
               {"windingDown", boolean(), "The next answer is the closing one, or it has been given."},
               {"completed", boolean(), "No more messages are taken."}})},
      {"SessionState",
       "Whether a session takes messages: yes (`active`), or no, because the assessment has ended "
       "(`completed`) or the session has expired (`expired`). All data can be read in every state.",
       one_of({"active", "completed", "expired"})},
      {"SessionSummary", "A session in a list.",
       object({{"sessionId", uuid(), "The session."},
               {"createdAt", timestamp(), "When it began."},
               {"expiresAt", timestamp(), "Until when messages are taken."},
               optional("completedAt", timestamp(), "When the assessment ended."),
               {"state", named("SessionState"), "What the session takes now."},
               {"answered", integer(0, kSafeIntegerMax), "Messages that the person has sent."}})},
      {"Analysis", "Whether results will still change.",
       object({{"state", named("AnalysisState"), "Whether an analysis is due."},
               {"throughPosition", integer(0, kSafeIntegerMax),
                "The last message that was analysed; 0: none yet."},
               optional("dueThrough", integer(1, kSafeIntegerMax),
                        "The last message of the analysis that is pending or failed.")})},
      {"AnalysisState",
       "`none`: nothing was analysed, and no analysis is due. `pending`: an analysis is waiting or under "
       "way; ask again. `current`: the results contain all analyses that were due. `failed`: the last "
       "analysis was given up; the results are those of the one before it.",
       one_of({"none", "pending", "current", "failed"})},
      {"Language", "A language of the service's own texts.", one_of(language_tags())},
      {"Trait", "A trait of the Big Five.", one_of(trait_names())},
      {"Facet", "A facet of a trait.", one_of(facet_names())},
      {"Level",
       "The third of the scale that contains the score: for a trait under 40 low, under 80 mid, else high.",
       one_of({"low", "mid", "high"})},
      {"Archetype", "One of 81 types.",
       object({{"code", matching("^[PGO][FBD][IAE][CNW]$"), "A letter for each of the first four traits."},
               {"name", text(), "For people."},
               {"description", text(), "A short portrait."}})},
      {"TraitScore", "One of the five traits.",
       object({{"trait", trait, "Which."},
               {"label", text(), "Its name for people."},
               {"score", number(0, 120), "Sum over its six facets."},
               {"level", named("Level"), "Of the score."},
               {"letter", matching("^[A-Z]$"), "Of the code."},
               optional("text", text(), "What the level means; only if one of its facets has evidence.")})},
      {"FacetScore", "One of the thirty facets.",
       object({{"facet", facet, "Which."},
               {"trait", trait, "The trait that it belongs to."},
               {"label", text(), "Its name for people."},
               {"score", number(0, 20), "The weighted mean of its evidence."},
               {"level", named("Level"), "Of the score."},
               {"confidence", number(0, 100), "How certain the score is."},
               {"evidenceCount", integer(0, kSafeIntegerMax), "The number of passages behind it."},
               optional("text", text(), "What the level means; only if there is evidence.")})},
      {"Results", "The results of a session so far.",
       object(
           {{"code5", matching("^[PGO][FBD][IAE][CNW][RTS]$"), "A letter for each trait."},
            {"archetype", named("Archetype"), "By the first four letters."},
            {"traits", list_of(named("TraitScore")), "All five."},
            {"facets", list_of(named("FacetScore")), "By trait."},
            {"throughPosition", integer(0, kSafeIntegerMax),
             "The last message that was analysed; 0: none yet."},
            {"analysis", named("Analysis"), "Whether the results will still change."},
            {"completed", boolean(),
             "The conversation has ended. The results are final once `analysis` is not pending either."}})},
      {"Answer", "The answer to a message.",
       object(
           {{"message", named("Message"), "Nerin's answer."}, {"progress", named("Progress"), "After it."}})},
      {"Delta", "A piece of an answer that is being written.",
       object({{"text", text(), "Whole characters; all pieces together are the answer's text."}})},
      {"Evidence", "A passage, and what it shows about a facet.",
       object({{"position", integer(1, kSafeIntegerMax), "Of the message."},
               {"facet", facet, "Which."},
               {"score", number(0, 20), "The score that the passage shows."},
               {"confidence", number(0, 100), "How clearly the passage shows it."},
               {"quote", text(), "The passage, word for word."}})},
      {"CallCost", "One call of a model.",
       object({{"createdAt", timestamp(), "When it was made."},
               {"purpose", one_of({"interview", "analysis"}), "What it was for."},
               {"model", text(), "Its name."},
               {"inputTokens", integer(0, kSafeIntegerMax), "Neither written to the cache nor read from it."},
               {"outputTokens", integer(0, kSafeIntegerMax), "Written by the model."},
               {"cacheWriteTokens", integer(0, kSafeIntegerMax), "Written to the cache."},
               {"cacheReadTokens", integer(0, kSafeIntegerMax), "Read from the cache."},
               {"nanoDollars", integer(0, kSafeIntegerMax),
                "Its exact price in thousand-millionths of a dollar."}})},
  };
}

Schema of_kind(Schema::Kind kind, std::int64_t min, std::int64_t max) {
  Schema schema;
  schema.kind = kind;
  schema.min = min;
  schema.max = max;
  return schema;
}

Schema text_schema(Schema::Form form, std::int64_t chars_min, std::int64_t chars_max) {
  auto schema = of_kind(Schema::Kind::kText, chars_min, chars_max);
  schema.form = form;
  return schema;
}

}  // namespace

Schema text() { return {}; }
Schema line(std::int64_t chars_min, std::int64_t chars_max) {
  return text_schema(Schema::Form::kLine, chars_min, chars_max);
}
Schema lines(std::int64_t chars_min, std::int64_t chars_max) {
  return text_schema(Schema::Form::kLines, chars_min, chars_max);
}
Schema matching(std::string_view pattern) {
  Schema schema;
  schema.pattern = pattern;
  return schema;
}
Schema one_of(std::vector<std::string_view> choices) {
  Schema schema;
  schema.choices = std::move(choices);
  return schema;
}
Schema uuid() { return text_schema(Schema::Form::kUuid, 0, 0); }
Schema secret() { return text_schema(Schema::Form::kSecret, 0, 0); }
Schema timestamp() { return text_schema(Schema::Form::kTimestamp, 0, 0); }
Schema integer(std::int64_t min, std::int64_t max) { return of_kind(Schema::Kind::kInteger, min, max); }
Schema number(std::int64_t min, std::int64_t max) { return of_kind(Schema::Kind::kNumber, min, max); }
Schema boolean() { return of_kind(Schema::Kind::kBoolean, 0, 0); }
Schema list_of(Schema item) {
  auto schema = of_kind(Schema::Kind::kList, 0, 0);
  schema.items = {std::move(item)};
  return schema;
}
Schema named(std::string_view name) {
  auto schema = of_kind(Schema::Kind::kNamed, 0, 0);
  schema.name = name;
  return schema;
}
Schema object(std::vector<Member> members) {
  auto schema = of_kind(Schema::Kind::kObject, 0, 0);
  schema.members = std::move(members);
  return schema;
}
Member optional(std::string_view name, Schema schema, std::string_view help) {
  return {name, std::move(schema), help, false};
}

std::string_view pattern_of(Schema::Form form) {
  switch (form) {
    case Schema::Form::kLine:
    case Schema::Form::kLines:
      return "\\S";
    case Schema::Form::kUuid:
      return "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$";
    case Schema::Form::kSecret:
      return "^[A-Za-z0-9_-]{43}$";
    case Schema::Form::kAny:
    case Schema::Form::kTimestamp:
      break;
  }
  return {};
}

const std::vector<NamedSchema>& named_schemas() {
  static const auto schemas = make_named();
  return schemas;
}

}  // namespace bigocean::server::rpc
