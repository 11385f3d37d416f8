// Metrics of the calls to models, by the C++ library of Prometheus.
#include "server/llm/model_calls.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "server/llm/dollars.hpp"

namespace bigocean::server::observe {
namespace {

const prometheus::Histogram::BucketBoundaries kCallSeconds{0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60};
/// The aim is 2 s for 95 of 100.
const prometheus::Histogram::BucketBoundaries kFirstTextSeconds{0.1, 0.25, 0.5, 0.75, 1, 1.5,
                                                                2,   3,    5,   10,   30};

double in_seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

struct ModelCalls::Impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& calls = prometheus::BuildCounter()
                                                       .Name("bigocean_model_calls_total")
                                                       .Help("Calls to models, by purpose, model and result")
                                                       .Register(registry);
  prometheus::Family<prometheus::Counter>& tokens =
      prometheus::BuildCounter()
          .Name("bigocean_model_tokens_total")
          .Help("Tokens used, by kind; thinking is part of output")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& dollars =
      prometheus::BuildCounter()
          .Name("bigocean_model_cost_dollars_total")
          .Help("Cost of calls in dollars, as far as it is known")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram()
          .Name("bigocean_model_call_seconds")
          .Help("Seconds from the call to its end, retries included")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& first_texts =
      prometheus::BuildHistogram()
          .Name("bigocean_model_first_text_seconds")
          .Help("Seconds from the call to the first text of the reply")
          .Register(registry);
};

ModelCalls::ModelCalls() : impl_(std::make_unique<Impl>()) {}
ModelCalls::~ModelCalls() = default;

void ModelCalls::ended(const ModelCall& call) {
  const prometheus::Labels labels{{"purpose", std::string(call.purpose)}, {"model", std::string(call.model)}};
  const auto with = [&](const char* name, std::string_view value) {
    auto more = labels;
    more[name] = value;
    return more;
  };
  impl_->calls.Add(with("result", call.result)).Increment();
  const auto add_tokens = [&](const char* kind, std::int64_t count) {
    impl_->tokens.Add(with("kind", kind)).Increment(static_cast<double>(count));
  };
  add_tokens("input", call.usage.input_tokens);
  add_tokens("output", call.usage.output_tokens);
  add_tokens("cache_write", call.usage.cache_write_5m_tokens + call.usage.cache_write_1h_tokens);
  add_tokens("cache_read", call.usage.cache_read_tokens);
  add_tokens("thinking", call.usage.thinking_tokens);
  impl_->dollars.Add(labels).Increment(static_cast<double>(call.cost.value_or(0)) /
                                       static_cast<double>(llm::kNanoDollarsPerDollar));
  impl_->durations.Add(labels, kCallSeconds).Observe(in_seconds(call.elapsed));
  if (call.first_text)
    impl_->first_texts.Add(labels, kFirstTextSeconds).Observe(in_seconds(*call.first_text));
}

std::string ModelCalls::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace bigocean::server::observe
