// The lanes of the picture: the phases of each deployment on the time axis.
#include <fmt/format.h>

#include <algorithm>

#include "tests/rehearse/report.hpp"
#include "tests/rehearse/timeline.hpp"

namespace bigocean::rehearse {
namespace {

constexpr double kLane = 42, kBar = 20;
/// Of a letter, about, at the size of the texts beside the bars.
constexpr double kLetter = 6.4;

/// As much of a text as the width has room for.
std::string clipped(const std::string& text, double width) {
  const auto room = static_cast<std::size_t>(std::max(0.0, width / kLetter));
  return text.size() <= room ? text : text.substr(0, room == 0 ? 0 : room - 1) + "…";
}

/// The second line of a label.
std::string note_of(const DeploymentRecord& one) {
  std::string note = one.outcome == Outcome::kLive ? "" : std::string(name_of(one.outcome));
  const auto add = [&](const std::string& text) { note += (note.empty() ? "" : ", ") + text; };
  if (one.migrations > 0) add(fmt::format("{} migration{}", one.migrations, one.migrations == 1 ? "" : "s"));
  if (one.lock_retries > 0) note += fmt::format(" in {} tries", one.lock_retries + 1);
  if (one.ahead) add("database ahead");
  if (!one.overlap_traffic.empty()) add("overlap: " + one.overlap_traffic);
  return note;
}

void draw_span(Canvas& canvas, const TimeAxis& axis, const DeploymentRecord& one, const Span& span,
               double y) {
  const double x = axis.x(span.from), width = std::max(1.5, axis.x(span.to) - x);
  const auto hint =
      fmt::format("{}: {}, {:.2f} s to {:.2f} s", one.title, name_of(span.phase), span.from, span.to);
  canvas.rect(x, y, width, kBar, colour_of(span.phase, one.number), {}, hint);
  if (span.phase == Phase::kOverlap) canvas.rect(x, y, width, kBar, "url(#stripes)", {}, hint);
}

/// A cross at the end, and why, where there is more room.
void draw_reason(Canvas& canvas, const TimeAxis& axis, const DeploymentRecord& one, double y) {
  const double x = axis.x(one.spans.back().to) + 10, middle = y + kBar / 2;
  canvas.line(x - 4, middle - 5, x + 6, middle + 5, kBad, R"(stroke-width="2.5")");
  canvas.line(x - 4, middle + 5, x + 6, middle - 5, kBad, R"(stroke-width="2.5")");
  const double left = axis.x(one.spans.front().from) - 8, right = x + 14;
  if (kPlotRight - right >= left - kPlotLeft) {
    canvas.text(right, middle + 4, clipped(one.reason, kPlotRight - right), {.size = 11, .fill = kBad});
  } else {
    canvas.text(left, middle + 4, clipped(one.reason, left - kPlotLeft),
                {.size = 11, .fill = kBad, .anchor = "end"});
  }
}

}  // namespace

double draw_lanes(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y) {
  canvas.text(kPlotLeft - 12, y - 14, "requests", {.size = 12, .fill = kGrey, .anchor = "end"});
  y += 8;
  for (const auto& one : rehearsal.deployments) {
    const double bar = y + (kLane - kBar) / 2;
    canvas.line(kMargin, y + kLane, kPlotRight, y + kLane, kPale);
    const bool served = one.outcome == Outcome::kLive;
    canvas.rect(kMargin, bar + 1, 6, kBar, served ? colour_of(one.number) : kBad, R"(rx="2")");
    canvas.text(kMargin + 32, bar + 8, std::to_string(one.number),
                {.size = 13, .fill = kGrey, .anchor = "end", .bold = true});
    canvas.text(kMargin + 42, bar + 8, one.title, {.size = 13, .fill = kInk, .bold = true});
    canvas.text(kMargin + 42, bar + 23, note_of(one), {.size = 11, .fill = served ? kGrey : kBad});
    canvas.text(kPlotLeft - 12, bar + 8, served ? grouped(one.answered) : "none",
                {.size = 12, .fill = kGrey, .anchor = "end"});
    for (const auto& span : one.spans) draw_span(canvas, axis, one, span, bar);
    if (!served) draw_reason(canvas, axis, one, bar);
    y += kLane;
  }
  return y;
}

}  // namespace bigocean::rehearse
