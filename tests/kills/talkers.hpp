// People who talk with the service, and repeat a message under its key until it is answered. Every second
// person uses streams, and resumes those that break.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bigocean::kills {

/// An answer that a client has seen.
struct Answer {
  std::string session_id;
  std::string message;  ///< what was answered; each is sent once only
  std::int64_t position = 0;
  std::string content;
};

/// Threads that talk until they are stopped.
class Talkers {
 public:
  Talkers(int port, std::size_t count);
  ~Talkers();

  /// So far.
  std::size_t answered() const { return answered_; }

  /// What a client should never be told; empty: nothing yet.
  std::string fault();

  /// Everybody gets the answer to what they have said; throws std::runtime_error for what a client should
  /// never be told.
  std::vector<Answer> stop();

 private:
  void talk(std::size_t number);
  void join();

  const int port_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> answered_{0};
  std::mutex mutex_;
  std::vector<Answer> answers_;
  std::string fault_;
  std::vector<std::thread> threads_;
};

}  // namespace bigocean::kills
