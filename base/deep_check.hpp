// What the deep checks of all servers have in common: rows with a threshold whose source is named.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"

namespace bigocean::base {

/// From which figure on a row warns, and whose number that is.
struct Threshold {
  /// For people, with {limit}, {floor}, and {limit_bytes}, {floor_bytes} for the same as sizes.
  std::string_view text;
  double limit = 0;  ///< in the unit that `text` names
  double floor = 0;  ///< what is smaller is not reported; 0 where there is no floor
  std::string_view source;
};

/// Limits and floors that the caller gives instead of the usual ones, by the row's id.
struct GivenThreshold {
  double limit = 0;
  std::optional<double> floor;
};
using GivenThresholds = std::map<std::string, GivenThreshold, std::less<>>;

/// What a deep check answers for one of its rows.
struct DeepAnswer {
  CheckLevel level = CheckLevel::kOk;  ///< kOk, kInfo, kWarn or kSkipped
  std::string object;                  ///< what was seen
  std::optional<double> figure{};      ///< in the unit of the threshold
  std::string remedy{};
};

/// What `--explain ID` prints.
struct Explanation {
  std::string id;
  std::string why;
  std::string threshold;  ///< empty: there is none of its own
  std::string source;
  std::string remedy;
  std::string given;  ///< the words of --threshold that stand for what is used: "cache_hit_rate=99,1000"
  /// What is sent, each with the servers that it is for (empty: all).
  std::vector<std::pair<std::string, std::string>> questions;
};

/// `usual` with what was given for `id`.
Threshold threshold_for(std::string_view id, const Threshold& usual, const GivenThresholds& given);

/// "at least 99 %, from 1000 reads on"
std::string threshold_text(const Threshold& threshold);

/// The value of --threshold that gives `threshold`: "cache_hit_rate=99,1000".
std::string threshold_words(std::string_view id, const Threshold& threshold);

/// Reads ID=LIMIT[,FLOOR]; nothing for other text. Numbers are decimal, at least 0.
std::optional<std::pair<std::string, GivenThreshold>> parse_threshold(std::string_view text);

/// The row: a warning if any answer is one, else skipped, info or ok, as the first of these that is among the
/// answers. The findings are sorted, the largest figure first; the row shows five of them.
Check deep_row(std::string_view id, const Threshold& threshold, std::vector<DeepAnswer> answers);

}  // namespace bigocean::base
