// A server in a thread, with a few routes, for tests of the event loop.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "server/http/loop.hpp"
#include "server/http/router.hpp"
#include "server/http/transport.hpp"

namespace bigocean::server::http {

using namespace std::chrono_literals;

/// A gate that handlers wait at, so that tests decide when they go on.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    wake_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    wake_.notify_all();
  }
  int waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool open_ = false;
  int waiting_ = 0;
};

inline LoopLimits usual_limits() {
  return {.intake = {.head_bytes_max = 4096, .body_bytes_max = 4 << 20},
          .connections_max = 1000,
          .connections_per_client_max = 0,
          .requests_max = 100,
          .requests_per_client_percent_max = 100,
          .workers = 2,
          .waiting_max = 50,
          .head_timeout = 10s,
          .body_timeout = 10s,
          .keep_alive_timeout = 60s};
}

/// A server in a thread of its own; stopped by stop() or the destructor.
class Running : Observer {
 public:
  explicit Running(LoopLimits limits = usual_limits(), std::chrono::milliseconds drain_timeout = 10s,
                   const std::string& proxies = "private")
      : listener_(listen_on("127.0.0.1", 0)),
        port_(listener_.port),
        proxies_(proxies),
        router_(routes(), log_),
        loop_(std::move(listener_), limits, {router_, proxies_, *this, gauges, log_}) {
    REQUIRE(::pipe(stop_) == 0);
    thread_ = std::thread([this, drain_timeout] {
      cut_ = loop_.run(stop_[0], drain_timeout,
                       {[this] { draining_ = true; },
                        [this] {
                          if (on_last_call) on_last_call();
                        }});
      done_ = true;
    });
  }
  ~Running() {
    gate.open();
    stop();
    if (thread_.joinable()) thread_.join();
    ::close(stop_[0]);
    ::close(stop_[1]);
  }
  int port() const { return port_; }
  void stop() { REQUIRE(::write(stop_[1], "x", 1) == 1); }
  bool draining() const { return draining_; }
  bool done() const { return done_; }
  std::size_t cut() const { return cut_; }
  void join() { thread_.join(); }

  /// What the loop told, as "status route client"; only after join().
  const std::vector<std::string>& told() const { return told_; }

  Gate gate;
  LoopGauges gauges;
  std::atomic<int> pieces = 0;      ///< of "flood"
  std::atomic<bool> ended = false;  ///< likewise
  std::function<void()> on_last_call{};

 private:
  void answered(const Exchange& exchange) override {
    told_.push_back(std::to_string(exchange.status) + " " + std::string(exchange.route) + " " +
                    std::string(exchange.client));
  }
  std::vector<Route> routes() {
    const std::string big(3 << 20, 'b');
    return {
        {"GET", "/health", [](const Request&) { return Reply{.body = "{}", .headers = {}}; }, Place::kLoop},
        {"POST", "/echo", [](const Request& r) { return Reply{.body = r.body, .headers = {}}; }},
        {"GET", "/big", [big](const Request&) { return Reply{.body = big, .headers = {}}; }},
        {"GET", "/slow",
         [this](const Request&) {
           gate.wait();
           return Reply{.body = "done", .headers = {}};
         }},
        {"GET", "/wait",
         [this](const Request&) {
           gate.wait();
           return Reply{.body = "done", .headers = {}};
         },
         Place::kWaiting},
        {"GET", "/stream", [this](const Request& request) { return stream(request.query); },
         Place::kWaiting}};
  }

  /// A body in pieces: "gate" waits in the middle, "throw" breaks off there, "flood" never ends.
  Reply stream(const std::string& how) {
    Reply reply{.content_type = "text/event-stream", .body = {}, .headers = {}};
    reply.write_body = [this, how](BodySink& sink) {
      sink.write("first");
      sink.write("");
      if (how == "gate") gate.wait();
      if (how == "throw") throw std::runtime_error("in the middle");
      if (how == "away") throw base::Error(base::ExitCode::kUnreachable, "in the middle");
      if (how == "fails") sink.ends_as(422);
      if (how == "flood") {
        const std::string piece(64 << 10, 'f');
        while (sink.write(piece)) ++pieces;
        ended = true;
        return;
      }
      sink.write("second");
    };
    return reply;
  }

  base::Logger log_{base::LogFormat::kText, base::LogLevel::kError, false};
  Listener listener_;
  int port_;
  TrustedProxies proxies_;
  std::vector<std::string> told_;
  Router router_;
  Loop loop_;
  int stop_[2] = {-1, -1};
  std::atomic<bool> draining_ = false;
  std::atomic<bool> done_ = false;
  std::atomic<std::size_t> cut_ = 0;
  std::thread thread_;
};

inline std::string post(const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace bigocean::server::http
