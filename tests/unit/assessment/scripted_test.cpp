// The scripted model: what it asks, how it reads, how it is cancelled.
#include "server/product/assessment/scripted.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "server/product/assessment/analysis_reply.hpp"
#include "server/product/assessment/prompts.hpp"
#include "server/product/assessment/questions.hpp"

namespace scripted_test {

using namespace bigocean::server::assessment;
namespace llm = bigocean::server::llm;
using Json = nlohmann::json;

namespace {

const Call kCall{"scripted", 500, std::chrono::seconds(1)};

class Conversation {
 public:
  explicit Conversation(Language language = Language::kEnglish) : language_(language) {
    lines_.push_back({1, llm::Role::kAssistant, std::string(greeting(language))});
  }

  void user(std::string text) { add(llm::Role::kUser, std::move(text)); }

  std::string reply(const llm::Steering& steering) {
    auto call = kCall;
    call.language = language_;
    const auto request = interview_request(lines_, steering, call);
    const auto reply = model_.complete(request, {});
    CHECK(model_.complete(request, {}).text == reply.text);
    CHECK(reply.usage == llm::Usage{});
    CHECK(reply.stop == llm::ChatReply::Stop::kEnd);
    add(llm::Role::kAssistant, reply.text);
    return reply.text;
  }

  /// Asks about the facet, answers, and says what that is evidence for.
  std::vector<Evidence> exchange(const std::string& facet, const std::string& answer) {
    user("Go on");
    reply({.facet = facet});
    user(answer);
    return analyse();
  }

  std::vector<Evidence> analyse() {
    const auto reply = model_.complete(analysis_request(lines_, kCall), {});
    CHECK(reply.usage == llm::Usage{});
    const auto parsed = parse_evidence(reply.text, lines_);
    for (const auto& one : parsed.rejected) FAIL_CHECK(one.reason);
    return parsed.accepted;
  }

 private:
  void add(llm::Role role, std::string text) {
    lines_.push_back({static_cast<std::int64_t>(lines_.size()) + 1, role, std::move(text)});
  }

  const Language language_;
  llm::ScriptedModel model_;
  std::vector<Line> lines_;
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("openers first, each once; the closing text at the end") {
  for (const Language language : kLanguages) {
    CAPTURE(tag_of(language));
    Conversation conversation(language);
    for (std::size_t i = 0; i < kOpenerCount; ++i) {
      conversation.user("Well.");
      CHECK(contains(conversation.reply({}), opener(i, language)));
    }
    conversation.user("Well.");
    CHECK(contains(conversation.reply({}), "?"));  // more openers than there are: one of them again
    conversation.user("Well.");
    CHECK(conversation.reply({.facet = {}, .wind_down = true}) == closing(language));
  }
}

TEST_CASE("a facet is asked about straight, then reversed, then straight again") {
  for (const Language language : kLanguages) {
    CAPTURE(tag_of(language));
    Conversation conversation(language);
    const Facet trust = find_facet("trust").value();
    for (const Keyed keyed : {Keyed::kStraight, Keyed::kReversed, Keyed::kStraight, Keyed::kReversed}) {
      conversation.user("4");
      CHECK(find_question(conversation.reply({.facet = "trust"})) == Asked{trust, keyed, language});
      conversation.user("4");
      CHECK(find_question(conversation.reply({.facet = "anger"}))->facet != trust);
    }
  }
}

TEST_CASE("how to answer is said once, and acknowledgements vary") {
  for (const Language language : kLanguages) {
    CAPTURE(tag_of(language));
    Conversation conversation(language);
    std::vector<std::string> replies;
    for (std::size_t i = 0; i < kAcknowledgementCount; ++i) {
      conversation.user("4");
      replies.push_back(conversation.reply({.facet = std::string(kFacets[i].name)}));
      CHECK(contains(replies.back(), how_to_answer(language)) == (i == 0));
    }
    for (std::size_t i = 0; i < kAcknowledgementCount; ++i) {
      std::size_t uses = 0;
      for (const auto& reply : replies) uses += reply.starts_with(acknowledgement(i, language)) ? 1U : 0U;
      CHECK(uses == 1);
    }
  }
}

TEST_CASE("answers become evidence for the facet asked about, mirrored for a reversed question") {
  Conversation conversation;
  auto evidence = conversation.exchange("orderliness", "5");
  REQUIRE(evidence.size() == 1);
  CHECK(info_of(evidence[0].facet).name == "orderliness");
  CHECK(evidence[0].score == 20);
  CHECK(evidence[0].position == 4);
  CHECK(evidence[0].turn == 1);
  CHECK(evidence[0].quote == "5");
  evidence = conversation.exchange("orderliness", "agree");  // to the reversed one
  REQUIRE(evidence.size() == 2);
  CHECK(evidence[1].score == 5);
  evidence = conversation.exchange("trust", "not at all");
  REQUIRE(evidence.size() == 3);
  CHECK(evidence[2].score == 0);
  evidence = conversation.exchange("anger", "it depends");
  REQUIRE(evidence.size() == 4);
  CHECK(evidence[3].score == 10);
}

TEST_CASE(
    "no evidence from openers, from what cannot be read, and from a second message after one question") {
  Conversation conversation;
  conversation.user("yes");
  conversation.reply({});
  conversation.user("always, 5/5");
  CHECK(conversation.analyse().empty());
  CHECK(conversation.exchange("trust", "My cat is called Otto").empty());
  conversation.user("5");  // the question had its answer
  CHECK(conversation.analyse().empty());
}

TEST_CASE("a long answer is quoted in part, between characters") {
  Conversation conversation;
  std::string answer = "Yes, ";
  for (int i = 0; i < 400; ++i) answer += "ü ";
  const auto evidence = conversation.exchange("trust", answer);
  REQUIRE(evidence.size() == 1);
  CHECK(evidence[0].quote.size() <= 200);
  CHECK(evidence[0].quote.size() >= 190);
}

TEST_CASE("somebody in a crisis is pointed to help, and it is no evidence") {
  Conversation conversation;
  conversation.user("Go on");
  conversation.reply({.facet = "depression"});
  conversation.user("Yes, always. I want to die.");
  CHECK(conversation.analyse().empty());
  CHECK(conversation.reply({.facet = "trust"}) == crisis_reply(Language::kEnglish));
  conversation.user("4");
  CHECK(conversation.analyse().empty());
  CHECK(conversation.reply({.facet = "trust", .wind_down = true}) == closing(Language::kEnglish));
}

TEST_CASE("in whatever language somebody speaks of it, the help is in that one") {
  const std::pair<Language, const char*> all[] = {{Language::kEnglish, "I want to kill myself"},
                                                  {Language::kGerman, "Ich möchte nicht mehr leben."},
                                                  {Language::kSpanish, "Ya no quiero vivir."}};
  for (const Language session : kLanguages) {
    for (const auto& [language, text] : all) {
      Conversation conversation(session);
      conversation.user(text);
      CHECK(conversation.reply({.facet = "trust"}) == crisis_reply(language));
    }
    // Words of more than one language: the session's.
    Conversation conversation(session);
    conversation.user("suicidio, suicide, Suizid");
    CHECK(conversation.reply({.facet = "trust"}) == crisis_reply(session));
  }
}

TEST_CASE("answers in the language of the question become evidence, and those in another one") {
  struct Row {
    Language language;
    const char* answer;
    double score;
  };
  for (const auto& [language, answer, score] : {Row{Language::kGerman, "Ja, immer!", 20},
                                                {Language::kGerman, "Überhaupt nicht.", 0},
                                                {Language::kGerman, "yes", 15},
                                                {Language::kSpanish, "Sí, siempre.", 20},
                                                {Language::kSpanish, "¡Para nada!", 0},
                                                {Language::kSpanish, "Nein", 5},
                                                {Language::kEnglish, "Ja, meistens", 15},
                                                {Language::kEnglish, "casi nunca", 2.5}}) {
    CAPTURE(answer);
    Conversation conversation(language);
    const auto evidence = conversation.exchange("orderliness", answer);
    REQUIRE(evidence.size() == 1);
    CHECK(evidence[0].score == score);
    CHECK(evidence[0].quote == answer);
  }
}

TEST_CASE("the reply comes word by word, and can be cancelled after any of them") {
  const std::vector<Line> lines{{2, llm::Role::kUser, "Hello"}};
  const auto request = interview_request(lines, {.facet = "trust"}, kCall);
  llm::ScriptedModel model;
  std::vector<std::string> pieces;
  const auto reply = model.complete(request, [&](std::string_view piece) {
    pieces.emplace_back(piece);
    return true;
  });
  std::string text;
  for (const auto& piece : pieces) text += piece;
  CHECK(text == reply.text);
  CHECK(pieces.size() > 20);
  for (std::size_t stop = 1; stop <= pieces.size(); ++stop) {
    std::size_t heard = 0;
    try {
      model.complete(request, [&](std::string_view) { return ++heard < stop; });
      FAIL_CHECK("was not cancelled");
    } catch (const llm::ChatError& error) {
      CHECK(error.kind == llm::ChatError::Kind::kCancelled);
      CHECK(error.usage == llm::Usage{});
    }
    CHECK(heard == stop);
  }
}

TEST_CASE("requests that are not of our making are refused, at no cost") {
  llm::ScriptedModel model;
  llm::ChatRequest request;
  const auto refuses = [&] {
    try {
      model.complete(request, {});
      return false;
    } catch (const llm::ChatError& error) {
      return error.kind == llm::ChatError::Kind::kRefusedByApi && error.usage == llm::Usage{};
    }
  };
  CHECK(refuses());
  request.messages = {{llm::Role::kUser, "Hello"}};
  request.steering.facet = "charisma";
  CHECK(refuses());
  request.steering.facet = "trust";
  request.language = "fr";
  CHECK(refuses());
  request.purpose = llm::ChatRequest::Purpose::kAnalysis;
  for (const char* text : {"", "{}", "[1]", "[{}]", R"([{"role":"assistant","text":7}])"}) {
    request.messages = {{llm::Role::kUser, text}};
    CHECK_MESSAGE(refuses(), text);
  }
  CHECK(model.usage_max(request) == llm::Usage{});
  CHECK(model.name() == "scripted");
}

}  // namespace scripted_test
