// How the stand-in for the Messages API misbehaves: at random, from a seed.
#include "tests/support/anthropic_moods.hpp"

#include <array>
#include <memory>

#include "tests/support/anthropic_wire.hpp"

namespace bigocean::test {
namespace {

/// SplitMix64: the same everywhere.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

bool is_analysis(const ModelRequest& request) {
  return request.body.contains(nlohmann::json::json_pointer("/output_config/format"));
}

std::string last_words(const ModelRequest& request) {
  return request.body["messages"].back()["content"].front().value("text", "");
}

}  // namespace

std::string_view name_of(Mood mood) {
  static constexpr std::array<std::string_view, kMoods> kNames{
      "good",     "thinks",   "refuses", "refuses late", "cuts off",      "repeats", "is slow",
      "is blank", "is dirty", "breaks",  "errs inside",  "is overloaded", "hangs up"};
  return kNames.at(static_cast<std::size_t>(mood));
}

ModelAnswer answer_in(Mood mood, const ModelRequest& request, std::uint64_t dice) {
  auto answer = AnthropicStandIn::default_answer(request);
  const auto pick = [&](std::uint64_t below) { return static_cast<std::int64_t>(mixed(dice) % below); };
  switch (mood) {
    case Mood::kGood:
      break;
    case Mood::kThinks:
      if (thinks_unasked(request.body)) answer.thinking_tokens = 380 + pick(40);
      break;
    case Mood::kRefuses:
      answer.text.clear();
      answer.stop_reason = "refusal";
      break;
    case Mood::kRefusesLate:
      answer.stop_reason = "refusal";
      break;
    case Mood::kCutsOff:
      answer.stop_reason = "max_tokens";
      answer.text.resize(answer.text.size() - 1 - static_cast<std::size_t>(pick(answer.text.size() - 1)));
      break;
    case Mood::kRepeats:
      if (is_analysis(request)) break;
      answer.text = last_words(request).substr(0, 40);
      for (int i = 0; i < 20; ++i) answer.text += " And then? And then?";
      answer.text = nlohmann::json(answer.text).dump(-1, ' ', true, nlohmann::json::error_handler_t::ignore);
      break;
    case Mood::kIsSlow:
      answer.piece_delay = std::chrono::milliseconds(1 + pick(4));
      break;
    case Mood::kIsBlank:
      answer.text = pick(2) == 0 ? " \n\t " : "\xE2\x80\x8B\xE2\x81\xA0 \n";
      break;
    case Mood::kIsDirty:
      if (is_analysis(request)) break;
      answer.text = "I\x1B[31m see.\r\nAnd \xE2\x80\xAEthen\xE2\x80\xAC\x07?\r";
      break;
    case Mood::kBreaks:
      answer.cut_after = static_cast<std::size_t>(pick(1500));
      break;
    case Mood::kErrsInside:
      answer.error_after = static_cast<std::size_t>(1 + pick(6));
      break;
    case Mood::kIsOverloaded:
      answer.status = 529;
      answer.headers = {{"retry-after-ms", "1"}};
      break;
    case Mood::kHangsUp:
      answer.hang_up = true;
      break;
  }
  return answer;
}

Mood mood_of(std::uint64_t seed, std::uint64_t number) {
  const auto dice = mixed(seed ^ mixed(number));
  if (dice % 2 == 0) return Mood::kGood;
  return static_cast<Mood>(1 + (dice / 2) % (kMoods - 1));
}

AnthropicStandIn::Answerer misbehaving(std::uint64_t seed) {
  // The stand-in asks for one request at a time.
  return [seed, number = std::make_shared<std::uint64_t>(0)](const ModelRequest& request) {
    const auto now = (*number)++;
    return answer_in(mood_of(seed, now), request, seed + now);
  };
}

}  // namespace bigocean::test
