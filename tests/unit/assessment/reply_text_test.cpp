// Which parts of a model's reply may appear in a conversation.
#include "server/product/assessment/reply_text.hpp"

#include <doctest/doctest.h>

namespace reply_text_test {

using namespace bigocean::server::assessment;
using bigocean::server::llm::ChatReply;

namespace {

std::string usable(std::string text, ChatReply::Stop stop = ChatReply::Stop::kEnd) {
  return usable_text({.text = std::move(text), .stop = stop, .usage = {}});
}

}  // namespace

TEST_CASE("a whole reply stays as it is, and one in which there is nothing to be seen is none") {
  CHECK(usable(" Hello there\n") == " Hello there\n");
  for (const char* blank : {"", " ", "\n\t\r\n", "\xE2\x80\x8B", "\xEF\xBB\xBF \xE2\x81\xA0", "\xE3\x80\x80"})
    CHECK(usable(blank).empty());
  CHECK(usable("Hello.", ChatReply::Stop::kRefusal).empty());
}

TEST_CASE("a reply that is cut off ends with its last whole sentence, or is none") {
  const auto cut = [](const char* text) { return usable(text, ChatReply::Stop::kMaxTokens); };
  CHECK(cut("That sounds good. What did you do the") == "That sounds good.");
  CHECK(cut("Really? And th") == "Really?");
  CHECK(cut("She said \"yes!\" and then lef") == "She said \"yes!\"");
  CHECK(cut("It was 3.5 metres and the").empty());
  CHECK(cut("It was 3.5 metres. And the") == "It was 3.5 metres.");
  CHECK(cut("Well\xE2\x80\xA6 and the") == "Well\xE2\x80\xA6");
  CHECK(cut("A whole one.") == "A whole one.");
  CHECK(cut("one word and no e").empty());
  CHECK(cut("").empty());
  // 你好。今天
  CHECK(cut("\xE4\xBD\xA0\xE5\xA5\xBD\xE3\x80\x82\xE4\xBB\x8A\xE5\xA4\xA9") ==
        "\xE4\xBD\xA0\xE5\xA5\xBD\xE3\x80\x82");
}

TEST_CASE("a reply longer than a message may be is cut as well") {
  std::string text;
  while (text.size() < kReplyCharsMax + 50) text += "I see. ";
  const auto stored = usable(text);
  CHECK(stored.size() <= kReplyCharsMax);
  CHECK(stored.size() > kReplyCharsMax - 10);
  CHECK(stored.ends_with("I see."));
}

}  // namespace reply_text_test
