// Many connections at once to a service on 127.0.0.1: measurements of `make bench` that wrk cannot make.
//   connections burst PORT COUNT       ms until COUNT new connections have all been answered
//   connections idle PORT COUNT PID    KB that COUNT idle connections add to the process PID, and the 99th
//                                      percentile in ms of 1,000 fresh requests beside them
//   connections drip PORT COUNT        COUNT clients that send a request byte by byte; beside them the worst
//                                      of 200 fresh requests to /health, in ms
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view kRequest = "GET /health HTTP/1.1\r\nHost: bench\r\n\r\n";

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

int open_connection(int port, bool wait) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK), 0);
  if (fd < 0) die("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
    die("connect");
  return fd;
}

/// Sends on a connected socket and waits for the first bytes of a 200.
void ask(int fd) {
  if (::send(fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(kRequest.size()))
    die("send");
  pollfd entry{fd, POLLIN, 0};
  if (::poll(&entry, 1, 30'000) != 1) die("no answer");
  char bytes[4096];
  const auto count = ::recv(fd, bytes, sizeof bytes, 0);
  if (count < 12 || std::string_view(bytes, 12) != "HTTP/1.1 200") die("no 200");
}

/// Milliseconds of one request on a connection of its own.
double fresh_request(int port) {
  const auto start = Clock::now();
  const int fd = open_connection(port, true);
  ask(fd);
  const double took = ms_since(start);
  ::close(fd);
  return took;
}

void burst(int port, std::size_t count) {
  const auto start = Clock::now();
  std::vector<pollfd> waiting;
  for (std::size_t i = 0; i < count; ++i) waiting.push_back({open_connection(port, false), POLLOUT, 0});
  std::size_t answered = 0;
  while (answered < count) {
    if (::poll(waiting.data(), waiting.size(), 30'000) <= 0) die("no answer");
    for (auto& entry : waiting) {
      if (entry.fd < 0 || entry.revents == 0) continue;
      if (entry.events == POLLOUT) {
        if (::send(entry.fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) die("send");
        entry.events = POLLIN;
        continue;
      }
      char bytes[4096];
      if (::recv(entry.fd, bytes, sizeof bytes, 0) < 12 || std::string_view(bytes, 12) != "HTTP/1.1 200")
        die("no 200");
      ::close(entry.fd);
      entry.fd = -1;
      ++answered;
    }
  }
  std::printf("%.1f\n", ms_since(start));
}

long resident_kb(const char* pid) {
  std::ifstream status(std::string("/proc/") + pid + "/status");
  for (std::string word; status >> word;) {
    long kb = 0;
    if (word == "VmRSS:" && status >> kb) return kb;
  }
  die("no such process");
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

std::vector<double> fresh_requests(int port, int count) {
  std::vector<double> took;
  for (int i = 0; i < count; ++i) took.push_back(fresh_request(port));
  return took;
}

void idle(int port, std::size_t count, const char* pid) {
  const long before = resident_kb(pid);
  std::vector<int> connections;
  for (std::size_t i = 0; i < count; ++i) {
    connections.push_back(open_connection(port, true));
    ask(connections.back());
  }
  const long after = resident_kb(pid);
  std::printf("%ld %.2f\n", after - before, percentile(fresh_requests(port, 1000), 0.99));
}

void drip(int port, std::size_t count) {
  std::vector<int> connections;
  for (std::size_t i = 0; i < count; ++i) connections.push_back(open_connection(port, true));
  double worst = 0;
  for (int round = 0; round < 20; ++round) {
    for (const int fd : connections) {
      if (::send(fd, &kRequest[static_cast<std::size_t>(round)], 1, MSG_NOSIGNAL) != 1) die("send");
    }
    worst = std::max(worst, percentile(fresh_requests(port, 10), 1));
  }
  std::printf("%.1f\n", worst);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const std::string_view mode = argv[1];
  const int port = std::atoi(argv[2]);
  const auto count = static_cast<std::size_t>(std::atol(argv[3]));
  if (mode == "burst") burst(port, count);
  if (mode == "idle" && argc == 5) idle(port, count, argv[4]);
  if (mode == "drip") drip(port, count);
}
