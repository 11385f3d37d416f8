// A client on a bare socket, for what an ordinary client does not do: sends exactly the given bytes, at the
// given time, shows exactly what comes, and waits as one of thousands. Reads with a limit.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/http_client.hpp"

namespace bigocean::test {

class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(fd_);
      throw std::runtime_error("cannot connect to port " + std::to_string(port));
    }
  }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)), ended_(other.ended_) {}
  RawClient(const RawClient&) = delete;
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// False when the server has closed the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }
  int fd() const { return fd_; }

  /// One reply by its Content-Length; throws when it does not come whole within the limit. `no_body`: to
  /// HEAD.
  std::string read_reply(bool no_body = false, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto end = Clock::now() + limit;
    std::size_t head_end = 0;
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) receive(end);
    std::size_t total = head_end + 4;
    const auto at = buffer_.find("Content-Length: ");
    if (!no_body && at != std::string::npos && at < head_end) total += std::stoul(buffer_.substr(at + 16));
    while (buffer_.size() < total) receive(end);
    std::string reply = buffer_.substr(0, total);
    buffer_.erase(0, total);
    return reply;
  }

  /// Everything until the server closes; throws when it does not within the limit.
  std::string read_to_end(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto end = Clock::now() + limit;
    while (!ended_) receive(end, true);
    return std::exchange(buffer_, {});
  }

  /// Whether the connection has been reset; takes what has arrived.
  bool is_reset() const {
    char bytes[16384];
    const auto count = ::recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT);
    return count < 0 && errno == ECONNRESET;
  }

  /// What has arrived by now, waiting a moment for something to.
  std::string read_available() {
    pollfd entry{fd_, POLLIN, 0};
    if (buffer_.empty() && ::poll(&entry, 1, 10) == 1) receive(Clock::now() + std::chrono::seconds(1), true);
    return std::exchange(buffer_, {});
  }

  /// Whether the server closes within the limit, having sent nothing more.
  bool closed_silently(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    return read_to_end(limit).empty();
  }

 private:
  using Clock = std::chrono::steady_clock;

  void receive(Clock::time_point end, bool end_is_fine = false) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    pollfd entry{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&entry, 1, static_cast<int>(left.count())) != 1) {
      throw std::runtime_error("no reply in time; so far: " + buffer_);
    }
    char bytes[16384];
    const auto count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) ended_ = true;
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    if (ended_ && !end_is_fine) throw std::runtime_error("the server closed; so far: " + buffer_);
  }

  int fd_;
  std::string buffer_;
  bool ended_ = false;
};

inline std::string get_request(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

}  // namespace bigocean::test
