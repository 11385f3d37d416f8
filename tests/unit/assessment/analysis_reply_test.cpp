// The analyser's reply: what is accepted, what is rejected and why, and what does not count as a reply.
#include "server/product/assessment/analysis_reply.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "server/product/assessment/scoring.hpp"

namespace analysis_reply_test {

using namespace bigocean::server::assessment;
namespace llm = bigocean::server::llm;

namespace {

const std::vector<Line> kLines{
    {1, llm::Role::kAssistant, "What do you do on Sundays?"},
    {2, llm::Role::kUser, "I tidy up,\n\n  then I   meet friends. Ünïcode too."},
    {3, llm::Role::kAssistant, "I meet friends too."},
    {6, llm::Role::kUser, "Mostly alone."},
};

std::string entry(const std::string& fields) { return R"({"evidence":[{)" + fields + "}]}"; }

/// The reason for which the only entry is rejected; "accepted" where it is not.
std::string verdict(const std::string& fields) {
  const auto parsed = parse_evidence(entry(fields), kLines);
  REQUIRE(parsed.accepted.size() + parsed.rejected.size() == 1);
  return parsed.rejected.empty() ? "accepted" : parsed.rejected.front().reason;
}

constexpr const char* kGood =
    R"("position":2,"facet":"orderliness","score":17,"confidence":0.6,"quote":"I tidy up")";

/// kGood with one field written otherwise.
std::string with(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("evidence is taken with its turn") {
  const auto parsed = parse_evidence(
      R"({"evidence":[{"position":6,"facet":"gregariousness","score":3.5,"confidence":0.75,"quote":"Mostly alone."},)"
      R"({"position":2,"facet":"gregariousness","score":14,"confidence":0.3,"quote":"meet friends"}]})",
      kLines, 1);
  REQUIRE(parsed.accepted.size() == 2);
  CHECK(parsed.rejected.empty());
  const Evidence& one = parsed.accepted[0];
  CHECK(one.position == 6);
  CHECK(one.turn == 2);
  CHECK(info_of(one.facet).name == "gregariousness");
  CHECK(one.score == 3.5);
  CHECK(one.confidence == 0.75);
  CHECK(one.quote == "Mostly alone.");
  CHECK(parsed.accepted[1].turn == 1);
  CHECK(parse_evidence(R"({"evidence":[]})", kLines).accepted.empty());
  CHECK(parse_evidence(entry(kGood), kLines).accepted.front().turn == 0);
}

TEST_CASE("a quote has to be in the message, apart from its white space") {
  CHECK(verdict(kGood) == "accepted");
  CHECK(verdict(with("I tidy up", "I tidy up, then I meet friends.")) == "accepted");
  CHECK(verdict(with("I tidy up", "  tidy\\tup,\\n then")) == "accepted");
  CHECK(verdict(with("I tidy up", "Ünïcode too.")) == "accepted");
  for (const char* quote :
       {"I tidied up", "i tidy up", "What do you do", "Mostly alone.", "I tidy … friends"})
    CHECK_MESSAGE(verdict(with("I tidy up", quote)) == "the quote is not in that message", quote);
  CHECK(verdict(with("I tidy up", "")) == "the quote is empty");
  CHECK(verdict(with("I tidy up", " \\n ")) == "the quote is empty");
}

TEST_CASE("each field out of order is rejected with its reason") {
  CHECK(verdict(with("orderliness", "openness")) == "the facet is unknown");
  CHECK(verdict(with("orderliness", "Orderliness")) == "the facet is unknown");
  for (const char* score : {"20.01", "-1", "1e300"})
    CHECK(verdict(with("17", score)) == "the score is not within 0 to 20");
  for (const char* confidence : {"1.01", "-0.5", "60"})
    CHECK(verdict(with("0.6", confidence)) == "the confidence is not within 0 to 1");
  for (const char* position : {"1", "3", "4", "0", "-2", "18446744073709551615"})
    CHECK(verdict(with("\"position\":2", "\"position\":" + std::string(position))) ==
          "the position is not that of one of the user's messages");
  for (const char* position : {"2.0", "\"2\"", "null", "[2]"})
    CHECK(verdict(with("\"position\":2", "\"position\":" + std::string(position))) ==
          "the position is missing or not an integer");
  CHECK(verdict(with("\"orderliness\"", "7")) == "the facet is missing or not a text");
  CHECK(verdict(with("17", "\"17\"")) == "the score is missing or not a number");
  CHECK(verdict(with("0.6", "null")) == "the confidence is missing or not a number");
  CHECK(verdict(with("\"I tidy up\"", "[]")) == "the quote is missing or not a text");
  CHECK(verdict("") == "the position is missing or not an integer");
  const auto parsed = parse_evidence(R"({"evidence":[4,null,"x",[]]})", kLines);
  REQUIRE(parsed.rejected.size() == 4);
  for (const auto& one : parsed.rejected) CHECK(one.reason == "the entry is not an object");
}

TEST_CASE("one message is one piece of evidence for a facet, and the first counts") {
  const std::string first = kGood;
  const std::string second = with("I tidy up", "meet friends");
  const std::string other = with("orderliness", "friendliness");
  const auto parsed = parse_evidence(
      R"({"evidence":[{)" + first + "},{" + second + "},{" + other + "},{" + first + "}]}", kLines);
  REQUIRE(parsed.accepted.size() == 2);
  CHECK(parsed.accepted[0].quote == "I tidy up");
  REQUIRE(parsed.rejected.size() == 2);
  CHECK(parsed.rejected[0].index == 1);
  CHECK(parsed.rejected[1].index == 3);
  CHECK(parsed.rejected[0].position == 2);
  CHECK(parsed.rejected[0].facet == "orderliness");
  CHECK(parsed.rejected[0].reason == "there is already evidence for this message and facet");
  // One that was rejected does not stand in the way of a good one.
  const auto again =
      parse_evidence(R"({"evidence":[{)" + with("I tidy up", "I never") + "},{" + first + "}]}", kLines);
  CHECK(again.accepted.size() == 1);
}

namespace {

/// A reply that claims the best of every facet, each with the quote that `quote_of` gives it.
template <typename QuoteOf>
std::string claim_all(std::int64_t position, QuoteOf&& quote_of) {
  std::string list;
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    if (i > 0) list += ',';
    list += R"({"position":)" + std::to_string(position) + R"(,"facet":")" + std::string(kFacets[i].name) +
            R"(","score":20,"confidence":1,"quote":")" + quote_of(i) + "\"}";
  }
  return R"({"evidence":[)" + list + "]}";
}

std::vector<Line> talk_of(const std::string& text, std::size_t messages) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < messages; ++i)
    lines.push_back({static_cast<std::int64_t>(2 * i + 2), llm::Role::kUser, text});
  return lines;
}

}  // namespace

TEST_CASE("an analyser that quotes a word for thirty facets is believed in none") {
  const auto lines = talk_of("I paint a lot, and I sing.", 1);
  for (const char* quote : {"I", "a", "paint", ",", ", "}) {
    const auto parsed = parse_evidence(claim_all(2, [&](std::size_t) { return quote; }), lines);
    CHECK(parsed.accepted.empty());
  }
}

TEST_CASE("a message bears few facets, few of one trait, and a quote bears fewer") {
  const auto lines = talk_of("one two three four five six seven eight nine ten", 1);
  const auto one_quote = parse_evidence(claim_all(2, [](std::size_t) { return "one two three"; }), lines);
  CHECK(one_quote.accepted.size() == kFacetsPerQuoteMax);
  // Overlapping quotes are one.
  const auto overlapping = parse_evidence(
      claim_all(2, [](std::size_t i) { return i % 2 == 0 ? "one two three" : "two three four"; }), lines);
  CHECK(overlapping.accepted.size() == kFacetsPerQuoteMax);
  const char* apart[]{"one two", "three four", "five six", "seven eight", "nine ten"};
  const auto many = parse_evidence(claim_all(2, [&](std::size_t i) { return apart[i % 5]; }), lines);
  CHECK(many.accepted.size() == kFacetsPerMessageMax);
  std::size_t of_openness = 0;
  for (const auto& one : many.accepted) of_openness += info_of(one.facet).trait == Trait::kOpenness ? 1U : 0U;
  CHECK(of_openness == kFacetsOfTraitPerMessageMax);
  // The whole of a short message is a quote, and bears no more than others.
  const auto whole = parse_evidence(claim_all(2, [](std::size_t) { return "yes"; }), talk_of("yes", 1));
  CHECK(whole.accepted.size() == kFacetsPerQuoteMax);
}

TEST_CASE("no reply about one message moves a trait from the middle to the top") {
  std::mt19937_64 random(19);
  const char* apart[]{"one two", "three four", "five six", "seven eight", "nine ten", "one two three four"};
  const auto lines = talk_of("one two three four five six seven eight nine ten", 1);
  for (int round = 0; round < 200; ++round) {
    const auto parsed = parse_evidence(claim_all(2, [&](std::size_t) { return apart[random() % 6]; }), lines);
    for (const double trait : score(parsed.accepted).traits) CHECK(trait <= 80);
  }
}

TEST_CASE("words are counted in scripts without blanks too") {
  const auto accepts = [](const std::string& text, const std::string& quote) {
    const auto lines = talk_of(text, 1);
    return parse_evidence(
               R"({"evidence":[{"position":2,"facet":"trust","score":20,"confidence":1,"quote":")" + quote +
                   "\"}]}",
               lines)
               .accepted.size() == 1;
  };
  CHECK(accepts("我喜欢画画，也喜欢唱歌", "喜欢"));
  CHECK_FALSE(accepts("我喜欢画画，也喜欢唱歌", "我"));
  CHECK(accepts("ฉันชอบดนตรีและศิลปะ", "ชอบดนตรี"));
  CHECK_FALSE(accepts("ฉันชอบดนตรีและศิลปะ", "ชอบ"));
  CHECK(accepts("Я люблю музыку и тишину", "люблю музыку"));
  CHECK_FALSE(accepts("Я люблю музыку и тишину", "Я"));
  CHECK_FALSE(accepts("I don't know much", "don't"));
}

TEST_CASE("what is not the JSON that was asked for is an error that quotes nothing") {
  const std::string good = entry(kGood);
  std::vector<std::string> broken{"",
                                  "null",
                                  "[]",
                                  "{}",
                                  "{\"evidence\":{}}",
                                  "I am sorry, I cannot do that",
                                  "```json\n" + good + "\n```",
                                  good + good,
                                  std::string(100'000, '[')};
  for (std::size_t length = 1; length < good.size(); ++length) broken.push_back(good.substr(0, length));
  for (const auto& reply : broken) {
    try {
      parse_evidence(reply, kLines);
      FAIL_CHECK(reply.substr(0, 80));
    } catch (const bigocean::base::Error& error) {
      CHECK(error.message == "The analyser's reply is not the requested JSON.");
      CHECK((error.hint + error.detail).find("tidy") == std::string::npos);
    }
  }
}

TEST_CASE("whatever is accepted can be scored") {
  std::mt19937_64 random(7);
  const std::string bytes = "0123456789.-e,\"{}[]:xI ";
  std::uniform_int_distribution<std::size_t> byte(0, bytes.size() - 1);
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string reply = entry(kGood);
    std::uniform_int_distribution<std::size_t> place(0, reply.size() - 1);
    for (int i = round % 3; i >= 0; --i) reply[place(random)] = bytes[byte(random)];
    try {
      const auto parsed = parse_evidence(reply, kLines);
      accepted += static_cast<int>(parsed.accepted.size());
      for (const auto& one : parsed.accepted) REQUIRE(fault_of(one).empty());
    } catch (const bigocean::base::Error&) {
      ++refused;
    }
  }
  CHECK(accepted > 100);
  CHECK(refused > 100);
}

}  // namespace analysis_reply_test
