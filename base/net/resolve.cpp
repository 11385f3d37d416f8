// Resolves host names within a deadline, which the system's resolver does not offer.
#include "base/net/resolve.hpp"

#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace bigocean::base {
namespace {

constexpr std::chrono::milliseconds kSignalCheck{50};

Resolution look_up(const std::string& host, int port, int family, int flags) {
  addrinfo wanted{};
  wanted.ai_family = family;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  Resolution resolution;
  resolution.failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    Address address;
    std::memcpy(&address.bytes, one->ai_addr, one->ai_addrlen);
    address.length = one->ai_addrlen;
    char text[NI_MAXHOST] = "";
    ::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    address.text = text;
    resolution.addresses.push_back(std::move(address));
  }
  if (found != nullptr) ::freeaddrinfo(found);
  if (resolution.failure == 0 && resolution.addresses.empty()) resolution.failure = EAI_NONAME;
  return resolution;
}

/// Shared with the resolver's thread, which may outlive the caller.
struct Lookup {
  std::mutex mutex;
  std::condition_variable ended;
  std::optional<Resolution> resolution;
};

}  // namespace

std::optional<Resolution> resolve(const std::string& host, int port, int family,
                                  std::chrono::steady_clock::time_point deadline,
                                  const Interrupt* interrupt) {
  if (auto numeric = look_up(host, port, family, AI_NUMERICHOST); numeric.failure == 0) return numeric;
  auto lookup = std::make_shared<Lookup>();
  try {
    std::thread([lookup, host, port, family] {
      auto resolution = look_up(host, port, family, 0);
      const std::lock_guard lock(lookup->mutex);
      lookup->resolution = std::move(resolution);
      lookup->ended.notify_all();
    }).detach();
  } catch (const std::system_error&) {  // no thread is to be had: as if the name server did not answer
    return Resolution{.failure = EAI_AGAIN, .addresses = {}};
  }
  std::unique_lock lock(lookup->mutex);
  while (!lookup->resolution && std::chrono::steady_clock::now() < deadline) {
    throw_if_interrupted(interrupt);
    lookup->ended.wait_until(lock, std::min(deadline, std::chrono::steady_clock::now() + kSignalCheck));
  }
  return std::move(lookup->resolution);
}

}  // namespace bigocean::base
