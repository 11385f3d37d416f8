// The analyser's reply: what is believed, what is rejected and why, what is no reply at all.
#include "server/assessment/analysis_reply.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "server/assessment/scoring.hpp"

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
          "the position is not that of a message of the user");
  for (const char* position : {"2.0", "\"2\"", "null", "[2]"})
    CHECK(verdict(with("\"position\":2", "\"position\":" + std::string(position))) ==
          "the position is missing or no integer");
  CHECK(verdict(with("\"orderliness\"", "7")) == "the facet is missing or no text");
  CHECK(verdict(with("17", "\"17\"")) == "the score is missing or no number");
  CHECK(verdict(with("0.6", "null")) == "the confidence is missing or no number");
  CHECK(verdict(with("\"I tidy up\"", "[]")) == "the quote is missing or no text");
  CHECK(verdict("") == "the position is missing or no integer");
  const auto parsed = parse_evidence(R"({"evidence":[4,null,"x",[]]})", kLines);
  REQUIRE(parsed.rejected.size() == 4);
  for (const auto& one : parsed.rejected) CHECK(one.reason == "the entry is no object");
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
  CHECK(parsed.rejected[0].reason == "there is one for this message and facet");
  // One that was rejected does not stand in the way of a good one.
  const auto again =
      parse_evidence(R"({"evidence":[{)" + with("I tidy up", "I never") + "},{" + first + "}]}", kLines);
  CHECK(again.accepted.size() == 1);
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
      CHECK(error.message == "The analyser's reply is not the JSON that was asked for.");
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
