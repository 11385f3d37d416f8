// How schemas are written down, and those that several replies share.
#include "server/rpc/schema.hpp"

#include <utility>

namespace bigocean::server::rpc {
namespace {

constexpr std::int64_t kStoredCharsMax = 20'000;  // of a message, as its table in the database has it

std::vector<NamedSchema> make_named() {
  const auto trait =
      one_of({"openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"});
  const auto facet = matching("^[a-z]+(_[a-z]+)*$");
  return {
      {"Message", "What was said, by whom, and when.",
       object({{"position", integer(1, kSafeIntegerMax), "Counts the messages of a session from 1."},
               {"role", one_of({"user", "assistant"}), "`assistant` is Nerin, the interviewer."},
               {"content", lines(1, kStoredCharsMax), "The text."},
               {"createdAt", timestamp(), "When it was saved."}})},
      {"Progress", "How far the assessment has come.",
       object({{"answered", integer(0, kSafeIntegerMax), "Messages that the person has sent."},
               {"facetsKnown", integer(0, 30), "Facets of which enough is known."},
               {"confidence", number(0, 100), "Mean over all facets."},
               {"windingDown", boolean(), "The interviewer is coming to an end."},
               {"completed", boolean(), "No more messages are taken."}})},
      {"Archetype", "One of 81 types.",
       object({{"code", matching("^[PGO][FBD][IAE][CNW]$"), "A letter for each of the first four traits."},
               {"name", text(), "For people."},
               {"description", text(), "A short portrait."}})},
      {"TraitScore", "One of the five traits.",
       object({{"trait", trait, "Which."},
               {"score", number(0, 120), "Sum over its six facets."},
               {"level", one_of({"low", "mid", "high"}), "Under 40 low, under 80 mid."},
               {"letter", matching("^[A-Z]$"), "Of the code."}})},
      {"FacetScore", "One of the thirty facets.",
       object({{"facet", facet, "Which."},
               {"trait", trait, "The trait that it belongs to."},
               {"score", number(0, 20), "Mean of its evidence, by weight."},
               {"confidence", number(0, 100), "How sure that is."},
               {"evidenceCount", integer(0, kSafeIntegerMax), "Passages that it rests on."}})},
      {"Results", "What a session has shown so far.",
       object({{"code5", matching("^[PGO][FBD][IAE][CNW][RTS]$"), "A letter for each trait."},
               {"archetype", named("Archetype"), "By the first four letters."},
               {"traits", list_of(named("TraitScore")), "All five."},
               {"facets", list_of(named("FacetScore")), "By trait."},
               {"throughPosition", integer(0, kSafeIntegerMax),
                "The last message that was analysed; 0: none yet."},
               {"completed", boolean(), "The assessment has ended: nothing will change any more."}})},
      {"Evidence", "A passage, and what it says about a facet.",
       object({{"position", integer(1, kSafeIntegerMax), "Of the message."},
               {"facet", facet, "Which."},
               {"score", number(0, 20), "What the passage speaks for."},
               {"confidence", number(0, 100), "How clearly it does."},
               {"quote", text(), "The passage, word by word."}})},
      {"CallCost", "One call of a model.",
       object({{"createdAt", timestamp(), "When it was made."},
               {"purpose", matching("^[a-z]+$"), "`interview` or `analysis`."},
               {"model", text(), "Its name."},
               {"inputTokens", integer(0, kSafeIntegerMax), "Neither written to the cache nor read from it."},
               {"outputTokens", integer(0, kSafeIntegerMax), "Written by the model."},
               {"cacheWriteTokens", integer(0, kSafeIntegerMax), "Written to the cache."},
               {"cacheReadTokens", integer(0, kSafeIntegerMax), "Read from the cache."},
               {"nanoDollars", integer(0, kSafeIntegerMax),
                "Its price in thousand-millionths of a dollar, exactly."}})},
  };
}

Schema of_kind(Schema::Kind kind, std::int64_t min, std::int64_t max) {
  Schema schema;
  schema.kind = kind;
  schema.min = min;
  schema.max = max;
  return schema;
}

Schema text_of(Schema::Form form, std::int64_t chars_min, std::int64_t chars_max) {
  auto schema = of_kind(Schema::Kind::kText, chars_min, chars_max);
  schema.form = form;
  return schema;
}

}  // namespace

Schema text() { return {}; }
Schema line(std::int64_t chars_min, std::int64_t chars_max) {
  return text_of(Schema::Form::kLine, chars_min, chars_max);
}
Schema lines(std::int64_t chars_min, std::int64_t chars_max) {
  return text_of(Schema::Form::kLines, chars_min, chars_max);
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
Schema uuid() { return text_of(Schema::Form::kUuid, 0, 0); }
Schema secret() { return text_of(Schema::Form::kSecret, 0, 0); }
Schema timestamp() { return text_of(Schema::Form::kTimestamp, 0, 0); }
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
