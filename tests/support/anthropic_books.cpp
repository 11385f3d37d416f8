// What the stand-in for the Messages API was asked, what it answers and what it billed, whoever carries the
// bytes.
#include "tests/support/anthropic_books.hpp"

#include <algorithm>

namespace bigocean::test {
namespace {

void add(server::llm::Usage& sum, const server::llm::Usage& more) {
  sum.input_tokens += more.input_tokens;
  sum.output_tokens += more.output_tokens;
  sum.cache_write_5m_tokens += more.cache_write_5m_tokens;
  sum.cache_write_1h_tokens += more.cache_write_1h_tokens;
  sum.cache_read_tokens += more.cache_read_tokens;
}

}  // namespace

ModelBooks::ModelBooks(AnthropicStandIn::Answerer answerer, AnthropicStandIn::Options options)
    : answerer_(std::move(answerer)),
      options_(std::move(options)),
      cache_(options_.cache_prefix_tokens_min, options_.bytes_per_token, options_.cache_life) {}

void ModelBooks::script(std::vector<ModelAnswer> answers) {
  const std::lock_guard lock(mutex_);
  for (auto& answer : answers) scripted_.push_back(std::move(answer));
}

ModelOrder ModelBooks::take(const std::string& head, std::string_view body, std::size_t connection) {
  ModelRequest request{
      .head = head, .body = nlohmann::json::parse(body, nullptr, false), .connection = connection};
  request.faults = faults_of(request.head, request.body, options_.key);
  const std::lock_guard one_at_a_time(asking_);
  auto answer = answer_to(request);
  count_input(request.body, answer);
  if (request.body.is_object()) answer.tokens_max = request.body.value("max_tokens", answer.tokens_max);
  const std::lock_guard lock(mutex_);
  ModelOrder order{.number = ++count_, .usage = answer.usage};
  order.plan = plan_for(answer, order.number);
  order.call = calls_.size();
  if (options_.keeps_calls)
    calls_.push_back({.request_id = "req_" + std::to_string(order.number),
                      .label = answer.label,
                      .status = answer.hang_up || answer.silent ? 0 : answer.status,
                      .faults = request.faults});
  order.request = requests_.size();
  if (options_.keeps_requests) requests_.push_back(std::move(request));
  return order;
}

void ModelBooks::count_input(const nlohmann::json& body, ModelAnswer& answer) {
  if (options_.cache_prefix_tokens_min == 0 || answer.status != 200) return;
  const auto output = answer.usage.output_tokens;
  answer.usage = cache_.count(body, options_.now());
  answer.usage.output_tokens = output;
}

ModelAnswer ModelBooks::answer_to(const ModelRequest& request) {
  if (!request.faults.empty()) {
    ModelAnswer refusal;
    refusal.status = 400;
    refusal.error = "invalid_request_error";
    return refusal;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!scripted_.empty()) {
      auto answer = std::move(scripted_.front());
      scripted_.pop_front();
      return answer;
    }
  }
  return answerer_(request);
}

void ModelBooks::bill(ModelOrder& order, const TimedBytes& piece) {
  server::llm::Usage more;
  if (piece.counts_input) more = order.usage;
  const auto output = std::max(order.output_billed, piece.output_tokens);
  more.output_tokens = output - order.output_billed;
  order.output_billed = output;
  const std::lock_guard lock(mutex_);
  add(billed_, more);
  if (options_.keeps_calls) add(calls_[order.call].billed, more);
}

void ModelBooks::is_whole(const ModelOrder& order) {
  if (!order.plan.is_whole || !options_.keeps_calls) return;
  const std::lock_guard lock(mutex_);
  calls_[order.call].is_whole = true;
}

void ModelBooks::is_left(const ModelOrder& order) {
  if (!options_.keeps_requests) return;
  const std::lock_guard lock(mutex_);
  requests_[order.request].left = true;
}

std::vector<ModelRequest> ModelBooks::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ModelBooks::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

std::vector<ModelCall> ModelBooks::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

server::llm::Usage ModelBooks::billed() const {
  const std::lock_guard lock(mutex_);
  return billed_;
}

}  // namespace bigocean::test
