// A number for the metrics, supplied by its owner.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bigocean::server::observe {

/// One number of the metrics.
struct Sample {
  std::string name;
  std::string help;
  bool is_counter = false;  ///< else a gauge
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};

}  // namespace bigocean::server::observe
