// bigocean healthcheck as a process, against services that are well, ill, slow, and strange.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/server/raw_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test {
namespace {

using namespace std::chrono_literals;

Finished healthcheck(std::vector<std::string> arguments,
                     std::map<std::string, std::string> environment = {}) {
  TempDir folder;
  arguments.insert(arguments.begin(), {BIGOCEAN_BINARY, "healthcheck"});
  ProcessOptions options;
  options.environment = std::move(environment);
  options.working_directory = folder.path();
  return run(arguments, options, 30s);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Answers every connection with the same bytes; with a pause it sends them one by one, and starts anew at
/// the end. It counts the connections that it took.
class FakeServer {
 public:
  explicit FakeServer(std::string reply, std::chrono::milliseconds pause = 0ms)
      : reply_(std::move(reply)), pause_(pause), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(fd_, 16) == 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
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

std::string answer(const std::string& status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "Connection: close\r\n\r\n" + body;
}

TEST_CASE("200 is healthy: one line, exit code 0, PORT decides where it asks") {
  FakeServer server(answer("200 OK", "{}"));
  const auto finished = healthcheck({}, {{"PORT", std::to_string(server.port())}});
  CHECK(finished.exit_code == 0);
  CHECK(finished.out.starts_with("healthy: " + server.url() + " answered 200 in "));
  CHECK(finished.out.find('\n') == finished.out.size() - 1);
  CHECK(finished.err == "");
  CHECK(healthcheck({"--url", server.url()}).exit_code == 0);
}

TEST_CASE("--count asks that often and shows the distribution") {
  FakeServer server(answer("200 OK", "{}"));
  const auto finished = healthcheck({"--url", server.url(), "--count", "20"});
  CHECK(finished.exit_code == 0);
  CHECK(has(finished.out, "200 to all of 20; min "));
  CHECK(has(finished.out, "median "));
  CHECK(has(finished.out, "p99 "));
  CHECK(server.connections() == 20);
}

TEST_CASE("anything but 200 is unhealthy, with the reason in one line") {
  struct Row {
    std::string reply;
    std::string said;
  };
  const std::string document =
      R"({"status":"fail","checks":{"postgres":[{"status":"pass"}],"redis":[{"status":"fail","output":"refused"}]}})";
  for (const Row& row :
       std::vector<Row>{{answer("503 Service Unavailable", document), "answered 503: redis: refused"},
                        {answer("503 Service Unavailable", "[1"), "answered 503"},
                        {answer("500 Internal Server Error", R"({"checks":{"a":3}})"), "answered 500"},
                        {answer("204 No Content", ""), "answered 204"},
                        {answer("301 Moved", "", "Location: http://127.0.0.1:1/\r\n"),
                         "a redirect to http://127.0.0.1:1/"},
                        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "broke off"},
                        {"SSH-2.0-OpenSSH_9.2\r\n", "broke off"},
                        {"", "broke off"}}) {
    CAPTURE(row.reply);
    FakeServer server(row.reply);
    const auto finished = healthcheck({"--url", server.url()});
    CHECK(finished.exit_code == 1);
    CHECK(has(finished.err, row.said));
    CHECK(finished.err.starts_with("unhealthy: " + server.url()));
    CHECK(finished.err.find('\n') == finished.err.size() - 1);
    CHECK(finished.out == "");
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("--ready asks /ready") {
  FakeServer server(answer("200 OK", "{}"));
  const auto finished = healthcheck({"--ready"}, {{"PORT", std::to_string(server.port())}});
  CHECK(finished.exit_code == 0);
  CHECK(has(finished.out, "/ready answered 200"));
}

TEST_CASE("nobody there") {
  const auto finished = healthcheck({"--port", std::to_string(free_port())});
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, "cannot connect"));
}

TEST_CASE("nothing outlasts the time-out: silence, and bytes that drip for ever") {
  for (const std::string& reply :
       {std::string("HTTP/1.1 200 OK\r\nX-Long: aaaaaaaaaaaaaaaa"), answer("200 OK", "{}")}) {
    FakeServer server(reply, 20ms);
    const auto start = std::chrono::steady_clock::now();
    const auto finished = healthcheck({"--url", server.url(), "--timeout", "300ms"});
    CHECK(finished.exit_code == 1);
    CHECK(has(finished.err, "within 300ms"));
    CHECK(std::chrono::steady_clock::now() - start < 10s);
  }
}

TEST_CASE("an answer over --max-latency is unhealthy") {
  FakeServer server(answer("200 OK", "{}"), 5ms);
  const auto finished = healthcheck({"--url", server.url(), "--max-latency", "20ms", "--timeout", "10s"});
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, "allowed are 20ms"));
}

TEST_CASE("plain HTTP behind https fails the handshake") {
  FakeServer server("HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto finished =
      healthcheck({"--url", "https://127.0.0.1:" + std::to_string(server.port()) + "/health"});
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, "TLS"));
}

TEST_CASE("faults in the call are exit code 1, never another: Docker reserves them") {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--nonsense"},
                                             {"--timeout", "soon"},
                                             {"--timeout", "0"},
                                             {"--count", "0"},
                                             {"--url", "ftp://a/"},
                                             {"--url", "http://"},
                                             {"--url", "http://user:hunter2@a/"},
                                             {"--max-latency", "x"}}) {
    const auto finished = healthcheck(arguments);
    CHECK(finished.exit_code == 1);
    CHECK_FALSE(has(finished.err, "hunter2"));
  }
}

}  // namespace
}  // namespace bigocean::test
