// A stand-in for Sentry that knows the protocol and keeps what it receives.
#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bigocean::test {

/// One request as it came, and what the protocol makes of it.
struct SentRequest {
  std::string head;
  std::string body;
  std::vector<std::string> faults;  ///< breaches of the protocol, in words
  nlohmann::json event;             ///< the envelope's item; null when it could not be read
};

/// Listens on a free port of 127.0.0.1 until it is destroyed.
class SentryStandIn {
 public:
  /// Each request gets the next answer, "200 OK" or "429 Too Many\r\nRetry-After: 5", the last one again and
  /// again. "" holds the request until the stand-in ends; "drip" answers byte by byte without an end.
  explicit SentryStandIn(std::vector<std::string> answers = {"200 OK"});
  ~SentryStandIn();
  SentryStandIn(const SentryStandIn&) = delete;
  SentryStandIn& operator=(const SentryStandIn&) = delete;

  int port() const;
  /// http://KEY@127.0.0.1:PORT/base/42; its path has a part in front of the project.
  std::string dsn() const;
  static constexpr const char* kKey = "0123456789abcdef0123456789abcdef";

  /// All so far, once there are `count`; throws std::runtime_error past the limit.
  std::vector<SentRequest> wait_for(std::size_t count,
                                    std::chrono::milliseconds limit = std::chrono::seconds(20));
  std::size_t count();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::test
