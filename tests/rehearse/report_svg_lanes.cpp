// The lanes of the picture: what each deployment went through, and when.
#include <fmt/format.h>

#include <algorithm>

#include "tests/rehearse/report.hpp"
#include "tests/rehearse/timeline.hpp"

namespace bigocean::rehearse {
namespace {

constexpr double kLane = 42, kBar = 20;
constexpr std::size_t kReasonMax = 110;
/// Of a letter, about, at the size of the texts beside and in the bars.
constexpr double kLetter = 6.6;

std::string clipped(const std::string& text) {
  return text.size() <= kReasonMax ? text : text.substr(0, kReasonMax) + "…";
}

/// The second line of a label.
std::string note_of(const DeploymentRecord& one) {
  std::string note = one.outcome == Outcome::kLive ? "" : std::string(name_of(one.outcome));
  const auto add = [&](const std::string& text) { note += (note.empty() ? "" : ", ") + text; };
  if (one.migrations > 0) add(fmt::format("{} migration{}", one.migrations, one.migrations == 1 ? "" : "s"));
  if (one.lock_retries > 0) add(fmt::format("after {} tries", one.lock_retries + 1));
  if (!one.overlap_traffic.empty()) {
    add(one.overlap_traffic == "both" ? "traffic to both"
                                      : fmt::format("traffic to {} only", one.overlap_traffic));
  }
  return note;
}

void draw_span(Canvas& canvas, const TimeAxis& axis, const DeploymentRecord& one, const Span& span,
               double y) {
  const double x = axis.x(span.from), width = std::max(1.5, axis.x(span.to) - x);
  const auto hint =
      fmt::format("{}: {}, {:.2f} s to {:.2f} s", one.title, name_of(span.phase), span.from, span.to);
  canvas.rect(x, y, width, kBar, colour_of(span.phase, one.number), {}, hint);
  if (span.phase == Phase::kOverlap) canvas.rect(x, y, width, kBar, "url(#stripes)", {}, hint);
  if (span.phase != Phase::kLive) return;
  const auto words = fmt::format("{} requests", grouped(one.answered));
  if (kLetter * static_cast<double>(words.size()) + 12 > width) return;
  canvas.text(x + width / 2, y + kBar - 6, words, {.size = 11, .fill = "#ffffff", .anchor = "middle"});
}

/// A cross at the end, and why, where there is more room.
void draw_reason(Canvas& canvas, const TimeAxis& axis, const DeploymentRecord& one, double y) {
  const double x = axis.x(one.spans.back().to) + 10, middle = y + kBar / 2;
  canvas.line(x - 4, middle - 5, x + 6, middle + 5, kBad, R"(stroke-width="2.5")");
  canvas.line(x - 4, middle + 5, x + 6, middle - 5, kBad, R"(stroke-width="2.5")");
  const auto reason = clipped(one.reason);
  const bool fits = x + 14 + kLetter * static_cast<double>(reason.size()) < kPlotRight;
  canvas.text(fits ? x + 14 : axis.x(one.spans.front().from) - 8, middle + 4, reason,
              {.size = 11, .fill = kBad, .anchor = fits ? "start" : "end"});
}

}  // namespace

double draw_lanes(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y) {
  y += 8;
  for (const auto& one : rehearsal.deployments) {
    const double bar = y + (kLane - kBar) / 2;
    canvas.line(kMargin, y + kLane, kPlotRight, y + kLane, kPale);
    const bool served = one.outcome == Outcome::kLive;
    canvas.rect(kMargin, bar + 1, 6, kBar, served ? colour_of(one.number) : kBad, R"(rx="2")");
    canvas.text(kMargin + 16, bar + 8, fmt::format("{}  {}", one.number, one.title),
                {.size = 13, .fill = kInk, .bold = true});
    canvas.text(kMargin + 16, bar + 23, note_of(one), {.size = 11, .fill = served ? kGrey : kBad});
    for (const auto& span : one.spans) draw_span(canvas, axis, one, span, bar);
    if (!served) draw_reason(canvas, axis, one, bar);
    y += kLane;
  }
  return y;
}

}  // namespace bigocean::rehearse
