// Faults in the settings, collected so that all of them are reported at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bigocean::config {

/// What is wrong with a value, and an example of a correct one. Neither contains a secret.
struct Fault {
  std::string wrong;
  std::string example;  ///< empty: the setting's own example is shown
};

/// Makes the fault "is malformed at character 12: …". `part` is the faulty part of `value` and must be a view
/// into it.
Fault fault_at(std::string_view value, std::string_view part, std::string_view what);

class Faults {
 public:
  /// `place` is "PORT (environment)" or "config/bigocean.toml:12: server.port"; `example` may be empty.
  void add(const std::string& place, const std::string& wrong, const std::string& example);

  /// Throws base::Error(kUsage) with one line for each fault; does nothing when there is none.
  void throw_if_any() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace bigocean::config
