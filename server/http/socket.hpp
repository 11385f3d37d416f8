// Owned file descriptors, and the listening socket.
#pragma once

#include <unistd.h>

#include <string>
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

}  // namespace bigocean::server::http
