// Spans of one trace, as tests ask about them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/otlp.hpp"

namespace bigocean::test {

inline const ReceivedSpan* find_span(const std::vector<ReceivedSpan>& spans, const std::string& name) {
  const auto found =
      std::find_if(spans.begin(), spans.end(), [&](const ReceivedSpan& span) { return span.name == name; });
  return found == spans.end() ? nullptr : &*found;
}

/// Those below `parent`, one level.
inline std::vector<ReceivedSpan> children_of(const std::vector<ReceivedSpan>& spans,
                                             const ReceivedSpan& parent) {
  std::vector<ReceivedSpan> children;
  for (const auto& span : spans) {
    if (span.parent_id == parent.id && span.trace_id == parent.trace_id) children.push_back(span);
  }
  return children;
}

/// Names, with blanks between, for messages of failed checks.
inline std::string names_of(const std::vector<ReceivedSpan>& spans) {
  std::string names;
  for (const auto& span : spans) names += span.name + "; ";
  return names;
}

}  // namespace bigocean::test
