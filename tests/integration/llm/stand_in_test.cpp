// The stand-in's bill, call by call, with which tests compare the ledger.
#include "tests/integration/llm/fixture.hpp"

namespace stand_in_test {

using namespace bigocean;
using test::ModelAnswer;

TEST_CASE("the stand-in tells what each call was billed, and which ones said so to their end") {
  test::AnthropicStandIn api(test::AnthropicStandIn::default_answer, {.keeps_calls = true});
  test::ModelFixture fixture;
  fixture.settings.base_url = api.url();
  server::llm::AnthropicModel model(fixture.settings, nullptr);
  const auto labelled = [](const char* label, auto change) {
    ModelAnswer answer;
    answer.label = label;
    change(answer);
    return answer;
  };
  api.script({labelled("whole", [](ModelAnswer&) {}),
              labelled("broken", [](ModelAnswer& it) { it.error_after = 2; }),
              labelled("cut", [](ModelAnswer& it) { it.cut_after = 700; }),
              labelled("hung up", [](ModelAnswer& it) { it.hang_up = true; }),
              labelled("error", [](ModelAnswer& it) { it.status = 400; })});
  const auto whole = model.complete(fixture.request(), {});
  for (int i = 0; i < 4; ++i) test::failure_of(model, fixture.request());

  const auto calls = api.calls();
  REQUIRE(calls.size() == 5);
  CHECK(calls[0].request_id == whole.request_id);
  CHECK(calls[0].billed == whole.usage);
  CHECK(calls[0].is_whole);
  const std::vector<const char*> labels{"whole", "broken", "cut", "hung up", "error"};
  const std::vector<int> statuses{200, 200, 200, 0, 400};
  const std::vector<std::int64_t> inputs{100, 100, 100, 0, 0};
  server::llm::Usage sum;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    CAPTURE(i);
    CHECK(calls[i].label == labels[i]);
    CHECK(calls[i].status == statuses[i]);
    CHECK(calls[i].billed.input_tokens == inputs[i]);
    CHECK(calls[i].is_whole == (i == 0));
    sum.input_tokens += calls[i].billed.input_tokens;
    sum.output_tokens += calls[i].billed.output_tokens;
  }
  CHECK(sum == api.billed());
}

}  // namespace stand_in_test
