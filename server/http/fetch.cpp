// GET over cpp-httplib's client, watched by a clock of our own.
#include "server/http/fetch.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "config/secret.hpp"

namespace bigocean::server::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBodyBytesMax = 65536;

struct Url {
  std::string origin;  ///< "https://host:8443"
  std::string target;  ///< "/health?x=1"
};

Url parse(const std::string& url) {
  const auto fail = [&](const char* what) {
    throw base::Error(base::ExitCode::kUsage, fmt::format("`{}` {}", config::redact_urls(url), what),
                      "write it like http://127.0.0.1:4000/health");
  };
  const auto scheme_end = url.find("://");
  const auto scheme = base::to_lower(url.substr(0, scheme_end));
  if (scheme_end == std::string::npos || (scheme != "http" && scheme != "https")) {
    fail("is not an http or https URL");
  }
  const auto host_at = scheme_end + 3;
  const auto target_at = std::min(url.find_first_of("/?#", host_at), url.size());
  const auto authority = url.substr(host_at, target_at - host_at);
  if (authority.empty()) fail("names no host");
  if (authority.find('@') != std::string::npos) fail("holds a user or password, which is not supported");
  auto target = url.substr(target_at, url.find('#') - target_at);
  if (!target.starts_with('/')) target.insert(0, "/");
  if (url.find_first_of(" \t\r\n") != std::string::npos) fail("holds white space");
  return {scheme + "://" + authority, target};
}

std::string describe(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
      return "cannot connect";
    case httplib::Error::ConnectionTimeout:
      return "no connection in time";
    case httplib::Error::Read:
      return "the answer broke off or did not come";
    case httplib::Error::Write:
      return "the request could not be sent";
    case httplib::Error::SSLConnection:
      return "the TLS handshake failed";
    case httplib::Error::SSLLoadingCerts:
      return "the trusted certificates could not be loaded";
    case httplib::Error::SSLServerVerification:
      return "the server's certificate is not valid for this host";
    default:
      return httplib::to_string(error);
  }
}

/// Shared by the caller and the thread that fetches, whoever ends first.
struct Exchange {
  Exchange(const std::string& origin, std::chrono::milliseconds timeout) : client(origin) {
    client.set_connection_timeout(timeout);
    client.set_read_timeout(timeout);
    client.set_write_timeout(timeout);
    client.set_follow_location(false);
  }
  httplib::Client client;
  std::mutex mutex;
  std::condition_variable done;
  std::optional<Fetched> result;
};

Fetched get(httplib::Client& client, const std::string& target) {
  Fetched fetched;
  const auto start = Clock::now();
  const auto receive = [&](const char* data, std::size_t size) {
    fetched.body.append(data, std::min(size, kBodyBytesMax - fetched.body.size()));
    return true;
  };
  const auto result =
      client.Get(target, {{"User-Agent", fmt::format("bigocean-healthcheck/{}", base::version())}}, receive);
  fetched.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  if (!result) {
    fetched.fault = describe(result.error());
    return fetched;
  }
  fetched.status = result->status;
  fetched.location = result->get_header_value("Location");
  return fetched;
}

}  // namespace

Fetched fetch(const std::string& url, std::chrono::milliseconds timeout) {
  const Url parts = parse(url);
  const auto exchange = std::make_shared<Exchange>(parts.origin, timeout);
  if (!exchange->client.is_valid()) return {.fault = "the address could not be used"};
  // httplib limits each read, not their sum: a server that sends a byte now and then would hold it for good.
  std::thread thread([exchange, target = parts.target] {
    auto fetched = get(exchange->client, target);
    const std::lock_guard lock(exchange->mutex);
    exchange->result = std::move(fetched);
    exchange->done.notify_one();
  });
  std::unique_lock lock(exchange->mutex);
  if (exchange->done.wait_for(lock, timeout, [&] { return exchange->result.has_value(); })) {
    lock.unlock();
    thread.join();
    return std::move(*exchange->result);
  }
  lock.unlock();
  exchange->client.stop();
  thread.detach();
  return {.fault = "no complete answer within " + base::format_duration(timeout),
          .elapsed = std::chrono::duration_cast<std::chrono::microseconds>(timeout),
          .timed_out = true};
}

}  // namespace bigocean::server::http
