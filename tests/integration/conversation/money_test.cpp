// What a conversation costs, and how far the session's budget carries it: each priced model, each script.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "server/llm/dollars.hpp"
#include "server/llm/request_body.hpp"
#include "server/product/conversation/cost_outlook.hpp"
#include "server/product/product.hpp"
#include "tests/integration/conversation/talk.hpp"
#include "tests/support/anthropic_cache.hpp"

namespace bigocean::server::conversation::money_test {
namespace {

using Purpose = llm::ChatRequest::Purpose;

product::Settings defaults() {
  config::Sources sources;
  sources.environment = [](const std::string&) { return std::nullopt; };
  return product::of(config::load_settings(sources).settings);
}

struct Script {
  const char* name;
  std::string message;
  std::int64_t bytes_per_token;  ///< about what a tokenizer makes of it
};

std::string repeated(std::string_view text, std::size_t chars, std::size_t bytes_each) {
  std::string result;
  while (result.size() < chars * bytes_each) result += text;
  return result.substr(0, chars * bytes_each);
}

std::vector<Script> all_scripts() {
  return {{"13 Latin", "I sing a lot.", 4},
          {"1000 Latin", repeated("I sing a lot. ", 1000, 1), 4},
          {"1000 Cyrillic", repeated("п", 1000, 2), 4},
          {"1000 CJK", repeated("歌", 1000, 3), 3},
          {"1000 emoji", repeated("🌊", 1000, 4), 2},
          {"4000 Cyrillic", repeated("п", 4000, 2), 4}};
}

/// All of them for the usual model, a sample for the others.
std::vector<Script> scripts_for(const std::string& model) {
  auto scripts = all_scripts();
  if (model == "claude-haiku-5-5") return scripts;
  return {scripts[0], scripts[2], scripts[5]};
}

struct Course {
  std::int64_t messages = 0;
  llm::NanoDollars spent = 0;
  llm::NanoDollars largest_bound = 0;  ///< of a call
  bool completed = false;
};

struct Case {
  std::string model;
  Script script;
  llm::NanoDollars cap = 0;
  bool prompt_cache = true;
  std::chrono::seconds pause{60};  ///< between two messages
};

constexpr std::int64_t kReplyTokens = 70;
constexpr std::int64_t kAnalysisTokens = 400;

/// Talks until the interview ends, with a model that counts tokens as the API does.
Course play(const Case& one) {
  Talk talk([&](product::Settings& settings) {
    const auto usual = defaults();
    settings.prices = usual.prices;
    settings.assessment = usual.assessment;
    settings.anthropic = usual.anthropic;
    settings.anthropic.interviewer_model = one.model;
    settings.anthropic.analyser_model = one.model;
    settings.anthropic.prompt_cache = one.prompt_cache;
    settings.budget.session.nano = one.cap;
    settings.budget.user_day.nano = settings.budget.address_day.nano = settings.budget.service_day.nano =
        1'000'000'000'000;
  });
  test::PromptCache cache(512, one.script.bytes_per_token, std::chrono::seconds(300));
  auto now = std::chrono::steady_clock::now();
  Course course;
  talk.model.bound = [&](const llm::ChatRequest& request) {
    return llm::usage_bound(request, llm::request_body(request));
  };
  talk.model.answer = [&](const llm::ChatRequest& request, const llm::OnText&) {
    const auto body = llm::request_body(request);
    course.largest_bound = std::max(course.largest_bound, talk.paid.cost_max(request));
    llm::ChatReply reply;
    reply.usage = cache.count(nlohmann::json::parse(body), now);
    const bool is_interview = request.purpose == Purpose::kInterview;
    reply.usage.output_tokens = is_interview ? kReplyTokens : kAnalysisTokens;
    reply.text =
        is_interview ? repeated("That is good to hear. ", 280, 1) + "And then?" : R"({"evidence":[]})";
    return reply;
  };
  const auto person = talk.start();
  while (!course.completed && course.messages < 40) {
    now += one.pause;
    test::query(talk.url, fmt::format("UPDATE messages SET created_at = now() - interval '{} seconds'",
                                      one.pause.count()));
    course.completed = talk.say(person, one.script.message).progress.completed;
    ++course.messages;
    talk.analyse_all();
  }
  course.spent = std::stoll(talk.value("SELECT spent FROM session_budgets"));
  CHECK(talk.value("SELECT count(*) FROM ledger_entries WHERE cost > reserved") == "0");
  talk.check_books();
  return course;
}

}  // namespace

TEST_CASE("an interview goes on to its last message on each priced model where its money allows") {
  const auto cap = defaults().budget.session.nano;
  for (const auto& prices : defaults().prices) {
    for (const auto& script : scripts_for(prices.model)) {
      CAPTURE(prices.model);
      CAPTURE(script.name);
      const auto course = play({prices.model, script, cap});
      const auto unlimited = course.messages == 30 ? course : play({prices.model, script, 1'000'000'000'000});
      CHECK(unlimited.messages == 30);
      std::cout << fmt::format("{:<18} {:<14} {:>2} of 30 for ${:.4f} of $0.15 (unlimited ${:.4f})\n",
                               prices.model, script.name, course.messages,
                               static_cast<double>(course.spent) / 1e9,
                               static_cast<double>(unlimited.spent) / 1e9);
      CHECK(course.completed);
      CHECK(course.spent <= cap);
      // Room for the last calls' reservations is needed besides what all calls cost.
      if (unlimited.spent + 2 * unlimited.largest_bound <= cap) CHECK(course.messages == 30);
      // Where it ends before, that is for want of money, not of room for a bound.
      if (course.messages < 30) CHECK(course.spent + 3 * unlimited.largest_bound > cap);
    }
  }
}

TEST_CASE("thirty messages cost less with the cache of prompts, and no more for those who are slow") {
  const auto script = all_scripts().front();
  for (const std::string model : {"claude-haiku-5-5", "claude-sonnet-5-5"}) {
    const auto cost = [&](bool cached, std::chrono::seconds pause) {
      return play({model, script, 1'000'000'000'000, cached, pause}).spent;
    };
    const auto without = cost(false, std::chrono::seconds(60));
    const auto with = cost(true, std::chrono::seconds(60));
    const auto slow = cost(true, std::chrono::seconds(400));
    std::cout << fmt::format(
        "{:<18} 30 messages: ${:.4f} without the cache, ${:.4f} with it, ${:.4f} at 400 s\n", model,
        static_cast<double>(without) / 1e9, static_cast<double>(with) / 1e9, static_cast<double>(slow) / 1e9);
    CHECK(with < without);
    // The analyser's text is written anew each time: a quarter more for a small part.
    CHECK(slow < without + without / 10);
  }
}

TEST_CASE(
    "a cap that cannot pay for one conversation is refused at the start, with the least that would do") {
  auto settings = defaults();
  settings.anthropic.api_key = config::Secret("sk-ant-test-0123456789abcdef");
  Product::check(settings);
  for (auto cap : {&product::Settings::Budget::session, &product::Settings::Budget::user_day,
                   &product::Settings::Budget::service_day}) {
    for (const auto& prices : settings.prices) {
      auto poor = settings;
      poor.anthropic.interviewer_model = poor.anthropic.analyser_model = prices.model;
      (poor.budget.*cap).nano = 1'000'000;
      try {
        Product::check(poor);
        FAIL_CHECK("it was let in");
      } catch (const base::Error& error) {
        CHECK(error.code == base::ExitCode::kUsage);
        CHECK(error.message.find("cannot pay for one conversation") != std::string::npos);
        const auto from = error.hint.find("set it to ") + 10;
        const auto least = llm::parse_dollars(error.hint.substr(from, error.hint.find(' ', from) - from));
        REQUIRE(least);
        (poor.budget.*cap).nano = *least;
        if (*least <= settings.budget.session.nano) {
          Product::check(poor);
          poor.budget.session.nano = *least;
          Product::check(poor);
        }
        (poor.budget.*cap).nano = *least - 1;
        CHECK_THROWS_AS(Product::check(poor), base::Error);
      }
    }
  }
  // The scripted interviewer costs nothing.
  auto free = settings;
  free.anthropic.api_key = config::Secret("");
  free.budget.session.nano = 0;
  Product::check(free);
}

}  // namespace bigocean::server::conversation::money_test
