// A stand-in for the verifier of a challenge.
#include "tests/support/verifier.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "tests/support/listener.hpp"

namespace bigocean::test {

struct Verifier::Impl {
  explicit Impl(std::string answer_in) : listener(listen_on_loopback()), answer(std::move(answer_in)) {
    thread = std::thread([this] { serve(); });
  }
  ~Impl() { stop(); }

  void stop() {
    if (stopping.exchange(true)) return;
    thread.join();
    for (const int fd : held) ::close(fd);
    ::close(listener.fd);
  }

  void serve() {
    while (!stopping) {
      pollfd entry{listener.fd, POLLIN, 0};
      if (::poll(&entry, 1, 10) != 1) continue;
      const int fd = ::accept(listener.fd, nullptr, nullptr);
      if (fd < 0) continue;
      const auto body = read_body(fd);
      std::string text;
      {
        const std::lock_guard lock(mutex);
        bodies.push_back(body);
        text = answer;
      }
      if (text == "silence") {
        held.push_back(fd);
        continue;
      }
      const auto reply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                         std::to_string(text.size()) + "\r\n\r\n" + text;
      [[maybe_unused]] const auto sent = ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
      ::close(fd);
    }
  }

  static std::string read_body(int fd) {
    std::string request;
    for (;;) {
      const auto end = request.find("\r\n\r\n");
      const auto at = request.find("Content-Length: ");
      if (end != std::string::npos && at < end &&
          request.size() >= end + 4 + std::stoul(request.substr(at + 16)))
        return request.substr(end + 4);
      char bytes[4096];
      const auto count = ::recv(fd, bytes, sizeof bytes, 0);
      if (count <= 0) return request;
      request.append(bytes, static_cast<std::size_t>(count));
    }
  }

  const Listener listener;
  mutable std::mutex mutex;
  std::string answer;
  std::vector<std::string> bodies;
  std::vector<int> held;  ///< connections that get no answer
  std::atomic<bool> stopping{false};
  std::thread thread;
};

Verifier::Verifier(std::string answer) : impl_(std::make_unique<Impl>(std::move(answer))) {}
Verifier::~Verifier() = default;
int Verifier::port() const { return impl_->listener.port; }
void Verifier::answer(std::string text) {
  const std::lock_guard lock(impl_->mutex);
  impl_->answer = std::move(text);
}
void Verifier::stop() { impl_->stop(); }
std::vector<std::string> Verifier::bodies() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->bodies;
}

}  // namespace bigocean::test
