// Threads that run handlers, and what these hand back: whole replies, or bodies in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "server/http/body_sink.hpp"
#include "server/http/capacity.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"
#include "server/http/transport.hpp"
#include "server/http/worker_pool.hpp"

namespace bigocean::server::http {

/// What a handler has for its connection: a whole reply, or one in pieces.
struct Completion {
  enum class Kind {
    kReply,
    kHead,   ///< the body follows
    kPiece,  ///< of the body
    kEnd,    ///< of the body, behind its last bytes
    kBroken  ///< the body ends before its end
  };
  std::uint64_t connection;
  Kind kind;
  Response response;  ///< with kEnd and kBroken its status is how the body ended; 0: as begun
  std::shared_ptr<SendWindow> window{};  ///< with kHead; its client_gone() must be called when that is so
  std::optional<RequestCapacity::Ticket> ticket{};  ///< with the last one: to be given back
};

/// Used by one thread, the event loop's, which is never held up.
class Handlers {
 public:
  struct Limits {
    std::size_t workers;      ///< threads for Place::kWorker
    std::size_t waiting_max;  ///< threads for Place::kWaiting
  };

  /// `router` must outlive it. No thread is started yet.
  Handlers(const Router& router, const Limits& limits);
  /// Waits for the handlers that run; those that queue are dropped. The clients of all connections must be
  /// known to be gone by then, or a handler that writes to one would wait for ever.
  ~Handlers();
  Handlers(const Handlers&) = delete;
  Handlers& operator=(const Handlers&) = delete;

  /// Runs the matching route's handler on a thread of its place, as soon as there is one. False when there
  /// is none and none can be made. What it hands back comes out of take(), in order.
  bool start(std::uint64_t connection, const Match& match, std::shared_ptr<const Request> request,
             const RequestCapacity::Ticket& ticket);

  /// Readable when there is something to take; for the poller.
  int fd() const { return event_.get(); }
  std::vector<Completion> take();

 private:
  class Sink;

  void run(std::uint64_t connection, const Match& match, const Request& request,
           const RequestCapacity::Ticket& ticket);
  void post(Completion completion);

  const Router& router_;
  Descriptor event_;
  std::mutex mutex_;
  std::vector<Completion> done_;
  bool ended_ = false;  ///< nobody takes completions any more
  // Last: their threads use what stands above.
  WorkerPool workers_;
  WorkerPool waiting_workers_;
};

}  // namespace bigocean::server::http
