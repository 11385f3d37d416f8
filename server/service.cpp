// Puts listener, routes, probes and event loop together.
#include "server/service.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include "server/http/loop.hpp"
#include "server/http/router.hpp"
#include "server/http/socket.hpp"
#include "server/prober.hpp"
#include "server/readiness.hpp"

namespace bigocean::server {
namespace {

http::LoopLimits limits_of(const config::Settings::Server& settings) {
  const auto cores = std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  return {.intake = {.head_bytes_max = static_cast<std::size_t>(settings.head_bytes_max),
                     .body_bytes_max = static_cast<std::size_t>(settings.body_bytes_max)},
          .connections_max = static_cast<std::size_t>(settings.connections_max),
          .workers = settings.workers == 0 ? cores : static_cast<int>(settings.workers),
          .head_timeout = settings.head_timeout,
          .body_timeout = settings.body_timeout,
          .keep_alive_timeout = settings.keep_alive_timeout};
}

/// A look may take its connect time-out and two statements; a period more and it hangs.
std::chrono::milliseconds stale_after(const config::Settings& settings) {
  return 2 * settings.server.probe_period +
         std::max(settings.database.connect_timeout + 2 * settings.database.statement_timeout,
                  settings.redis.connect_timeout + settings.redis.command_timeout);
}

std::vector<std::string> names_of(const std::vector<Probe>& probes) {
  std::vector<std::string> names;
  for (const Probe& probe : probes) names.insert(names.end(), probe.names.begin(), probe.names.end());
  return names;
}

std::vector<http::Route> routes_of(const Readiness& readiness) {
  const http::Reply alive{.status = 200,
                          .content_type = "application/json",
                          .body = R"({"status":"ok"})",
                          .headers = {{"Cache-Control", "no-store"}}};
  return {{"GET", "/health", [alive](const http::Request&) { return alive; }, true},
          {"GET", "/ready", [&readiness](const http::Request&) { return readiness.reply(); }, true}};
}

}  // namespace

struct Service::Impl {
  Impl(const config::Settings& settings, std::vector<Probe> probes_in, base::Logger& log_in)
      : drain_timeout(settings.server.drain_timeout),
        probe_period(settings.server.probe_period),
        log(log_in),
        probes(std::move(probes_in)),
        readiness(names_of(probes), stale_after(settings)),
        listener(http::listen_on(settings.server.host, static_cast<int>(settings.server.port))),
        address(listener.address),
        port(listener.port),
        router(routes_of(readiness), log),
        loop(std::move(listener), router, limits_of(settings.server), log) {}

  std::chrono::milliseconds drain_timeout;
  std::chrono::milliseconds probe_period;
  base::Logger& log;
  std::vector<Probe> probes;
  Readiness readiness;
  http::Listener listener;
  std::string address;
  int port;
  http::Router router;
  http::Loop loop;
  std::optional<Prober> prober;
};

Service::Service(const config::Settings& settings, std::vector<Probe> probes, base::Logger& log)
    : impl_(std::make_unique<Impl>(settings, std::move(probes), log)) {}

Service::~Service() = default;

const std::string& Service::address() const { return impl_->address; }

int Service::port() const { return impl_->port; }

std::size_t Service::run(int stop_fd) {
  impl_->prober.emplace(std::move(impl_->probes), impl_->probe_period, impl_->readiness, impl_->log);
  return impl_->loop.run(stop_fd, impl_->drain_timeout, [this] { impl_->readiness.start_draining(); });
}

}  // namespace bigocean::server
