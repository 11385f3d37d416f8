// Assembles a model's answer from the events of its stream.
#include "server/llm/answer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace bigocean::server::llm {
namespace {

using nlohmann::json;

/// Larger numbers are refused, so that sums and prices stay far from overflow.
constexpr std::int64_t kTokensMax = 1'000'000'000;

json read(std::string_view data) {
  auto value = json::parse(data, nullptr, false);
  if (!value.is_object()) throw AnswerFault("an event of the answer does not contain a JSON object");
  return value;
}

json part_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_object())
    throw AnswerFault(std::string("an event of the answer has no ") + name);
  return *found;
}

/// Reads a cumulative count, which may not shrink. Absent and null mean no change.
void raise(std::int64_t& count, const json& usage, const char* name) {
  const auto found = usage.find(name);
  if (found == usage.end() || found->is_null()) return;
  if (!found->is_number_integer()) throw AnswerFault(std::string(name) + " is not a number of tokens");
  const auto value = found->get<std::int64_t>();
  if (value < 0 || value > kTokensMax) throw AnswerFault(std::string(name) + " is not a number of tokens");
  count = std::max(count, value);
}

/// The API reports the total written to the cache, and mostly the parts by lifetime. Without them all of it
/// counts as 5 minutes, the only lifetime that is requested.
void raise(Usage& usage, const json& counts) {
  raise(usage.input_tokens, counts, "input_tokens");
  raise(usage.output_tokens, counts, "output_tokens");
  raise(usage.cache_read_tokens, counts, "cache_read_input_tokens");
  const auto lives = counts.find("cache_creation");
  if (lives != counts.end() && lives->is_object()) {
    raise(usage.cache_write_5m_tokens, *lives, "ephemeral_5m_input_tokens");
    raise(usage.cache_write_1h_tokens, *lives, "ephemeral_1h_input_tokens");
  }
  const auto details = counts.find("output_tokens_details");
  if (details != counts.end() && details->is_object())
    raise(usage.thinking_tokens, *details, "thinking_tokens");
  std::int64_t written = 0;
  raise(written, counts, "cache_creation_input_tokens");
  usage.cache_write_5m_tokens = std::max(usage.cache_write_5m_tokens, written - usage.cache_write_1h_tokens);
}

/// If the model did not end by itself, the text is cut short; this includes reasons that are not requested
/// (tool_use, pause_turn) and unknown ones.
ChatReply::Stop stop_of(const std::string& reason) {
  if (reason == "end_turn" || reason == "stop_sequence") return ChatReply::Stop::kEnd;
  return reason == "refusal" ? ChatReply::Stop::kRefusal : ChatReply::Stop::kMaxTokens;
}

}  // namespace

std::string Answer::take(const SseEvent& event) {
  if (ended_ || error_) return {};
  if (event.name == "error") {
    error_ = read_api_error(event.data);
    return {};
  }
  if (event.name == "message_start") return start(event.data), std::string();
  const bool known = event.name == "content_block_start" || event.name == "content_block_delta" ||
                     event.name == "content_block_stop" || event.name == "message_delta" ||
                     event.name == "message_stop";
  if (!known) return {};
  if (!started_) throw AnswerFault("the answer does not begin with message_start");
  if (event.name == "content_block_delta") return extend_block(event.data);
  if (event.name == "content_block_start") start_block(event.data);
  if (event.name == "content_block_stop") block_ = Block::kNone;
  if (event.name == "message_delta") change(event.data);
  if (event.name == "message_stop") end();
  return {};
}

void Answer::start(std::string_view data) {
  const auto usage = part_of(part_of(read(data), "message"), "usage");
  if (!usage.contains("input_tokens")) throw AnswerFault("message_start has no input_tokens");
  raise(usage_, usage);
  started_ = true;
}

void Answer::start_block(std::string_view data) {
  const auto block = part_of(read(data), "content_block");
  block_ = base::string_member(block, "type") == "text" ? Block::kText : Block::kOther;
  if (block_ == Block::kOther) seen_ = Seen::kThinking;
  if (block_ == Block::kText && seen_ == Seen::kNothing) seen_ = Seen::kText;
}

/// Blocks come one at a time, so the index is not needed.
std::string Answer::extend_block(std::string_view data) {
  const auto delta = part_of(read(data), "delta");
  for (const auto& [name, value] : delta.items()) {
    if (name != "type" && value.is_string())
      bytes_ += static_cast<std::int64_t>(value.get_ref<const std::string&>().size());
  }
  if (block_ != Block::kText || base::string_member(delta, "type") != "text_delta") return {};
  auto text = base::string_member(delta, "text");
  text_ += text;
  return text;
}

void Answer::change(std::string_view data) {
  const auto event = read(data);
  const auto reason = base::string_member(part_of(event, "delta"), "stop_reason");
  const auto usage = part_of(event, "usage");
  raise(usage_, usage);
  if (reason.empty()) return;
  stop_ = stop_of(reason);
  stop_known_ = usage.contains("output_tokens");
}

void Answer::end() {
  if (!stop_known_) throw AnswerFault("the answer ends without a stop reason or its usage");
  ended_ = true;
}

Usage Answer::usage_when_left(std::int64_t tokens_max, bool may_think) const {
  auto usage = usage_;
  const bool thinks = seen_ == Seen::kThinking || (seen_ == Seen::kNothing && may_think);
  const auto came = thinks ? tokens_max : std::min(bytes_ + kUnderWayTokens, tokens_max);
  usage.output_tokens = std::max(usage.output_tokens, came);
  return usage;
}

}  // namespace bigocean::server::llm
