// A TCP proxy that cuts its first connection after a number of bytes, as a broken network does.
#include "tests/support/cut_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace bigocean::test {
namespace {

constexpr int kPollMs = 20;  // how soon the end of the test is noticed

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const auto written = ::send(fd, data, size, MSG_NOSIGNAL);
    if (written <= 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

struct Link {
  int client = -1, server = -1;
  bool counts = false;
  bool is_new = true;  ///< its client has sent nothing yet

  void close() {
    ::close(client);
    ::close(server);
    client = server = -1;
  }
};

}  // namespace

CutProxy::CutProxy(int target_port, std::int64_t cut_after)
    : listener_(listen_on_loopback()),
      target_port_(target_port),
      cut_after_(cut_after),
      thread_([this] { serve(); }) {}

CutProxy::~CutProxy() {
  stop_ = true;
  thread_.join();
  ::close(listener_.fd);
}

std::vector<std::uint32_t> CutProxy::first_words() const {
  const std::lock_guard lock(mutex_);
  return first_words_;
}

void CutProxy::serve() {
  std::vector<Link> links;
  bool first = true;
  while (!stop_) {
    std::vector<pollfd> entries{{listener_.fd, POLLIN, 0}};
    for (const auto& link : links) {
      entries.push_back({link.client, POLLIN, 0});
      entries.push_back({link.server, POLLIN, 0});
    }
    if (::poll(entries.data(), entries.size(), kPollMs) <= 0) continue;
    for (std::size_t i = 0; i < links.size(); ++i) {
      auto& link = links[i];
      for (const int side : {0, 1}) {
        if (link.client < 0 || entries[1 + 2 * i + static_cast<std::size_t>(side)].revents == 0) continue;
        std::array<char, 16384> buffer{};
        const int from = side == 0 ? link.client : link.server, to = side == 0 ? link.server : link.client;
        auto got = ::recv(from, buffer.data(), buffer.size(), 0);
        bool cut = got <= 0;
        if (side == 0 && got >= 8 && std::exchange(link.is_new, false)) {
          std::uint32_t word = 0;
          std::memcpy(&word, buffer.data() + 4, sizeof word);
          const std::lock_guard lock(mutex_);
          first_words_.push_back(ntohl(word));
        }
        if (link.counts && cut_after_ >= 0 && got > cut_after_ - bytes_) {
          got = static_cast<ssize_t>(cut_after_ - bytes_);
          cut = true;
        }
        if (got > 0 && !write_all(to, buffer.data(), static_cast<std::size_t>(got))) cut = true;
        if (link.counts) bytes_ += std::max<ssize_t>(got, 0);
        if (cut) link.close();
      }
    }
    std::erase_if(links, [](const Link& link) { return link.client < 0; });
    if (entries[0].revents == 0) continue;
    const int client = ::accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = client < 0 ? -1 : connect_to(target_port_);
    if (server >= 0) {
      links.push_back({client, server, std::exchange(first, false)});
    } else if (client >= 0) {
      ::close(client);
    }
  }
  for (auto& link : links) link.close();
}

}  // namespace bigocean::test
