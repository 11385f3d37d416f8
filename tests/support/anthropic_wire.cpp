// What the stand-in for the Messages API reads and writes: its part without sockets.
#include "tests/support/anthropic_wire.hpp"

#include <algorithm>

namespace bigocean::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

struct Event {
  std::string name;
  json data;
  milliseconds delay{};
  bool counts_input = false;
  std::int64_t output_tokens = 0;
};

/// Pieces of about `bytes`, never cut within a character.
std::vector<std::string> pieces_of(const std::string& text, std::size_t bytes) {
  std::vector<std::string> pieces;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = std::min(begin + std::max<std::size_t>(bytes, 1), text.size());
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

std::string chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

std::string text_of(const Event& event) {
  return "event: " + event.name +
         "\ndata: " + event.data.dump(-1, ' ', false, json::error_handler_t::replace) + "\n\n";
}

json error_json(const ModelAnswer& answer) {
  json error{{"type", answer.error}, {"message", "said by the stand-in"}};
  if (!answer.error_code.empty()) error["details"] = {{"error_code", answer.error_code}};
  return {{"type", "error"}, {"error", error}};
}

json start_usage(const server::llm::Usage& usage) {
  return {{"input_tokens", usage.input_tokens},
          {"cache_creation_input_tokens", usage.cache_write_5m_tokens + usage.cache_write_1h_tokens},
          {"cache_read_input_tokens", usage.cache_read_tokens},
          {"cache_creation",
           {{"ephemeral_5m_input_tokens", usage.cache_write_5m_tokens},
            {"ephemeral_1h_input_tokens", usage.cache_write_1h_tokens}}},
          {"output_tokens", 1}};
}

void add_thinking(std::vector<Event>& events, const std::string& thinking) {
  events.push_back({"content_block_start",
                    {{"type", "content_block_start"},
                     {"index", 0},
                     {"content_block", {{"type", "thinking"}, {"thinking", ""}, {"signature", ""}}}}});
  const auto delta = [&](json value) {
    events.push_back({"content_block_delta",
                      {{"type", "content_block_delta"}, {"index", 0}, {"delta", std::move(value)}}});
  };
  if (!thinking.empty()) delta({{"type", "thinking_delta"}, {"thinking", thinking}});
  delta({{"type", "signature_delta"}, {"signature", "c2lnbmVk"}});
  events.push_back({"content_block_stop", {{"type", "content_block_stop"}, {"index", 0}}});
}

std::vector<Event> events_of(const ModelAnswer& answer, std::size_t number) {
  const json error = error_json(answer);
  if (answer.error_after == 0U) return {{"error", error, answer.first_delay}};
  std::vector<Event> events;
  events.push_back({"message_start",
                    {{"type", "message_start"},
                     {"message",
                      {{"id", "msg_" + std::to_string(number)},
                       {"type", "message"},
                       {"role", "assistant"},
                       {"content", json::array()},
                       {"stop_reason", nullptr},
                       {"usage", start_usage(answer.usage)}}}},
                    answer.first_delay,
                    true,
                    1});
  events.push_back({"ping", {{"type", "ping"}}});
  std::int64_t index = 0;
  const auto thought = std::min(answer.thinking_tokens, answer.tokens_max);
  if (!answer.thinking.empty() || thought > 0) {
    add_thinking(events, answer.thinking);
    events.back().output_tokens = thought;
    ++index;
  }
  events.push_back({"content_block_start",
                    {{"type", "content_block_start"},
                     {"index", index},
                     {"content_block", {{"type", "text"}, {"text", ""}}}}});
  auto pieces = pieces_of(answer.text, answer.piece_bytes);
  const auto left = answer.tokens_max - thought;
  const bool is_cut = thought > 0 && std::ssize(pieces) > left;
  if (is_cut) pieces.resize(static_cast<std::size_t>(left));
  const auto total = answer.usage.output_tokens > 0 ? answer.usage.output_tokens
                                                    : std::max<std::int64_t>(1, thought + std::ssize(pieces));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (answer.error_after == i) break;
    events.push_back({"content_block_delta",
                      {{"type", "content_block_delta"},
                       {"index", index},
                       {"delta", {{"type", "text_delta"}, {"text", pieces[i]}}}},
                      answer.piece_delay,
                      false,
                      thought + (total - thought) * static_cast<std::int64_t>(i + 1) / std::ssize(pieces)});
  }
  if (answer.error_after) {
    events.push_back({"error", error});
    return events;
  }
  events.push_back({"content_block_stop", {{"type", "content_block_stop"}, {"index", index}}});
  events.push_back({"an_event_of_the_future", {{"type", "an_event_of_the_future"}}});
  events.push_back(
      {"message_delta",
       {{"type", "message_delta"},
        {"delta", {{"stop_reason", is_cut ? "max_tokens" : answer.stop_reason}, {"stop_sequence", nullptr}}},
        {"usage", {{"output_tokens", total}, {"output_tokens_details", {{"thinking_tokens", thought}}}}}},
       {},
       false,
       total});
  events.push_back({"message_stop", {{"type", "message_stop"}}});
  return events;
}

std::string head_of(const Plan& plan) {
  auto head = "HTTP/1.1 " + std::to_string(plan.status) + " By The Stand-in\r\n";
  for (const auto& [name, value] : plan.headers) head += name + ": " + value + "\r\n";
  if (plan.end == Plan::End::kClose) head += "Connection: close\r\n";
  return head + "Content-Type: " + plan.content_type + "\r\n";
}

/// Cuts the events behind so many bytes of them, chunk sizes among these. Nothing changes where there are
/// fewer.
void shorten(Plan& plan, std::size_t bytes_max, Plan::End end) {
  auto pieces = bytes_of(plan);
  std::size_t left = bytes_max;
  // The head in front does not count.
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    auto& bytes = pieces[i].bytes;
    if (bytes.size() <= left) {
      left -= bytes.size();
      continue;
    }
    bytes.resize(left);
    // What was not sent whole was not billed by this piece, but its start may be.
    if (left == 0) pieces[i].counts_input = false;
    pieces.resize(i + 1);
    plan.pieces = std::move(pieces);
    plan.end = end;
    plan.is_whole = false;
    plan.is_broken = true;
    return;
  }
}

}  // namespace

std::vector<TimedBytes> bytes_of(const Plan& plan) {
  if (plan.is_broken) return plan.pieces;
  if (!plan.is_stream) {
    auto pieces = plan.pieces;
    auto& body = pieces.front().bytes;
    body = head_of(plan) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    return pieces;
  }
  std::vector<TimedBytes> pieces{{head_of(plan) + "Transfer-Encoding: chunked\r\n\r\n"}};
  for (const auto& piece : plan.pieces) {
    pieces.push_back(piece);
    pieces.back().bytes = chunk(piece.bytes);
  }
  if (plan.end != Plan::End::kSilence) pieces.back().bytes += "0\r\n\r\n";
  return pieces;
}

Plan plan_for(const ModelAnswer& answer, std::size_t number) {
  Plan plan{.status = answer.status,
            .headers = {{"request-id", "req_" + std::to_string(number)}},
            .content_type = "application/json"};
  if (answer.hang_up || answer.silent) {
    plan.end = answer.hang_up ? Plan::End::kClose : Plan::End::kSilence;
    plan.is_broken = true;
    return plan;
  }
  plan.headers.insert(plan.headers.end(), answer.headers.begin(), answer.headers.end());
  if (answer.closes) plan.end = Plan::End::kClose;
  if (answer.status != 200) {
    plan.pieces.push_back({answer.raw.value_or(error_json(answer).dump()), answer.first_delay});
    return plan;
  }
  plan.content_type = "text/event-stream; charset=utf-8";
  plan.is_stream = true;
  if (answer.pings_only) {
    plan.pieces.resize(2000, {text_of({"ping", {{"type", "ping"}}}), milliseconds{10}});
    plan.end = Plan::End::kSilence;
    return plan;
  }
  if (answer.raw) {
    plan.pieces.push_back({*answer.raw});
  } else {
    for (const auto& event : events_of(answer, number))
      plan.pieces.push_back({text_of(event), event.delay, event.counts_input, event.output_tokens});
    plan.is_whole = !answer.error_after;
  }
  if (answer.cut_after) shorten(plan, *answer.cut_after, Plan::End::kClose);
  if (answer.silent_after) shorten(plan, *answer.silent_after, Plan::End::kSilence);
  return plan;
}

}  // namespace bigocean::test
