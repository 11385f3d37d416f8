// Services that answer every request the same: well or ill, and by hand what no HTTP server sends.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/integration/server/raw_client.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/listener.hpp"

namespace bigocean::test {

using namespace std::chrono_literals;

/// Gives every GET the same answer. It counts the connections that it took.
class FakeService {
 public:
  explicit FakeService(ServedReply reply)
      : server_([reply = std::move(reply)](const ServedRequest&) { return reply; }, {.keeps_alive = false}) {}
  FakeService(int status, const std::string& body)
      : FakeService(ServedReply{.status = status, .body = body}) {}
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()) + "/health"; }
  int port() const { return server_.port(); }
  std::size_t connections() const { return server_.connections(); }

 private:
  HttpServer server_;
};

/// Answers every connection with the same bytes, whatever they are; with a pause it sends them one by one,
/// and starts anew at the end. It counts the connections that it took.
class FakeServer {
 public:
  explicit FakeServer(std::string reply, std::chrono::milliseconds pause = 0ms)
      : reply_(std::move(reply)), pause_(pause) {
    const auto listener = listen_on_loopback();
    fd_ = listener.fd;
    port_ = listener.port;
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeServer() {
    stopping_ = true;
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/health"; }
  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void serve() {
    int fd = -1;
    while ((fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
      ++connections_;
      char request[4096];
      [[maybe_unused]] const auto count = ::recv(fd, request, sizeof request, 0);
      if (pause_ == 0ms) {
        ::send(fd, reply_.data(), reply_.size(), MSG_NOSIGNAL);
      } else {
        drip(fd);
      }
      ::close(fd);
    }
  }
  void drip(int fd) {
    for (std::size_t i = 0; !stopping_; ++i) {
      if (::send(fd, &reply_[i % reply_.size()], 1, MSG_NOSIGNAL) != 1) return;
      std::this_thread::sleep_for(pause_);
    }
  }

  std::string reply_;
  std::chrono::milliseconds pause_;
  int fd_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// An answer of 200 as bytes.
inline std::string answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace bigocean::test
