// Reads the analyser's reply, and believes none of it that the conversation does not bear out.
#include "server/assessment/analysis_reply.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "server/assessment/scoring.hpp"

namespace bigocean::server::assessment {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kFacetBytesMax = 40;

struct UsersMessage {
  std::int64_t turn = 0;
  std::string text;  ///< collapsed
};

/// Runs of ASCII white space become one blank; none at either end.
std::string collapsed(std::string_view text) {
  std::string result;
  bool pending = false;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      pending = !result.empty();
      continue;
    }
    if (pending) result += ' ';
    pending = false;
    result += c;
  }
  return result;
}

class Parser {
 public:
  Parser(std::span<const Line> lines, std::int64_t turns_before) {
    std::int64_t turn = turns_before;
    for (const Line& line : lines) {
      if (line.role == llm::Role::kUser) messages_[line.position] = {turn++, collapsed(line.text)};
    }
  }

  void read(std::size_t index, const Json& item) {
    Evidence evidence;
    std::string reason = take(item, evidence);
    if (reason.empty()) {
      result_.accepted.push_back(std::move(evidence));
      return;
    }
    RejectedEvidence rejected{
        .index = index, .position = evidence.position, .facet = {}, .reason = std::move(reason)};
    if (item.is_object() && item.contains("facet") && item["facet"].is_string()) {
      rejected.facet = item["facet"].get_ref<const std::string&>().substr(0, kFacetBytesMax);
    }
    result_.rejected.push_back(std::move(rejected));
  }

  ParsedEvidence take_result() { return std::move(result_); }

 private:
  /// Fills `evidence`; returns why it is none.
  std::string take(const Json& item, Evidence& evidence) {
    if (!item.is_object()) return "the entry is no object";
    const auto has = [&](const char* name, bool (Json::*is)() const noexcept) {
      const auto found = item.find(name);
      return found != item.end() && ((*found).*is)();
    };
    if (!has("position", &Json::is_number_integer)) return "the position is missing or no integer";
    evidence.position = item["position"].get<std::int64_t>();
    if (!has("facet", &Json::is_string)) return "the facet is missing or no text";
    if (!has("score", &Json::is_number)) return "the score is missing or no number";
    if (!has("confidence", &Json::is_number)) return "the confidence is missing or no number";
    if (!has("quote", &Json::is_string)) return "the quote is missing or no text";
    const auto facet = find_facet(item["facet"].get_ref<const std::string&>());
    if (!facet) return "the facet is unknown";
    const auto message = messages_.find(evidence.position);
    if (message == messages_.end()) return "the position is not that of a message of the user";
    evidence.facet = *facet;
    evidence.turn = message->second.turn;
    evidence.score = item["score"].get<double>();
    evidence.confidence = item["confidence"].get<double>();
    evidence.quote = collapsed(item["quote"].get_ref<const std::string&>());
    if (const auto fault = fault_of(evidence); !fault.empty()) return std::string(fault);
    if (evidence.quote.empty()) return "the quote is empty";
    if (message->second.text.find(evidence.quote) == std::string::npos)
      return "the quote is not in that message";
    if (!seen_.emplace(evidence.position, evidence.facet).second)
      return "there is one for this message and facet";
    return {};
  }

  std::map<std::int64_t, UsersMessage> messages_;
  std::set<std::pair<std::int64_t, Facet>> seen_;
  ParsedEvidence result_;
};

}  // namespace

ParsedEvidence parse_evidence(std::string_view reply, std::span<const Line> lines,
                              std::int64_t turns_before) {
  const Json json = Json::parse(reply, nullptr, false);
  if (!json.is_object() || !json.contains("evidence") || !json["evidence"].is_array()) {
    // What the reply says is the user's: only its size goes into a log.
    throw base::Error(base::ExitCode::kUnreachable,
                      "The analyser's reply is not the JSON that was asked for.",
                      "It may have been cut off: raise the limit of its output tokens if this repeats.",
                      fmt::format("{} bytes, {}", reply.size(),
                                  json.is_discarded() ? "no JSON" : "JSON without a list \"evidence\""));
  }
  Parser parser(lines, turns_before);
  std::size_t index = 0;
  for (const Json& item : json["evidence"]) parser.read(index++, item);
  return parser.take_result();
}

}  // namespace bigocean::server::assessment
