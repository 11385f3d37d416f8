// Conversations with a model that misbehaves: no request that the API would refuse, no empty reply, and the
// ledger never below the bill.
#include <random>

#include "base/unicode.hpp"
#include "server/llm/anthropic.hpp"
#include "tests/integration/conversation/talk.hpp"
#include "tests/support/anthropic_moods.hpp"

namespace bigocean::server::conversation::moods_test {
namespace {

using rpc::Tag;

constexpr std::uint64_t kSeed = 20261129;
constexpr int kConversations = 12;
constexpr int kMessages = 15;

llm::AnthropicSettings model_settings(const test::AnthropicStandIn& api) {
  llm::AnthropicSettings settings;
  settings.api_key = config::Secret(api.key());
  settings.base_url = api.url();
  settings.timeout = 20s;
  settings.connect_timeout = 5s;
  settings.silence_timeout = 10s;
  settings.retries_max = 2;
  settings.idle_max = 16;
  settings.idle_timeout = 30s;
  return settings;
}

std::string message_of(std::mt19937_64& random, int number) {
  static const std::vector<std::string> kTexts{
      "I sing.", "Ich male gern.", "Пою и пляшу.", "我喜欢唱歌。", "🌊🌊🌊", "No."};
  return kTexts[random() % kTexts.size()] + " " + std::to_string(number);
}

}  // namespace

TEST_CASE("a model in every mood: the conversation goes on, and what was billed is in the books") {
  MESSAGE("seed " << kSeed);
  test::AnthropicStandIn api(test::misbehaving(kSeed));
  llm::AnthropicModel anthropic(model_settings(api), nullptr);
  Talk talk([](product::Settings& settings) {
    settings.anthropic.interviewer_model = settings.anthropic.analyser_model = "claude-haiku-5-5";
    settings.prices.push_back(
        {.model = "claude-haiku-5-5",
         .usual = {
             .input = 100, .output = 500, .cache_write_5m = 125, .cache_write_1h = 200, .cache_read = 10}});
    settings.budget.session.nano = settings.budget.user_day.nano = settings.budget.address_day.nano =
        settings.budget.service_day.nano = 75'000'000'000;
  });
  talk.model.bound = [&](const llm::ChatRequest& request) { return anthropic.usage_max(request); };
  talk.model.answer = [&](const llm::ChatRequest& request, const llm::OnText& on_text) {
    return anthropic.complete(request, on_text);
  };
  std::mt19937_64 random(kSeed);
  int answered = 0, refused = 0, unavailable = 0;
  for (int i = 0; i < kConversations; ++i) {
    const auto person = talk.start();
    for (int number = 0; number < kMessages; ++number) {
      try {
        const auto reply = talk.say(person, message_of(random, number)).message.content;
        ++answered;
        CHECK_FALSE(base::is_blank_text(reply));
        CHECK(base::clean_text(reply) == reply);
      } catch (const rpc::RpcError& error) {
        const bool is_refusal = error.tag == Tag::kModelRefused;
        CHECK((is_refusal || error.tag == Tag::kModelUnavailable));
        ++(is_refusal ? refused : unavailable);
      }
      talk.analyse_all();
    }
  }
  MESSAGE(answered << " answered, " << refused << " refused, " << unavailable << " unavailable");
  CHECK(answered > kConversations * kMessages / 2);
  CHECK(refused > 0);
  CHECK(unavailable > 0);
  for (const auto& request : api.requests()) CHECK(request.faults == std::vector<std::string>{});
  talk.ledger.sweep(talk.database, std::chrono::system_clock::now() + 1h);
  CHECK(talk.value("SELECT count(*) FROM ledger_entries WHERE cost > reserved") == "0");
  const auto bill = talk.prices.cost("claude-haiku-5-5", api.billed());
  CHECK(std::stoll(talk.value("SELECT sum(cost) FROM ledger_entries")) >= bill);
  talk.check_books();
}

}  // namespace bigocean::server::conversation::moods_test
