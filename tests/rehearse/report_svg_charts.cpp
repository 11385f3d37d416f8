// The charts of the picture: traffic by deployment, failures, and durations.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/rehearse/report.hpp"
#include "tests/rehearse/timeline.hpp"

namespace bigocean::rehearse {
namespace {

constexpr double kGap = 34, kTraffic = 130, kStrip = 16, kTimes = 84;
constexpr std::size_t kFaultsInWords = 6;
constexpr double kBin = 0.25;  // seconds
constexpr double kMsMin = 0.1, kMsMax = 10'000;

void draw_title(Canvas& canvas, double y, const std::string& title, const std::string& below) {
  canvas.text(kMargin, y + 12, title, {.size = 13, .fill = kInk, .bold = true});
  canvas.text(kMargin, y + 28, below, {.size = 11, .fill = kGrey});
}

double per_second(const Tick& tick, std::uint64_t count) {
  return static_cast<double>(count) / std::max(0.01, tick.to - tick.from);
}

/// A round number that is not below the largest total.
double ceiling_of(const std::vector<Tick>& ticks) {
  double largest = 1;
  for (const auto& tick : ticks) {
    std::uint64_t total = 0;
    for (const auto& [unused, count] : tick.answered) total += count;
    largest = std::max(largest, per_second(tick, total));
  }
  const double digit = std::pow(10, std::floor(std::log10(largest)));
  for (const double round : {1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
    if (largest <= round * digit) return round * digit;
  }
  return 10 * digit;
}

void draw_traffic(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y) {
  const double top = ceiling_of(rehearsal.ticks), bottom = y + kTraffic;
  const auto height = [&](double value) { return value / top * kTraffic; };
  for (const double part : {0.5, 1.0}) {
    canvas.line(kPlotLeft, bottom - kTraffic * part, kPlotRight, bottom - kTraffic * part, kPale);
    canvas.text(kPlotLeft - 12, bottom - kTraffic * part + 4, grouped(static_cast<std::uint64_t>(top * part)),
                {.size = 11, .fill = kGrey, .anchor = "end"});
  }
  canvas.line(kPlotLeft, bottom, kPlotRight, bottom, kGrey);
  for (const auto& tick : rehearsal.ticks) {
    const double x = axis.x(tick.from), width = axis.x(tick.to) - x;
    double from = bottom;
    for (const auto& [number, count] : tick.answered) {
      const double part = height(per_second(tick, count));
      from -= part;
      // A hair wider than its time, so that no seam shows between two.
      canvas.rect(x, from, width + 0.4, part, colour_of(number));
    }
  }
}

/// A strip with a mark for each, and the first of them in words; returns where it ends.
double draw_faults(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y) {
  const double from = axis.x(rehearsal.load_from);
  canvas.rect(from, y, axis.x(rehearsal.load_to) - from, kStrip, "#e3f1e8");
  double below = y + kStrip;
  for (std::size_t i = 0; i < rehearsal.faults.size(); ++i) {
    const auto& fault = rehearsal.faults[i];
    canvas.rect(axis.x(fault.at) - 1, y, 2.5, kStrip, kBad, {}, text_of(fault));
    if (i >= kFaultsInWords) continue;
    below += 16;
    canvas.text(kPlotLeft, below, text_of(fault), {.size = 11, .fill = kBad});
  }
  return below;
}

/// The longest in each bin of time.
std::map<int, double> longest(const std::vector<Sample>& samples, std::map<int, double> bins = {}) {
  for (const auto& sample : samples) {
    // It counts for as long as it lasted.
    const int first = static_cast<int>(sample.at / kBin);
    const int last = static_cast<int>((sample.at + sample.milliseconds / 1000) / kBin);
    for (int bin = first; bin <= last; ++bin) bins[bin] = std::max(bins[bin], sample.milliseconds);
  }
  return bins;
}

double height_of(double ms) {
  return std::log10(std::clamp(ms, kMsMin, kMsMax) / kMsMin) / std::log10(kMsMax / kMsMin) * kTimes;
}

void draw_times(Canvas& canvas, const TimeAxis& axis, const std::map<int, double>& bins, double y,
                const std::string& colour) {
  const double bottom = y + kTimes;
  for (const auto& [ms, label] :
       {std::pair{1.0, "1 ms"}, {10.0, "10 ms"}, {100.0, "100 ms"}, {1000.0, "1 s"}, {10000.0, "10 s"}}) {
    const double place = bottom - height_of(ms);
    canvas.line(kPlotLeft, place, kPlotRight, place, kPale);
    canvas.text(kPlotLeft - 12, place + 4, label, {.size = 10, .fill = kGrey, .anchor = "end"});
  }
  canvas.line(kPlotLeft, bottom, kPlotRight, bottom, kGrey);
  for (const auto& [bin, ms] : bins) {
    const double x = axis.x(bin * kBin), width = axis.x((bin + 1) * kBin) - x;
    canvas.rect(x, bottom - height_of(ms), width + 0.2, height_of(ms), colour);
  }
}

/// How long a migration may make others wait.
void draw_lock_timeout(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y) {
  const double place = y + kTimes - height_of(*rehearsal.lock_timeout_ms);
  canvas.line(kPlotLeft, place, kPlotRight, place, kBad, R"(stroke-dasharray="4 3" stroke-opacity="0.7")");
  for (const auto& one : rehearsal.deployments) {
    if (one.lock_retries == 0) continue;
    canvas.text(axis.x(one.spans.front().to) + 10, place - 5,
                fmt::format("deploy {} waits for its lock, {:.0f} ms at a time", one.number,
                            *rehearsal.lock_timeout_ms),
                {.size = 11, .fill = kBad});
  }
}

}  // namespace

double draw_charts(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y) {
  const auto summary = summary_of(rehearsal);
  y += kGap;
  draw_title(canvas, y, "Requests a second", "answered with 200, by deployment");
  draw_traffic(canvas, axis, rehearsal, y);
  y += kTraffic + 12;
  canvas.text(kMargin, y + 12, "Faults", {.size = 13, .fill = kInk, .bold = true});
  canvas.text(kPlotLeft - 12, y + 12,
              rehearsal.faults.empty() ? "none" : std::to_string(rehearsal.faults.size()),
              {.size = 11, .fill = rehearsal.faults.empty() ? kGood : kBad, .anchor = "end", .bold = true});
  y = draw_faults(canvas, axis, rehearsal, y) + kGap;
  draw_title(canvas, y, "Slowest request",
             fmt::format("of 50 a second; worst {:.0f} ms", summary.request_ms_max));
  draw_times(canvas, axis, longest(rehearsal.prober.samples), y, "#7d8fa3");
  y += kTimes + kGap;
  draw_title(canvas, y, "Slowest statement",
             fmt::format("of the versions' code; worst {:.0f} ms", summary.statement_ms_max));
  std::map<int, double> bins;
  for (const auto& one : rehearsal.deployments) bins = longest(one.statements.samples, std::move(bins));
  draw_times(canvas, axis, bins, y, "#b58a5a");
  if (rehearsal.statement_wait_ms) draw_lock_timeout(canvas, axis, rehearsal, y);
  return y + kTimes;
}

}  // namespace bigocean::rehearse
