// Names into addresses, with a limit on the wait that the system's resolver does not have.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "redis/transport.hpp"

namespace bigocean::redis {
namespace {

using std::chrono::milliseconds;

/// Shared with the resolver's thread, which may outlive the caller.
struct Lookup {
  std::mutex mutex;
  std::condition_variable done_changed;
  bool done = false;
  int status = 0;
  std::vector<Address> addresses;
};

int look_up(const std::string& host, int port, int family, int flags, std::vector<Address>& into) {
  addrinfo wanted{};
  wanted.ai_family = family;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    Address address;
    address.length = one->ai_addrlen;
    std::copy_n(reinterpret_cast<const char*>(one->ai_addr), one->ai_addrlen,
                reinterpret_cast<char*>(&address.bytes));
    char text[INET6_ADDRSTRLEN + 20] = "";
    ::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    address.text = one->ai_family == AF_INET6 ? fmt::format("[{}]", text) : text;
    into.push_back(std::move(address));
  }
  if (found != nullptr) ::freeaddrinfo(found);
  return status;
}

}  // namespace

std::vector<Address> resolve(const Target& target, Deadline deadline) {
  std::vector<Address> numeric;
  if (look_up(target.host, target.port, target.family, AI_NUMERICHOST, numeric) == 0) return numeric;

  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host = target.host, port = target.port, family = target.family] {
    std::vector<Address> addresses;
    const int status = look_up(host, port, family, 0, addresses);
    const std::lock_guard lock(lookup->mutex);
    lookup->status = status;
    lookup->addresses = std::move(addresses);
    lookup->done = true;
    lookup->done_changed.notify_all();
  }).detach();

  constexpr milliseconds kSignalCheck{50};
  std::unique_lock lock(lookup->mutex);
  while (!lookup->done && std::chrono::steady_clock::now() < deadline) {
    const auto until = std::min(deadline, std::chrono::steady_clock::now() + kSignalCheck);
    lookup->done_changed.wait_until(lock, until);
    base::throw_if_interrupted(target.interrupt);
  }
  if (!lookup->done) {
    throw target.error(Fault::kTimedOut, Stage::kResolve, "name resolution did not end within the time-out",
                       "check the name server of this machine, or raise redis.connect_timeout");
  }
  if (lookup->status != 0 || lookup->addresses.empty()) {
    throw target.error(Fault::kNotResolvable, Stage::kResolve,
                       fmt::format("the name cannot be resolved ({})", ::gai_strerror(lookup->status)),
                       "check the host in REDIS_URL; a private network's names resolve only inside it");
  }
  return std::move(lookup->addresses);
}

}  // namespace bigocean::redis
