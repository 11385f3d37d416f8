// A TCP listener that is not the server it stands in for: silent, sending garbage, slow, or closing.
#pragma once

#include <memory>
#include <string>

namespace bigocean::test {

enum class Habit {
  kSilent,  ///< accepts and reads, never answers
  kAnswer,  ///< sends its text once bytes came, then stays open
  kDrip,    ///< from the first bytes on sends its text byte by byte, one every 50 ms, over and over
  kHangUp,  ///< closes as soon as bytes came
  kFull     ///< a black hole: its queue is full, so that the kernel drops further attempts to connect
};

/// Listens on a free port of 127.0.0.1 until it is destroyed; serves any number of clients on one thread. By
/// hand, since no server says such things; what answers in HTTP is HttpServer.
class StandIn {
 public:
  explicit StandIn(Habit habit, std::string text = {});
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::test
