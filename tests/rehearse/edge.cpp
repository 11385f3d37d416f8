// The platform's edge, simulated by HAProxy: the replicas that get requests are switched while it runs.
#include "tests/rehearse/edge.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "tests/integration/server/raw_client.hpp"

namespace bigocean::rehearse {
namespace {

using namespace std::chrono_literals;

constexpr int kPortTries = 5;
constexpr auto kStartLimit = 10s;
constexpr std::chrono::milliseconds kCommandLimit{5000};

/// The client's side as Railway's edge has it: HTTP/1.1 kept alive for 60 s. (A probe is a client that comes
/// and goes without a request, as wrk does to see whether somebody listens.)
std::string configuration(const std::string& folder, int port, int slots, int retries) {
  const auto repeats = retries == 0 ? std::string("  retries 0\n")
                                    : fmt::format(
                                          "  retries {}\n  option redispatch 1\n"
                                          "  retry-on conn-failure empty-response\n",
                                          retries);
  return fmt::format(R"(global
  stats socket {}/control mode 600 level admin
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
{}  option http-ignore-probes
frontend edge
  bind 127.0.0.1:{}
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Real-IP %[src]
  default_backend service
backend service
  balance roundrobin
  server-template replica 1-{} 127.0.0.1:1 disabled
)",
                     folder, repeats, port, slots);
}

/// A connection to the control socket.
class Control {
 public:
  explicit Control(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      const std::string reason = std::strerror(errno);
      ::close(fd_);
      throw std::runtime_error("HAProxy's control socket " + path + ": " + reason);
    }
  }
  Control(const Control&) = delete;
  ~Control() { ::close(fd_); }

  std::string ask(const std::string& command) const {
    const std::string line = command + "\n";
    if (::send(fd_, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) {
      throw std::runtime_error("HAProxy takes no command");
    }
    std::string reply;
    while (true) {
      pollfd entry{fd_, POLLIN, 0};
      if (::poll(&entry, 1, static_cast<int>(kCommandLimit.count())) != 1) {
        throw std::runtime_error("HAProxy did not answer `" + command + "`");
      }
      std::array<char, 16384> buffer;
      const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (count <= 0) return reply;
      reply.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int fd_;
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

/// One row of `show stat`, by column name.
class Row {
 public:
  Row(const std::vector<std::string>& names, const std::string& line)
      : names_(names), cells_(cells_of(line)) {}
  std::string text(const std::string& name) const {
    for (std::size_t i = 0; i < std::min(names_.size(), cells_.size()); ++i) {
      if (names_[i] == name) return cells_[i];
    }
    return {};
  }
  std::uint64_t number(const std::string& name) const {
    const auto value = text(name);
    return value.empty() ? 0 : std::stoull(value);
  }

 private:
  const std::vector<std::string>& names_;
  std::vector<std::string> cells_;
};

std::string version_of_haproxy() {
  const auto said = test::run({"haproxy", "-v"});
  std::smatch match;
  if (said.exit_code != 0 || !std::regex_search(said.out, match, std::regex("version ([0-9.]+)"))) {
    throw std::runtime_error("haproxy does not run; scripts/install-packages test installs it\n" + said.err);
  }
  return "HAProxy " + match[1].str();
}

std::string replica(int slot) { return fmt::format("service/replica{}", slot + 1); }

}  // namespace

Edge::Edge(int slots, int retries) : name_(version_of_haproxy()) {
  for (int tries = 0; tries < kPortTries; ++tries) {
    if (try_start(slots, retries)) return;
  }
  throw std::runtime_error("HAProxy did not start:\n" + process_->err());
}

/// False when it ended at once, as it does when the port was taken in the meantime.
bool Edge::try_start(int slots, int retries) {
  port_ = test::free_port();
  const auto file = folder_.write("haproxy.cfg", configuration(folder_.path(), port_, slots, retries));
  process_ = std::make_unique<test::Process>(std::vector<std::string>{"haproxy", "-db", "-f", file});
  bool listens = false;
  test::wait_until("HAProxy to listen", kStartLimit, [&] {
    if (!process_->running()) return true;
    try {
      const test::RawClient client(port_);
      listens = true;
    } catch (const std::exception&) {
      return false;
    }
    return listens;
  });
  return listens && process_->running();
}

std::string Edge::command(const std::string& text) { return Control(folder_.path() + "/control").ask(text); }

void Edge::admit(int slot, int port) {
  command(fmt::format("set server {} addr 127.0.0.1 port {}", replica(slot), port));
  const auto reply = command(fmt::format("set server {} state ready", replica(slot)));
  if (reply != "\n") throw std::runtime_error("HAProxy did not admit a replica: " + reply);
}

void Edge::dismiss(int slot) {
  const auto reply = command(fmt::format("set server {} state drain", replica(slot)));
  if (reply != "\n") throw std::runtime_error("HAProxy did not dismiss a replica: " + reply);
}

EdgeCounters Edge::counters() {
  EdgeCounters counters;
  std::istringstream lines(command("show stat"));
  std::string line;
  std::getline(lines, line);
  const auto names = cells_of(line.substr(line.find_first_not_of("# ")));
  while (std::getline(lines, line)) {
    const Row row(names, line);
    const auto what = row.text("svname");
    if (row.text("pxname") == "edge" && what == "FRONTEND") {
      for (const char* kind : {"1xx", "3xx", "4xx", "5xx", "other"}) {
        counters.failed += row.number(std::string("hrsp_") + kind);
      }
    } else if (row.text("pxname") == "service" && what.starts_with("replica")) {
      counters.answered.push_back(row.number("hrsp_2xx"));
      counters.retried += row.number("wretr") + row.number("wredis");
    }
  }
  return counters;
}

}  // namespace bigocean::rehearse
