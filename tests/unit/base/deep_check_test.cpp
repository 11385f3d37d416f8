// Rows of the deep checks: thresholds as text and as given, and what a row says of many answers.
#include "base/deep_check.hpp"

#include <doctest/doctest.h>

namespace deep_check_test {

using namespace bigocean::base;

namespace {

constexpr Threshold kUsual{"under {limit} % or under {floor_bytes}", 20, 10 << 20, "a source"};

Check row_of(std::vector<DeepAnswer> answers) { return deep_row("id", kUsual, std::move(answers)); }

}  // namespace

TEST_CASE("a threshold is written for people, and as --threshold takes it") {
  CHECK(threshold_text(kUsual) == "under 20 % or under 10.0 MB");
  CHECK(threshold_words("id", kUsual) == "id=20,10485760");
  CHECK(threshold_words("id", {"{limit}", 1.5, 0, ""}) == "id=1.5");
  const auto given = parse_threshold(threshold_words("id", kUsual));
  REQUIRE(given.has_value());
  CHECK(given->first == "id");
  CHECK(given->second.limit == 20);
  CHECK(given->second.floor == 10 << 20);
}

TEST_CASE("what is given replaces the limit, and the floor where it is given, too") {
  const GivenThresholds given{{"limit", {5, {}}}, {"both", {5, 0.0}}};
  CHECK(threshold_for("neither", kUsual, given).limit == 20);
  CHECK(threshold_for("limit", kUsual, given).limit == 5);
  CHECK(threshold_for("limit", kUsual, given).floor == kUsual.floor);
  CHECK(threshold_for("both", kUsual, given).floor == 0);
}

TEST_CASE("a threshold that is no number is refused") {
  for (const char* text : {"", "id", "id=", "id=x", "id=1,", "id=1,x", "id=-1", "id=1,-1", "id=1 ", "id=nan",
                           "id=inf", "id=1e19", "id=1,2,3", "id=0x10"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_threshold(text).has_value());
  }
  CHECK(parse_threshold("id=0.5")->second.limit == 0.5);
  CHECK_FALSE(parse_threshold("id=1")->second.floor.has_value());
}

TEST_CASE("a row with warnings shows the five largest, and what could not be seen") {
  std::vector<DeepAnswer> answers{{CheckLevel::kOk, "fine"},
                                  {CheckLevel::kSkipped, "2 are hidden", {}, "GRANT"}};
  for (int i = 1; i <= 7; ++i)
    answers.push_back({CheckLevel::kWarn, "t" + std::to_string(i), i == 4 ? std::optional<double>() : i,
                       "fix " + std::to_string(i)});
  const auto row = row_of(answers);
  CHECK(row.level == CheckLevel::kWarn);
  CHECK(row.observed == "t7, t6, t5, t3, t2 and 2 more; 2 are hidden");
  CHECK(row.remedy == "fix 7; fix 6; fix 5; fix 3; fix 2");
  CHECK(row.expected == "under 20 % or under 10.0 MB");
  REQUIRE(row.measure.has_value());
  CHECK(row.measure->findings.size() == 7);
  CHECK(row.measure->findings.back().object == "t4");  // without a figure
  CHECK(row.measure->source == "a source");
}

TEST_CASE("a row without warnings is skipped, info or ok, in this order") {
  const DeepAnswer ok{CheckLevel::kOk, "fine"}, info{CheckLevel::kInfo, "little"},
      skipped{CheckLevel::kSkipped, "hidden", {}, "GRANT"};
  CHECK(row_of({ok, info, skipped}).level == CheckLevel::kSkipped);
  CHECK(row_of({ok, info, skipped}).remedy == "GRANT");
  CHECK(row_of({ok, info}).observed == "little");
  CHECK(row_of({ok, ok}).observed == "fine, fine");
  CHECK(row_of({}).level == CheckLevel::kOk);
  CHECK(row_of({}).expected.empty());
}

TEST_CASE("a report says how many rows were skipped, good or bad, but not what was never reached") {
  CheckReport report;
  report.connected = true;
  report.add(row_of({{CheckLevel::kSkipped, "hidden"}}));
  CHECK(report.reason() == "0 checks ok, 1 skipped: id");
  report.add({"bad", CheckLevel::kFail, "wrong", {}, {}, {}});
  CHECK(report.reason() == "bad: wrong, 1 skipped: id");
  report.connected = false;
  CHECK(report.reason() == "bad: wrong");
}

}  // namespace deep_check_test
