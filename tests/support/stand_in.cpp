// A TCP listener that is not the server it stands in for.
#include "tests/support/stand_in.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/listener.hpp"

namespace bigocean::test {
namespace {

constexpr int kDripPeriodMs = 50;

struct Peer {
  int fd;
  bool spoke = false;
  std::size_t dripped = 0;
};

}  // namespace

struct StandIn::Impl {
  Habit habit;
  std::string text;
  int listener = -1;
  int port = 0;
  std::atomic<bool> stopping = false;
  std::vector<Peer> peers;
  std::thread thread;

  /// One connection more than a backlog of 0 holds; none is ever accepted.
  void fill_queue() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    ::listen(listener, 0);
    for (int i = 0; i < 2; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
      peers.push_back({fd});
    }
  }

  /// False: the client is done with.
  bool serve(Peer& peer) {
    char bytes[4096];
    if (::recv(peer.fd, bytes, sizeof bytes, 0) <= 0 || habit == Habit::kHangUp) return false;
    if (habit == Habit::kAnswer && !peer.spoke) ::send(peer.fd, text.data(), text.size(), MSG_NOSIGNAL);
    peer.spoke = true;
    return true;
  }

  void drip() {
    for (Peer& peer : peers) {
      if (peer.spoke) ::send(peer.fd, &text[peer.dripped++ % text.size()], 1, MSG_NOSIGNAL);
    }
  }

  void run() {
    while (!stopping) {
      std::vector<pollfd> waits = {{listener, POLLIN, 0}};
      for (const Peer& peer : peers) waits.push_back({peer.fd, POLLIN, 0});
      ::poll(waits.data(), waits.size(), kDripPeriodMs);
      std::vector<Peer> kept;
      for (std::size_t i = 0; i < peers.size(); ++i) {
        if (waits[i + 1].revents == 0 || serve(peers[i])) {
          kept.push_back(peers[i]);
        } else {
          ::close(peers[i].fd);
        }
      }
      peers = std::move(kept);
      if (habit == Habit::kDrip) drip();
      if (waits[0].revents != 0) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd >= 0) peers.push_back({fd});
      }
    }
  }
};

StandIn::StandIn(Habit habit, std::string text) : impl_(std::make_unique<Impl>()) {
  impl_->habit = habit;
  impl_->text = std::move(text);
  const auto [listener, port] = listen_on_loopback();
  impl_->listener = listener;
  impl_->port = port;
  if (habit == Habit::kFull) impl_->fill_queue();
  if (habit != Habit::kFull) impl_->thread = std::thread([this] { impl_->run(); });
}

StandIn::~StandIn() {
  impl_->stopping = true;
  if (impl_->thread.joinable()) impl_->thread.join();
  for (const Peer& peer : impl_->peers) ::close(peer.fd);
  ::close(impl_->listener);
}

int StandIn::port() const { return impl_->port; }

}  // namespace bigocean::test
