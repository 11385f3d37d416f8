// Puts listener, routes, probes and event loop together.
#include "server/service/service.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <thread>

#include "server/http/cors.hpp"
#include "server/http/loop.hpp"
#include "server/http/router.hpp"
#include "server/http/transport.hpp"
#include "server/observe/access_log.hpp"
#include "server/observe/metrics.hpp"
#include "server/observe/request_spans.hpp"
#include "server/readiness/prober.hpp"
#include "server/readiness/readiness.hpp"

namespace bigocean::server {
namespace {

/// Railway takes 500 lines a second from a replica and drops the rest, of any level.
constexpr int kAccessLogLinesPerSecond = 400;

http::LoopLimits limits_of(const config::Settings::Server& settings) {
  const auto cores = std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  return {
      .intake = {.head_bytes_max = static_cast<std::size_t>(settings.head_bytes_max),
                 .body_bytes_max = static_cast<std::size_t>(settings.body_bytes_max)},
      .connections_max = static_cast<std::size_t>(settings.connections_max),
      .connections_per_client_max = static_cast<std::size_t>(settings.connections_per_client_max),
      .requests_max = static_cast<std::size_t>(settings.requests_max),
      .requests_per_client_percent_max = static_cast<std::size_t>(settings.requests_per_client_percent_max),
      .workers = settings.workers == 0 ? cores : static_cast<int>(settings.workers),
      .waiting_max = static_cast<std::size_t>(settings.waiting_max),
      .head_timeout = settings.head_timeout,
      .body_timeout = settings.body_timeout,
      .keep_alive_timeout = settings.keep_alive_timeout,
      .drain_quiet = settings.drain_quiet};
}

/// A probe starts one period after the last finding, and may take the wait for a connection, the connect
/// time-out and two statements. After one more period it counts as hanging.
std::chrono::milliseconds stale_after(const config::Settings& settings) {
  return 2 * settings.server.probe_period +
         std::max(settings.database.connection_wait + settings.database.connect_timeout +
                      2 * settings.database.statement_timeout,
                  settings.redis.connection_wait + settings.redis.connect_timeout +
                      settings.redis.command_timeout);
}

std::vector<std::string> names_of(const std::vector<Probe>& probes) {
  std::vector<std::string> names;
  for (const Probe& probe : probes) names.insert(names.end(), probe.names.begin(), probe.names.end());
  return names;
}

std::set<std::string> spared_of(const std::vector<Probe>& probes) {
  std::set<std::string> names;
  for (const Probe& probe : probes) {
    if (probe.spared) names.insert(probe.names.begin(), probe.names.end());
  }
  return names;
}

http::Reply text_reply(int status, std::string body) {
  return {status, "application/json", std::move(body), {{"Cache-Control", "no-store"}}};
}

http::Route metrics_route(const observe::Metrics& metrics, std::function<std::string()> more,
                          const config::Settings& settings) {
  const auto handler = [&metrics, more = std::move(more),
                        token = settings.metrics.token](const http::Request& request) {
    if (!token.empty()) {
      if (auto refusal = refuse_stranger(request, token)) return *refusal;
    }
    return http::Reply{200,
                       "text/plain; version=0.0.4; charset=utf-8",
                       metrics.text() + (more ? more() : std::string()),
                       {}};
  };
  return {"GET", "/metrics", handler, http::Place::kLoop};
}

/// All are answered on the event loop from memory, however busy the workers are.
std::vector<http::Route> probe_routes(const Readiness& readiness) {
  const auto alive = [](const http::Request&) { return text_reply(200, R"({"status":"ok"})"); };
  const auto started = [&readiness](const http::Request&) {
    return readiness.has_started() ? text_reply(200, R"({"status":"started"})")
                                   : text_reply(503, R"({"status":"starting"})");
  };
  const auto ready = [&readiness](const http::Request&) { return readiness.reply(); };
  return {{"GET", "/health", alive, http::Place::kLoop},
          {"GET", "/startup", started, http::Place::kLoop},
          {"GET", "/ready", ready, http::Place::kLoop}};
}

std::vector<http::Route> routes_before_metrics(const Readiness& readiness, Dependencies& dependencies,
                                               const config::Settings& settings) {
  auto routes = probe_routes(readiness);
  const auto add = [&](std::vector<http::Route> more) {
    routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  add(std::move(dependencies.routes));
  if (dependencies.status && !settings.metrics.token.empty())
    add(status_routes(*std::move(dependencies.status), readiness, settings.metrics.token));
  return routes;
}

std::vector<std::string> paths_of(const std::vector<http::Route>& routes) {
  std::vector<std::string> paths;
  for (const auto& route : routes) paths.push_back(route.path);
  return paths;
}

/// Passes exchanges on to the access log, the metrics and the traces.
struct Telling : http::Observer {
  Telling(base::Logger& log, const http::LoopGauges& gauges, const Readiness& readiness,
          const std::vector<std::string>& routes, std::vector<observe::PoolGauge> pools,
          observe::Samples samples, observe::OtlpTracer* tracer)
      : access_log(log, kAccessLogLinesPerSecond),
        metrics(gauges, readiness, routes, std::move(pools), std::move(samples)) {
    // What platforms and monitors ask all day would hide the rest.
    if (tracer != nullptr)
      spans.emplace(*tracer, std::set<std::string>{"/health", "/startup", "/ready", "/metrics"});
  }

  void arrived(http::Request& request) override {
    if (spans) spans->arrived(request);
  }
  void answered(const http::Exchange& exchange) override {
    access_log.answered(exchange);
    metrics.answered(exchange);
    if (spans) spans->answered(exchange);
  }

  observe::AccessLog access_log;
  observe::Metrics metrics;
  std::optional<observe::RequestSpans> spans;
};

http::Policy policy_of(const config::Settings& settings) {
  const http::Cors cors(settings.rpc.cors_origins);
  if (!cors.is_on()) return {};
  return {.finish = [cors](const http::Request& request,
                           http::Reply& reply) { cors.add_headers(request, reply); },
          .intercept = [cors](const http::Request& request) -> std::optional<http::Reply> {
            if (!cors.is_preflight(request)) return std::nullopt;
            return cors.preflight();
          }};
}

std::vector<http::Route> all_routes(std::vector<http::Route> routes, const observe::Metrics& metrics,
                                    std::function<std::string()> more_metrics,
                                    const config::Settings& settings) {
  if (!settings.metrics.token.empty() || settings.environment == config::Environment::kDevelopment) {
    routes.push_back(metrics_route(metrics, std::move(more_metrics), settings));
  }
  return routes;
}

}  // namespace

struct Service::Impl {
  Impl(const config::Settings& settings, Dependencies dependencies, base::Logger& log_in,
       FailureHook on_failure_in)
      : drain_timeout(settings.server.drain_timeout),
        probe_period(settings.server.probe_period),
        log(log_in),
        on_failure(std::move(on_failure_in)),
        on_last_call(std::move(dependencies.on_last_call)),
        probes(std::move(dependencies.probes)),
        readiness(names_of(probes), stale_after(settings), spared_of(probes)),
        proxies(settings.server.trusted_proxies, settings.server.edge_network,
                settings.server.client_address_header),
        listener(http::listen_on(settings.server.host, static_cast<int>(settings.server.port))),
        address(listener.address),
        port(listener.port),
        routes(routes_before_metrics(readiness, dependencies, settings)),
        telling(log, gauges, readiness, paths_of(routes), std::move(dependencies.pools),
                std::move(dependencies.samples), dependencies.tracer),
        router(all_routes(std::move(routes), telling.metrics, std::move(dependencies.more_metrics), settings),
               log, on_failure, policy_of(settings)),
        loop(std::move(listener), limits_of(settings.server), {router, proxies, telling, gauges, log}) {}

  std::chrono::milliseconds drain_timeout;
  std::chrono::milliseconds probe_period;
  std::chrono::steady_clock::time_point drain_end{};
  base::Logger& log;
  FailureHook on_failure;
  std::function<void()> on_last_call;
  std::vector<Probe> probes;
  Readiness readiness;
  http::TrustedProxies proxies;
  http::LoopGauges gauges;
  http::Listener listener;
  std::string address;
  int port;
  std::vector<http::Route> routes;  ///< until the router has them
  Telling telling;
  http::Router router;
  http::Loop loop;
  std::optional<Prober> prober;
};

Service::Service(const config::Settings& settings, Dependencies dependencies, base::Logger& log,
                 FailureHook on_failure)
    : impl_(std::make_unique<Impl>(settings, std::move(dependencies), log, std::move(on_failure))) {}

Service::~Service() = default;

const std::string& Service::address() const { return impl_->address; }

int Service::port() const { return impl_->port; }

std::size_t Service::run(int stop_fd) {
  impl_->prober.emplace(std::move(impl_->probes), impl_->probe_period, impl_->readiness, impl_->log,
                        impl_->on_failure);
  const auto on_stop = [this] {
    impl_->drain_end = std::chrono::steady_clock::now() + impl_->drain_timeout;
    impl_->readiness.start_draining();
    impl_->prober->stop();
  };
  return impl_->loop.run(stop_fd, impl_->drain_timeout, {on_stop, impl_->on_last_call});
}

std::chrono::steady_clock::time_point Service::drain_end() const { return impl_->drain_end; }

}  // namespace bigocean::server
