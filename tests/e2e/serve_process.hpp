// A `bigocean serve` on a free port.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/server/raw_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test {

using namespace std::chrono_literals;
using Environment = std::map<std::string, std::string>;

/// A serve on the port that the environment names or else on a free one, once it answers.
class Serve {
 public:
  /// `launcher`: a command that runs the command behind it.
  explicit Serve(Environment environment, std::vector<std::string> arguments = {},
                 std::vector<std::string> launcher = {})
      : port_(environment.contains("PORT") ? std::stoi(environment.at("PORT")) : free_port()) {
    auto argv = std::move(launcher);
    argv.insert(argv.end(), {BIGOCEAN_BINARY, "serve"});
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    environment.emplace("PORT", std::to_string(port_));
    ProcessOptions options;
    options.environment = std::move(environment);
    options.working_directory = folder_.path();
    process_ = std::make_unique<Process>(argv, options);
    wait_until("serve to answer", 30s, [this] {
      try {
        return status_of(get(port_, "/health")) == 200;
      } catch (const std::exception&) {
        if (!process_->running()) throw;
        return false;
      }
    });
  }
  int port() const { return port_; }
  Process& process() { return *process_; }

 private:
  TempDir folder_;
  int port_;
  std::unique_ptr<Process> process_;
};

}  // namespace bigocean::test
