// The constant load: wrk, limited to a steady rate.
#pragma once

#include <memory>
#include <string>

#include "tests/rehearse/record.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::rehearse {

class Load {
 public:
  /// Asks for `route` at this port of 127.0.0.1, about `rate` times a second over `connections` connections
  /// that stay open, until stop().
  Load(int port, const std::string& route, int connections, int rate);
  LoadResult stop();

 private:
  test::TempDir folder_;
  std::unique_ptr<test::Process> wrk_;
};

}  // namespace bigocean::rehearse
