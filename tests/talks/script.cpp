// Texts of a few kinds, in a few lengths.
#include "tests/talks/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace bigocean::talks {
namespace {

constexpr std::size_t kCharactersMax = 4000;
constexpr std::size_t kWholeConversation = 30;
constexpr std::size_t kWholeOneIn = 15;

constexpr std::array<std::string_view, 6> kSentences{
    "I make lists of my lists. ",
    "Ich räume ungern auf, aber ich mag Feste. ",
    "Пою и пляшу, когда никто не видит. ",
    "🌊🎻👩‍🚀🙂 ",
    "First this.\r\nThen that,\r\n\tand \"so\" on \\ always. ",
    "我喜欢一个人旅行。",
};

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string Tag::text() const {
  return fmt::format("(c{}m{}{})", conversation, message, is_harmless ? "h" : "");
}

std::vector<Tag> tags_in(std::string_view text) {
  std::vector<Tag> tags;
  const char* const end = text.data() + text.size();
  for (auto at = text.find("(c"); at != text.npos; at = text.find("(c", at + 1)) {
    Tag tag;
    const auto conversation = std::from_chars(text.data() + at + 2, end, tag.conversation);
    if (conversation.ec != std::errc{} || conversation.ptr == end || *conversation.ptr != 'm') continue;
    const auto message = std::from_chars(conversation.ptr + 1, end, tag.message);
    if (message.ec != std::errc{}) continue;
    tag.is_harmless = message.ptr != end && *message.ptr == 'h';
    tags.push_back(tag);
  }
  return tags;
}

std::optional<Tag> last_tag_in(std::string_view text) {
  const auto tags = tags_in(text);
  return tags.empty() ? std::nullopt : std::optional(tags.back());
}

std::string Line::stored() const {
  auto result = text;
  std::erase(result, '\r');
  return result;
}

Line line_for(const Tag& tag, std::mt19937_64& random) {
  const auto mark = tag.text();
  const auto dice = random() % 20;
  const auto wanted = dice == 0 ? kCharactersMax : dice < 6 ? std::size_t{300} : std::size_t{1};
  std::string text;
  std::size_t characters = mark.size();
  const auto only = random() % (kSentences.size() + 1);
  for (bool first = true; first || characters < wanted; first = false) {
    // One kind alone, or all of them together.
    const auto& sentence = kSentences.at(only < kSentences.size() ? only : random() % kSentences.size());
    if (characters + characters_in(sentence) > kCharactersMax) break;
    text += sentence;
    characters += characters_in(sentence);
  }
  if (wanted == kCharactersMax) text.append(kCharactersMax - characters, 'x');
  return {tag, tag.is_harmless ? Way::kJson : static_cast<Way>(random() % kWays), text + mark};
}

std::vector<std::size_t> lengths_of(std::size_t messages, std::mt19937_64& random) {
  std::vector<std::size_t> lengths(std::max<std::size_t>(1, messages * 3 / 20), 1);
  std::size_t left = messages > lengths.size() ? messages - lengths.size() : 0;
  const auto lengthen = [&](std::size_t& length, std::size_t more) {
    more = std::min(more, left);
    length += more;
    left -= more;
  };
  for (std::size_t i = 0; i < lengths.size(); i += kWholeOneIn) lengthen(lengths[i], kWholeConversation - 1);
  while (left > 0) lengthen(lengths[random() % lengths.size()], 1);
  return lengths;
}

}  // namespace bigocean::talks
