// The stand-in for Anthropic's Messages API on one epoll thread: for benches.
#pragma once

#include <memory>

#include "tests/support/anthropic_books.hpp"

namespace bigocean::test {

/// Serves any number of connections on a port of 127.0.0.1 until it is destroyed.
class AnthropicLoop {
 public:
  AnthropicLoop(AnthropicStandIn::Answerer answerer, AnthropicStandIn::Options options);
  ~AnthropicLoop();
  AnthropicLoop(const AnthropicLoop&) = delete;
  AnthropicLoop& operator=(const AnthropicLoop&) = delete;

  int port() const;
  const ModelBooks& books() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::test
