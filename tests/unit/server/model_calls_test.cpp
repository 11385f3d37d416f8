// The metrics of calls to models.
#include "server/llm/model_calls.hpp"

#include <doctest/doctest.h>

namespace model_calls_test {

using namespace bigocean::server;
using namespace std::chrono_literals;

TEST_CASE("calls are counted by purpose, model and result, with tokens, dollars, seconds and first text") {
  observe::ModelCalls calls;
  const observe::ModelCall call{.purpose = "interview",
                                .model = "claude-haiku-5-5",
                                .result = "answered",
                                .usage = {10, 20, 30, 5, 40, 15},
                                .cost = 2'000'000,
                                .elapsed = 1500ms,
                                .first_text = 300ms};
  calls.ended(call);
  calls.ended(call);
  calls.ended({.purpose = "analysis", .model = "claude-haiku-5-5", .result = "broken off"});
  const auto text = calls.text();
  const auto has = [&](const char* line) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  };
  has(R"(bigocean_model_calls_total{model="claude-haiku-5-5",purpose="interview",result="answered"} 2)");
  has(R"(bigocean_model_calls_total{model="claude-haiku-5-5",purpose="analysis",result="broken off"} 1)");
  has(R"(bigocean_model_tokens_total{kind="input",model="claude-haiku-5-5",purpose="interview"} 20)");
  has(R"(bigocean_model_tokens_total{kind="output",model="claude-haiku-5-5",purpose="interview"} 40)");
  has(R"(bigocean_model_tokens_total{kind="cache_write",model="claude-haiku-5-5",purpose="interview"} 70)");
  has(R"(bigocean_model_tokens_total{kind="cache_read",model="claude-haiku-5-5",purpose="interview"} 80)");
  has(R"(bigocean_model_tokens_total{kind="thinking",model="claude-haiku-5-5",purpose="interview"} 30)");
  has(R"(bigocean_model_cost_dollars_total{model="claude-haiku-5-5",purpose="interview"} 0.004)");
  has(R"(bigocean_model_call_seconds_sum{model="claude-haiku-5-5",purpose="interview"} 3)");
  has(R"(bigocean_model_first_text_seconds_count{model="claude-haiku-5-5",purpose="interview"} 2)");
  CHECK(text.find(R"(bigocean_model_first_text_seconds_count{model="claude-haiku-5-5",purpose="analysis")") ==
        std::string::npos);
}

}  // namespace model_calls_test
