// A whole conversation in each language over the procedures, and which client gets which language.
#include "server/product/assessment/archetypes.hpp"
#include "server/product/assessment/questions.hpp"
#include "server/product/assessment/texts.hpp"
#include "tests/integration/conversation/served.hpp"

namespace bigocean::server::conversation::languages_test {
namespace {

using assessment::Language;

struct Answer {
  int status = 0;
  std::string language;  ///< Content-Language; "-": none
  Json body;
};

class Client {
 public:
  explicit Client(Served& served) : served_(served) {}

  Answer call(const std::string& name, const Json& body, const std::string& accept_language = {}) {
    http::Headers headers{{"Content-Type", "application/json"}};
    if (!authorization_.empty() && name != "GetProfile")
      headers.emplace_back("Authorization", authorization_);
    if (!accept_language.empty()) headers.emplace_back("Accept-Language", accept_language);
    const auto reply = served_.send(name, std::move(headers), body.dump());
    const auto language = http::find_header(reply.headers, "Content-Language");
    return {reply.status, std::string(language.value_or("-")), Json::parse(reply.body)};
  }

  Answer start(const std::string& accept_language) {
    auto answer = call("StartAssessment", Json::object(), accept_language);
    REQUIRE(answer.status == 200);
    authorization_ = "Bearer " + answer.body["token"].get<std::string>();
    session = {{"sessionId", answer.body["sessionId"]}};
    return answer;
  }

  Answer say(const std::string& message) {
    auto body = session;
    body["message"] = message;
    return call("SendMessage", body);
  }

  Json session;

 private:
  Served& served_;
  std::string authorization_;
};

/// Every label and text of results or of a profile is of that language.
void check_texts(const Json& body, Language language) {
  CAPTURE(assessment::tag_of(language));
  std::size_t texts = 0;
  REQUIRE(body["facets"].size() == assessment::kFacetCount);
  for (const auto& one : body["facets"]) {
    const auto facet = assessment::find_facet(one["facet"].get<std::string>()).value();
    CHECK(one["label"] == assessment::facet_label(facet, language));
    if (!one.contains("text")) continue;
    ++texts;
    const auto level = assessment::facet_level_of(one["score"].get<double>());
    CHECK(one["text"] == assessment::facet_text(facet, level, language));
  }
  CHECK(texts >= 20);
  const auto code = body["archetype"]["code"].get<std::string>();
  const auto* archetype = assessment::find_archetype(code, language);
  CHECK((archetype == nullptr) == (language == Language::kEnglish));
  CHECK(body["archetype"]["name"] == (archetype == nullptr ? "The Maverick" : archetype->name));
  if (archetype != nullptr) CHECK(body["archetype"]["description"] == archetype->description);
  REQUIRE(body["traits"].size() == assessment::kTraitCount);
  for (std::size_t i = 0; i < assessment::kTraitCount; ++i) {
    const auto trait = static_cast<assessment::Trait>(i);
    CHECK(body["traits"][i]["label"] == assessment::trait_label(trait, language));
    const auto level = assessment::level_of(body["traits"][i]["score"].get<double>());
    CHECK(body["traits"][i]["text"] == assessment::trait_text(trait, level, language));
  }
}

struct Speaker {
  Language language;
  const char* accepts;
  const char* agrees;
  const char* denies;
};

constexpr Speaker kSpeakers[] = {
    {Language::kEnglish, "en-GB", "Yes, absolutely", "Not at all"},
    {Language::kGerman, "de-AT,de;q=0.9,en;q=0.5", "Ja, absolut", "Gar nicht"},
    {Language::kSpanish, "fr, es;q=0.4, en;q=0.3", "Sí, totalmente", "Para nada"}};

/// Answers everything so that Openness is at the top and all else at the bottom; returns the code.
std::string play(Served& served, Client& client, const Speaker& speaker) {
  const auto language = speaker.language;
  const std::string tag(assessment::tag_of(language));
  auto last = client.start(speaker.accepts);
  CHECK(last.language == tag);
  CHECK(last.body["message"]["content"] == assessment::greeting(language));
  int questions = 0;
  for (int sent = 0; sent < 30; ++sent) {
    const auto asked = assessment::find_question(last.body["message"]["content"].get<std::string>());
    std::string answer = "…";
    if (asked) {
      ++questions;
      CHECK(asked->language == language);
      const bool wants_high = assessment::info_of(asked->facet).trait == assessment::Trait::kOpenness;
      answer = wants_high == (asked->keyed == assessment::Keyed::kStraight) ? speaker.agrees : speaker.denies;
    }
    last = client.say(answer);
    REQUIRE(last.status == 200);
    CHECK(last.language == "-");
    served.talk.analyse_all();
  }
  CHECK(questions == 26);
  CHECK(last.body["progress"]["completed"] == true);
  CHECK(last.body["message"]["content"] == assessment::closing(language));
  const auto results = client.call("GetResults", client.session);
  CHECK(results.language == tag);
  check_texts(results.body, language);
  CHECK(client.call("ResumeSession", client.session).language == tag);
  const auto all = client.call("ExportSession", client.session);
  CHECK(all.language == tag);
  CHECK(all.body["session"]["language"] == tag);
  check_texts(all.body["results"], language);
  return results.body["code5"].get<std::string>();
}

TEST_CASE("a whole conversation in each language, with the same results") {
  Served served;
  for (const auto& speaker : kSpeakers) {
    Client client(served);
    CHECK(play(served, client, speaker) == "OFICT");
  }
}

TEST_CASE("a shared profile is in the reader's language, else in the session's") {
  Served served;
  Client client(served);
  play(served, client, kSpeakers[1]);
  const auto shared = client.call("ShareProfile", client.session);
  const Json profile{{"profileId", shared.body["profileId"]}};
  struct Row {
    const char* accepts;
    Language language;
  };
  for (const auto& [accepts, language] : {Row{"es", Language::kSpanish},
                                          {"en-US,en;q=0.9", Language::kEnglish},
                                          {"", Language::kGerman},
                                          {"fr", Language::kGerman},
                                          {"*", Language::kEnglish}}) {
    CAPTURE(accepts);
    const auto read = client.call("GetProfile", profile, accepts);
    CHECK(read.status == 200);
    CHECK(read.language == assessment::tag_of(language));
    check_texts(read.body, language);
  }
}

TEST_CASE(
    "who asks for no language of ours speaks English, as sessions from before there were languages do") {
  Served served;
  Client client(served);
  CHECK(client.start("fr, ja;q=0.5").language == "en");
  CHECK(served.talk.value("SELECT language FROM sessions") == "en");
  CHECK(client.start("").language == "en");
  CHECK(client.start("de").language == "de");
  CHECK(served.talk.value("SELECT count(*) FROM sessions WHERE language = 'de'") == "1");
  served.talk.value("UPDATE sessions SET language = NULL WHERE language = 'de' RETURNING 1");
  CHECK(client.call("ResumeSession", client.session).language == "en");
  CHECK(client.say("Well.").body["message"]["content"].get<std::string>().find(
            assessment::opener(0, Language::kEnglish)) != std::string::npos);
}

TEST_CASE("the session's language stays what it was begun in, whatever later calls accept") {
  Served served;
  Client client(served);
  client.start("es");
  CHECK(client.call("GetResults", client.session, "de").language == "es");
  CHECK(client.call("ResumeSession", client.session, "en").language == "es");
}

TEST_CASE("a model is told the session's language behind the history, and nothing else of it") {
  Served served;
  std::vector<llm::ChatRequest> requests;
  served.talk.model.answer = [&](const llm::ChatRequest& request, const llm::OnText&) -> llm::ChatReply {
    requests.push_back(request);
    return {.text = "Und dann?", .usage = {.input_tokens = 1}};
  };
  Client client(served);
  client.start("de");
  CHECK(client.say("Hallo").body["message"]["content"] == "Und dann?");
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].guidance.find("write in German") != std::string::npos);
  CHECK(requests[0].system == assessment::interviewer_text());
  CHECK(requests[0].messages.at(1).text == assessment::greeting(Language::kGerman));
}

TEST_CASE("closing words without a model, where the budget ends, are in the session's language") {
  Served served([](product::Settings& settings) { settings.budget.session.nano = 999; });
  for (const auto& speaker : kSpeakers) {
    Client client(served);
    client.start(speaker.accepts);
    CHECK(client.say("4").body["message"]["content"] == assessment::closing(speaker.language));
  }
  CHECK(served.talk.model.calls == 0);
}

TEST_CASE("whoever speaks of harming themselves is told where help is, in the language they write") {
  Served served;
  Client client(served);
  client.start("en");
  CHECK(client.say("Ich möchte nicht mehr leben").body["message"]["content"] ==
        assessment::crisis_reply(Language::kGerman));
  CHECK(client.say("quiero morir").body["message"]["content"] ==
        assessment::crisis_reply(Language::kSpanish));
}

}  // namespace
}  // namespace bigocean::server::conversation::languages_test
