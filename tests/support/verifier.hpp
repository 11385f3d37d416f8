// A stand-in for the verifier of a challenge.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace bigocean::test {

/// Listens on a free port of 127.0.0.1; answers each POST with status 200 and the text that is set, and keeps
/// the bodies. "silence" answers nothing.
class Verifier {
 public:
  explicit Verifier(std::string answer);
  ~Verifier();
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  int port() const;
  void answer(std::string text);
  void stop();  ///< from now on nobody listens
  std::vector<std::string> bodies() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::test
