// Conversations with a service, many at once, for the benches.
//   bench_talk PORT SESSIONS MESSAGES PACE_MS json|stream
// Each session is a thread with one connection that sends a message every PACE_MS. For each message one line:
// milliseconds until the first piece of the answer's text (stream) or of the answer (json), and until its
// end. Exits with 1 if any answer is not as expected.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The value of a JSON text member; enough for what this service writes.
std::string member(const std::string& json, const std::string& name) {
  const auto key = "\"" + name + "\":\"";
  const auto at = json.find(key);
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + json);
  return json.substr(at + key.size(), json.find('"', at + key.size()) - at - key.size());
}

class Client {
 public:
  explicit Client(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Client() { ::close(fd_); }

  struct Timing {
    double first_ms = 0;
    double whole_ms = 0;
  };

  /// The body of a reply of 200, chunks and all.
  std::string call(const std::string& procedure, const std::string& token, const std::string& body,
                   bool stream, Timing& timing) {
    std::string request =
        "POST /rpc/" + procedure + " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n";
    if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
    if (stream) request += "Accept: text/event-stream\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    const auto start = Clock::now();
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
      throw std::runtime_error("the service hung up");
    }
    std::string reply;
    timing = {};
    while (!is_whole(reply)) {
      char bytes[16384];
      const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
      if (got <= 0) throw std::runtime_error("the answer broke off: " + reply);
      reply.append(bytes, static_cast<std::size_t>(got));
      if (timing.first_ms == 0 && (!stream || reply.find("event: delta") != std::string::npos)) {
        timing.first_ms = ms_since(start);
      }
    }
    timing.whole_ms = ms_since(start);
    if (!reply.starts_with("HTTP/1.1 200") || reply.find("event: problem") != std::string::npos) {
      throw std::runtime_error(reply);
    }
    return reply.substr(reply.find("\r\n\r\n") + 4);
  }

 private:
  static bool is_whole(const std::string& reply) {
    const auto head = reply.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const auto length = reply.find("Content-Length: ");
    if (length < head)
      return reply.size() >= head + 4 + std::strtoul(reply.c_str() + length + 16, nullptr, 10);
    return reply.ends_with("\r\n0\r\n\r\n");
  }

  const int fd_;
};

struct Load {
  int port, sessions, messages;
  std::chrono::milliseconds pace;
  bool stream;
};

void talk(const Load& load, int number, std::latch& everybody, std::vector<Client::Timing>& timings) {
  Client client(load.port);
  Client::Timing timing;
  const auto started = client.call("StartAssessment", "", "{}", false, timing);
  const auto session = member(started, "sessionId");
  const auto token = member(started, "token");
  everybody.arrive_and_wait();
  // Spread over the pace, as people are.
  auto next = Clock::now() + load.pace * number / load.sessions;
  for (int i = 0; i < load.messages; ++i, next += load.pace) {
    std::this_thread::sleep_until(next);
    const auto body =
        "{\"sessionId\":\"" + session + "\",\"message\":\"I like it, mostly. " + std::to_string(i) + "\"}";
    client.call("SendMessage", token, body, load.stream, timing);
    timings.push_back(timing);
  }
}

int run(const Load& load) {
  std::vector<std::vector<Client::Timing>> timings(static_cast<std::size_t>(load.sessions));
  std::latch everybody(load.sessions);
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < load.sessions; ++i) {
    threads.emplace_back([&, i] {
      try {
        talk(load, i, everybody, timings[static_cast<std::size_t>(i)]);
      } catch (const std::exception& error) {
        const std::lock_guard lock(mutex);
        std::fprintf(stderr, "%s\n", error.what());
        std::exit(1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& session : timings) {
    for (const auto& timing : session) std::printf("%.2f %.2f\n", timing.first_ms, timing.whole_ms);
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::fprintf(stderr, "usage: bench_talk PORT SESSIONS MESSAGES PACE_MS json|stream\n");
    return 2;
  }
  const auto number = [&](int i) { return std::atoi(arguments[i]); };
  return run({number(1), number(2), number(3), std::chrono::milliseconds(number(4)),
              std::string(arguments[5]) == "stream"});
}
