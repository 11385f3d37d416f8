// Sockets: listening, accepting, reading, writing, and waiting for all that with epoll.
#pragma once

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace bigocean::server::http {

/// Owns a file descriptor; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Listener {
  Descriptor socket;    ///< bound, listening, non-blocking
  std::string address;  ///< as bound: "[::]:4000"
  int port = 0;
};

/// Binds and listens. "::" accepts IPv4, too, and falls back to 0.0.0.0 on a machine without IPv6. With port
/// 0 the kernel chooses one. Throws base::Error(kUsage) for a port in use, a privileged port, or an address
/// that this machine does not have.
Listener listen_on(const std::string& host, int port);

/// Takes connections from a listener. Used by one thread.
class Acceptor {
 public:
  enum class Outcome {
    kTaken,
    kLost,         ///< one that has gone meanwhile: others may wait behind it
    kNone,         ///< nobody waits
    kNoDescriptor  ///< the process, or the machine, has none left
  };
  struct Accepted {
    Outcome outcome;
    Descriptor socket{};  ///< non-blocking
    std::string peer{};   ///< numeric address
  };

  explicit Acceptor(Listener listener);

  int fd() const { return listener_.socket.get(); }
  Accepted accept();
  /// Answers one connection that there is no descriptor for: with a spare one, which nobody else has got
  /// since. It would wait in the backlog without a word otherwise.
  void turn_away(std::string_view reply);
  /// Listens no more.
  void close() { listener_.socket = Descriptor(); }

 private:
  Listener listener_;
  Descriptor spare_;  ///< given up for a moment by turn_away()
};

/// The socket of one connection. It is read until nothing is left, and written until it takes no more; then
/// wake() has to say when to go on (Poller::watch_edges). Used by one thread; never throws.
class Socket {
 public:
  enum class Outcome {
    kMoved,  ///< some bytes, and perhaps there are more to be moved at once
    kLater,  ///< none until wake()
    kOver    ///< the other side has left or, when reading, sends no more
  };
  struct Transfer {
    Outcome outcome;
    std::size_t bytes = 0;  ///< 0 unless kMoved
  };

  /// A connected, non-blocking socket; small pieces will be sent at once (TCP_NODELAY).
  explicit Socket(Descriptor connected);

  int fd() const { return descriptor_.get(); }
  /// What may have become possible.
  void wake(bool readable, bool writable);

  Transfer read(std::span<char> buffer);
  Transfer write(std::string_view bytes);
  /// What does not fit into the socket's buffer now is lost.
  void write_or_lose(std::string_view bytes);

  /// Sends no more, but still reads.
  void end_writing();
  /// close() will reset the connection: nobody can take its end for the end of what was sent.
  void reset_when_closed();
  void close() { descriptor_ = Descriptor(); }

 private:
  Descriptor descriptor_;
  bool readable_ = false;  ///< stays true until a read finds nothing
  bool writable_ = true;   ///< likewise
};

/// Sends what fits into a socket's buffer, and forgets the rest.
void send_or_lose(int fd, std::string_view bytes);

/// Waits for many descriptors at a time (epoll). Used by one thread.
class Poller {
 public:
  using Clock = std::chrono::steady_clock;

  struct Event {
    std::uint64_t about;  ///< the number under which the descriptor is watched
    bool readable;        ///< or ended, or broken
    bool writable;        ///< or broken
  };

  /// Without a descriptor for it nothing can be watched.
  Poller();

  /// Reports that `fd` is readable as long as it is. Throws base::Error(kInternal).
  void watch(int fd, std::uint64_t about);
  /// Reports once whenever `fd` becomes readable or writable, and what it is at first. Returns false, and
  /// errno says why, when it cannot be watched. Closing `fd` ends it.
  bool watch_edges(int fd, std::uint64_t about);
  void forget(int fd);

  /// Waits until something has happened or until this time, to the millisecond and at most a minute;
  /// time_point::max() is never, what is past not at all. Good until the next call; empty when nothing
  /// has happened.
  std::span<const Event> wait(Clock::time_point until);

 private:
  Descriptor epoll_;
  std::array<Event, 256> events_{};
};

}  // namespace bigocean::server::http
