// Moods by message.
#include "tests/talks/model.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "tests/support/anthropic_moods.hpp"

namespace bigocean::talks {
namespace {

constexpr std::string_view kThanks = "Thank you";
constexpr std::uint64_t kAttempts = 64;
/// The service's own: a request, and two retries.
constexpr std::uint64_t kCallAttempts = 3;

/// Between two pieces: long enough, here and there, for whoever leaves or cancels to meet an answer under
/// way, on another replica as well.
std::chrono::milliseconds delay_of(const Tag& tag) {
  const auto dice = (tag.conversation * 7 + tag.message) % 10;
  return std::chrono::milliseconds(dice == 0 ? 50 : dice < 5 ? 3 : 0);
}

class MoodyModel {
 public:
  explicit MoodyModel(std::uint64_t seed) : seed_(seed) {}

  test::ModelAnswer answer(const test::ModelRequest& request) {
    const bool is_analysis = request.body.contains(nlohmann::json::json_pointer("/output_config/format"));
    const auto tags = tags_in(words_of(request.body["messages"].back()));
    const auto tag = tags.empty() ? Tag{} : tags.back();
    const std::string purpose = is_analysis ? "analysis" : "interview";
    const auto number = number_of(tag, is_analysis) + attempts_[purpose + tag.text()]++;
    const bool is_poisoned = holds_poison(request.body["messages"], is_analysis);
    const bool is_refused = is_poisoned || (!is_analysis && holds_poison(tags));
    const auto mood = is_refused ? test::Mood::kRefuses : mood_for(tag, is_analysis, number);
    auto answer = test::answer_in(mood, request, seed_ + number);
    if (!is_analysis && answer.text.starts_with(kThanks))
      answer.text.insert(kThanks.size(), " " + tag.text());
    answer.label =
        CallLabel{purpose, tag.text(), std::string(is_poisoned ? kPoisoned : test::name_of(mood))}.text();
    answer.piece_delay += delay_of(tag);
    return answer;
  }

 private:
  static std::string words_of(const nlohmann::json& message) {
    return message["content"].front().value("text", "");
  }

  static std::uint64_t number_of(const Tag& tag, bool is_analysis) {
    return (tag.number() * 2 + (is_analysis ? 1 : 0)) * kAttempts;
  }

  /// What is overloaded mostly stays so for all attempts of a call.
  test::Mood mood_for(const Tag& tag, bool is_analysis, std::uint64_t number) const {
    if (tag.is_harmless && !is_analysis) return test::Mood::kGood;
    const auto first = number_of(tag, is_analysis);
    const auto mood = test::mood_of(seed_, first);
    return number - first < kCallAttempts && mood == test::Mood::kIsOverloaded ? mood
                                                                               : test::mood_of(seed_, number);
  }

  bool holds_poison(const std::vector<Tag>& tags) const {
    return std::any_of(tags.begin(), tags.end(), [&](const Tag& tag) {
      const auto mood = test::mood_of(seed_, number_of(tag, false));
      return !tag.is_harmless && (mood == test::Mood::kRefuses || mood == test::Mood::kRefusesLate);
    });
  }

  /// In what was answered before; what the last message holds, earlier messages without an answer among it,
  /// is what is asked about. An analysis asks about none of it.
  bool holds_poison(const nlohmann::json& messages, bool is_analysis) const {
    for (std::size_t i = 0; i + (is_analysis ? 0 : 1) < messages.size(); ++i) {
      if (messages[i]["role"] == "user" && holds_poison(tags_in(words_of(messages[i])))) return true;
    }
    return false;
  }

  const std::uint64_t seed_;
  std::map<std::string, std::uint64_t> attempts_;
};

}  // namespace

CallLabel CallLabel::of(const std::string& text) {
  const auto first = text.find('|');
  const auto second = text.find('|', first + 1);
  return {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

test::AnthropicStandIn::Answerer model(std::uint64_t seed) {
  // The stand-in asks for one request at a time.
  return [moody = std::make_shared<MoodyModel>(seed)](const test::ModelRequest& request) {
    return moody->answer(request);
  };
}

}  // namespace bigocean::talks
