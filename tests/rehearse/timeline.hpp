// The positions and colours in the picture of a rehearsal.
#pragma once

#include <string>

#include "tests/rehearse/record.hpp"
#include "tests/rehearse/svg_canvas.hpp"

namespace bigocean::rehearse {

constexpr double kWidth = 1480, kMargin = 32, kPlotLeft = 300, kPlotRight = kWidth - kMargin;

constexpr auto kInk = "#1f2933", kGrey = "#66737f", kPale = "#e4e8ec", kBad = "#c62f2f", kGood = "#2c7a4b";

/// Of a deployment, where it is live and in the traffic.
std::string colour_of(int deployment);
std::string colour_of(Phase phase, int deployment);

/// Seconds to a place between kPlotLeft and kPlotRight.
struct TimeAxis {
  double end = 1;
  double x(double seconds) const { return kPlotLeft + seconds / end * (kPlotRight - kPlotLeft); }
  /// Between two grid lines: about ten to twenty of them.
  double step() const;
};

/// One lane a deployment, from `y` down; returns where it ends.
double draw_lanes(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y);
/// Requests a second by deployment, failures, the slowest request and the slowest statement; likewise.
double draw_charts(Canvas& canvas, const TimeAxis& axis, const Rehearsal& rehearsal, double y);

}  // namespace bigocean::rehearse
