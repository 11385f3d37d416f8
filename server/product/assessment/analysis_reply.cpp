// Parses the analyser's reply, and accepts only evidence that the conversation confirms.
#include "server/product/assessment/analysis_reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/unicode.hpp"
#include "server/product/assessment/scoring.hpp"

namespace bigocean::server::assessment {
namespace {

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

constexpr std::size_t kLettersOfUnspacedWord = 4;

/// Chinese characters, kana and hangul: each counts as a word.
bool is_ideograph(char32_t point) {
  return (point >= 0x3041 && point <= 0x30FF) || (point >= 0x3400 && point <= 0x9FFF) ||
         (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
         (point >= 0x20000 && point <= 0x3FFFF);
}

/// Thai, Lao, Burmese, Khmer.
bool is_unspaced(char32_t point) {
  return (point >= 0x0E00 && point <= 0x0EFF) || (point >= 0x1000 && point <= 0x109F) ||
         (point >= 0x1780 && point <= 0x17FF);
}

/// ASCII punctuation, and that of Unicode for the most common scripts.
bool is_punctuation(char32_t point) {
  const bool ascii = point < 0x80 && !(point >= '0' && point <= '9') && !(point >= 'A' && point <= 'Z') &&
                     !(point >= 'a' && point <= 'z');
  return ascii || (point >= 0xA1 && point <= 0xBF) || (point >= 0x2010 && point <= 0x205E) ||
         (point >= 0x3001 && point <= 0x303F) || (point >= 0xFF01 && point <= 0xFF0F) ||
         base::is_invisible(point);
}

std::size_t words_in(std::string_view text) {
  std::size_t words = 0;
  std::size_t unspaced = 0;
  bool in_word = false;
  while (!text.empty()) {
    const auto point = base::take_code_point(text);
    if (is_ideograph(point)) {
      ++words;
      in_word = false;
    } else if (is_unspaced(point)) {
      ++unspaced;
    } else if (point == '\'' || point == 0x2019) {
      continue;  // "don't" is one
    } else {
      const bool is_letter = !is_punctuation(point);
      words += is_letter && !in_word ? 1 : 0;
      in_word = is_letter;
    }
  }
  return words + unspaced / kLettersOfUnspacedWord;
}

/// What of one message was accepted so far.
struct Used {
  std::set<Facet> facets{};
  std::vector<std::pair<std::size_t, std::size_t>> quotes{};  ///< from and to

  std::size_t of_trait(Trait trait) const {
    return static_cast<std::size_t>(std::count_if(
        facets.begin(), facets.end(), [&](Facet facet) { return info_of(facet).trait == trait; }));
  }
  std::size_t overlapping(std::size_t from, std::size_t to) const {
    return static_cast<std::size_t>(std::count_if(
        quotes.begin(), quotes.end(), [&](const auto& one) { return one.first < to && from < one.second; }));
  }
};

class Parser {
 public:
  Parser(std::span<const Line> lines, std::int64_t turns_before) {
    std::int64_t turn = turns_before;
    for (const Line& line : lines) {
      if (line.role == llm::Role::kUser) messages_[line.position] = {turn++, collapsed(line.text)};
    }
  }

  void read(std::size_t index, const nlohmann::json& item) {
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
  /// Fills `evidence`; returns why it is rejected, or an empty text.
  std::string take(const nlohmann::json& item, Evidence& evidence) {
    if (!item.is_object()) return "the entry is not an object";
    const auto has = [&](const char* name, bool (nlohmann::json::*is)() const noexcept) {
      const auto found = item.find(name);
      return found != item.end() && ((*found).*is)();
    };
    if (!has("position", &nlohmann::json::is_number_integer))
      return "the position is missing or not an integer";
    evidence.position = item["position"].get<std::int64_t>();
    if (!has("facet", &nlohmann::json::is_string)) return "the facet is missing or not a text";
    if (!has("score", &nlohmann::json::is_number)) return "the score is missing or not a number";
    if (!has("confidence", &nlohmann::json::is_number)) return "the confidence is missing or not a number";
    if (!has("quote", &nlohmann::json::is_string)) return "the quote is missing or not a text";
    const auto facet = find_facet(item["facet"].get_ref<const std::string&>());
    if (!facet) return "the facet is unknown";
    const auto message = messages_.find(evidence.position);
    if (message == messages_.end()) return "the position is not that of one of the user's messages";
    evidence.facet = *facet;
    evidence.turn = message->second.turn;
    evidence.score = item["score"].get<double>();
    evidence.confidence = item["confidence"].get<double>();
    evidence.quote = collapsed(item["quote"].get_ref<const std::string&>());
    if (const auto fault = fault_of(evidence); !fault.empty()) return std::string(fault);
    if (evidence.quote.empty()) return "the quote is empty";
    return use(message->second.text, evidence);
  }

  /// Finds the quote in its message, and applies the limits of the message.
  std::string use(const std::string& text, const Evidence& evidence) {
    const auto from = text.find(evidence.quote);
    if (from == std::string::npos) return "the quote is not in that message";
    if (evidence.quote != text && words_in(evidence.quote) < kQuoteWordsMin)
      return "the quote has too few words";
    auto& used = used_[evidence.position];
    if (used.facets.contains(evidence.facet)) return "there is already evidence for this message and facet";
    if (used.facets.size() >= kFacetsPerMessageMax) return "the message has evidence for too many facets";
    if (used.of_trait(info_of(evidence.facet).trait) >= kFacetsOfTraitPerMessageMax)
      return "the message has evidence for too many facets of one trait";
    const auto to = from + evidence.quote.size();
    if (used.overlapping(from, to) >= kFacetsPerQuoteMax) return "the quote has evidence for too many facets";
    used.facets.insert(evidence.facet);
    used.quotes.emplace_back(from, to);
    return {};
  }

  std::map<std::int64_t, UsersMessage> messages_;
  std::map<std::int64_t, Used> used_;
  ParsedEvidence result_;
};

}  // namespace

ParsedEvidence parse_evidence(std::string_view reply, std::span<const Line> lines,
                              std::int64_t turns_before) {
  const nlohmann::json json = nlohmann::json::parse(reply, nullptr, false);
  if (!json.is_object() || !json.contains("evidence") || !json["evidence"].is_array()) {
    // The reply may quote the user, so only its size is logged.
    throw base::Error(base::ExitCode::kUnreachable, "The analyser's reply is not the requested JSON.",
                      "It may have been cut off: raise the limit of its output tokens if this repeats.",
                      fmt::format("{} bytes, {}", reply.size(),
                                  json.is_discarded() ? "not JSON" : "JSON without a list \"evidence\""));
  }
  Parser parser(lines, turns_before);
  std::size_t index = 0;
  for (const nlohmann::json& item : json["evidence"]) parser.read(index++, item);
  return parser.take_result();
}

}  // namespace bigocean::server::assessment
