// The report of a rehearsal as a picture: summary, lanes, charts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/rehearse/report.hpp"
#include "tests/rehearse/timeline.hpp"

namespace bigocean::rehearse {
namespace {

struct Tile {
  std::string number, what;
  bool bad = false;
};

std::vector<Tile> tiles_of(const Rehearsal& rehearsal) {
  const auto summary = summary_of(rehearsal);
  std::vector<Tile> tiles{
      {fmt::format("{} of {}", summary.live, summary.deploys),
       fmt::format("deploys went live, {} stopped", summary.refused)},
      {grouped(summary.requests), fmt::format("requests in {:.0f} s", summary.seconds)},
      {grouped(summary.failed), fmt::format("failed, {} sent again", summary.retried), summary.failed > 0},
      {fmt::format("{:.0f} ms", summary.request_ms_max),
       fmt::format("slowest; p99 {:.1f} ms", rehearsal.load.milliseconds_p99)},
      {grouped(summary.statements), fmt::format("statements, {} failed", summary.statements_failed),
       summary.statements_failed > 0}};
  if (rehearsal.statement_wait_ms) {
    tiles.push_back({grouped(static_cast<std::uint64_t>(std::lround(*rehearsal.statement_wait_ms))) + " ms",
                     "longest wait behind a lock"});
  }
  return tiles;
}

double draw_head(Canvas& canvas, const Rehearsal& rehearsal) {
  const bool passed = rehearsal.faults.empty();
  const auto shortened = shortened_text(rehearsal);
  canvas.text(kMargin, 48, "Rehearsal of deploys under load", {.size = 24, .fill = kInk, .bold = true});
  canvas.text(kPlotRight, 48, passed ? "no failed request" : counted(rehearsal.faults.size(), "fault"),
              {.size = 20, .fill = passed ? kGood : kBad, .anchor = "end", .bold = true});
  canvas.text(kMargin, 72,
              fmt::format("{} replicas a deployment behind {}; load on {}; deploy settings of railway.ts{}",
                          rehearsal.replicas, rehearsal.edge, rehearsal.route,
                          shortened.empty() ? "" : ", shortened: " + shortened),
              {.size = 13, .fill = kGrey});
  constexpr double kTop = 92, kHeight = 64, kGap = 12;
  const auto tiles = tiles_of(rehearsal);
  const double width = (kPlotRight - kMargin + kGap) / static_cast<double>(tiles.size()) - kGap;
  double x = kMargin;
  for (const auto& tile : tiles) {
    canvas.rect(x, kTop, width, kHeight, "#f5f7f9", R"(rx="6")");
    canvas.text(x + 14, kTop + 30, tile.number, {.size = 21, .fill = tile.bad ? kBad : kInk, .bold = true});
    canvas.text(x + 14, kTop + 50, tile.what, {.size = 12, .fill = kGrey});
    x += width + kGap;
  }
  return kTop + kHeight;
}

double draw_legend(Canvas& canvas, double y) {
  constexpr std::array kPhases{Phase::kPreDeploy, Phase::kStarting, Phase::kStandby,
                               Phase::kLive,      Phase::kOverlap,  Phase::kDraining};
  const std::array<std::string, kPhases.size()> words{"pre-deploy command",
                                                      "starting, health check",
                                                      "healthy, no traffic yet",
                                                      "live, in its traffic's colour",
                                                      "overlap (old, new or both serve)",
                                                      "draining"};
  double x = kPlotLeft;
  y += 34;
  for (std::size_t i = 0; i < kPhases.size(); ++i) {
    canvas.rect(x, y - 11, 18, 12, colour_of(kPhases[i], 1), R"(rx="2")");
    if (kPhases[i] == Phase::kOverlap) canvas.rect(x, y - 11, 18, 12, "url(#stripes)", R"(rx="2")");
    canvas.text(x + 24, y, words[i], {.size = 12, .fill = kGrey});
    x += 24 + 6.8 * static_cast<double>(words[i].size()) + 14;
  }
  return y + 36;
}

void draw_grid(Canvas& canvas, const TimeAxis& axis, double top, double bottom) {
  for (double at = 0; at <= axis.end; at += axis.step()) {
    canvas.line(axis.x(at), top, axis.x(at), bottom, kPale);
    canvas.text(axis.x(at), bottom + 16, fmt::format("{:.0f} s", at),
                {.size = 11, .fill = kGrey, .anchor = "middle"});
  }
}

}  // namespace

std::string colour_of(int deployment) {
  constexpr std::array kColours{"#4a78b5", "#3c9d8f", "#8a6bb8", "#5aa35a", "#3f93c4", "#a8894a"};
  return kColours[static_cast<std::size_t>(deployment) % kColours.size()];
}

std::string colour_of(Phase phase, int deployment) {
  switch (phase) {
    case Phase::kPreDeploy:
      return "#e3a52f";
    case Phase::kStarting:
      return "#9fb3c8";
    case Phase::kStandby:
      return "#cfdbe6";
    case Phase::kLive:
    case Phase::kOverlap:
      return colour_of(deployment);
    case Phase::kDraining:
      return "#566270";
  }
  return kInk;
}

double TimeAxis::step() const {
  for (const double step : {1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0}) {
    if (end / step <= 20) return step;
  }
  return std::ceil(end / 20 / 60) * 60;
}

std::string report_svg(const Rehearsal& rehearsal) {
  TimeAxis axis;
  for (const auto& deployment : rehearsal.deployments) {
    axis.end = std::max(axis.end, deployment.ended_at.value_or(0));
  }
  // Twice: the grid lies under everything, and its height is known only then.
  Canvas measured;
  double top = 0, bottom = 0;
  const auto draw = [&](Canvas& canvas) {
    top = draw_legend(canvas, draw_head(canvas, rehearsal));
    if (bottom > 0) draw_grid(canvas, axis, top, bottom);
    bottom = draw_charts(canvas, axis, rehearsal, draw_lanes(canvas, axis, rehearsal, top));
  };
  draw(measured);
  Canvas canvas;
  draw(canvas);
  return canvas.document(kWidth, bottom + 36, "Rehearsal of deploys under load");
}

}  // namespace bigocean::rehearse
