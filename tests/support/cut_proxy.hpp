// A TCP proxy that cuts its first connection after a number of bytes, as a broken network does.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/listener.hpp"

namespace bigocean::test {

/// Listens on a free port of 127.0.0.1 and passes everything on to another one, both ways. Of the first
/// connection it passes `cut_after` bytes, both ways together, and then closes both ends; later ones it
/// leaves whole.
class CutProxy {
 public:
  /// A negative number cuts nothing.
  CutProxy(int target_port, std::int64_t cut_after);
  ~CutProxy();
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  int port() const { return listener_.port; }
  /// That the first connection has passed so far.
  std::int64_t bytes() const { return bytes_; }
  /// The second 32-bit word that each connection's client sent first: PostgreSQL's protocol number or request
  /// code.
  std::vector<std::uint32_t> first_words() const;

 private:
  void serve();

  Listener listener_;
  int target_port_;
  std::int64_t cut_after_;
  std::atomic<std::int64_t> bytes_{0};
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<std::uint32_t> first_words_;
  std::thread thread_;
};

}  // namespace bigocean::test
