// Numbers for Prometheus, by its C++ library.
#include "server/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <map>
#include <tuple>

#include "base/version.hpp"

namespace bigocean::server::observe {
namespace {

using Seconds = std::chrono::duration<double>;

/// Seconds; from a quick answer to a model's slow one.
const prometheus::Histogram::BucketBoundaries kDurationBuckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                               0.25,  0.5,    1,     2.5,  5,     10,   30};

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

struct Metrics::Impl {
  using Key = std::tuple<std::string, std::string, int>;  ///< method, route, status

  const http::LoopGauges& gauges;
  const Readiness& readiness;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Family<prometheus::Gauge>& health;
  std::map<Key, prometheus::Counter*> counters;  ///< only the loop's thread comes here
  std::map<std::string, prometheus::Histogram*, std::less<>> durations;
  prometheus::Gauge& connections;
  prometheus::Gauge& idle;
  prometheus::Gauge& handling;
  prometheus::Gauge& cpu;
  prometheus::Gauge& resident;

  Impl(const http::LoopGauges& gauges_in, const Readiness& readiness_in)
      : gauges(gauges_in),
        readiness(readiness_in),
        requests(prometheus::BuildCounter()
                     .Name("bigocean_http_requests_total")
                     .Help("Requests answered, by method, route and status")
                     .Register(registry)),
        health(prometheus::BuildGauge()
                   .Name("bigocean_dependency_up")
                   .Help("1 when the latest look at a dependency did not fail")
                   .Register(registry)),
        connections(gauge("bigocean_http_connections", "Open connections")),
        idle(gauge("bigocean_http_connections_idle", "Open connections between two requests")),
        handling(gauge("bigocean_http_requests_in_flight", "Requests with a worker, or waiting for one")),
        cpu(gauge("process_cpu_seconds_total", "User and system CPU time spent, in seconds")),
        resident(gauge("process_resident_memory_bytes", "Resident memory size in bytes")) {
    prometheus::BuildGauge()
        .Name("bigocean_build_info")
        .Help("Always 1; version and commit are its labels")
        .Register(registry)
        .Add({{"version", std::string(base::version())}, {"commit", std::string(base::git_commit())}})
        .Set(1);
    gauge("process_start_time_seconds", "Start of the process, in seconds since the epoch")
        .Set(Seconds(std::chrono::system_clock::now().time_since_epoch()).count());
  }

  prometheus::Gauge& gauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
};

Metrics::Metrics(const http::LoopGauges& gauges, const Readiness& readiness,
                 const std::vector<std::string>& routes)
    : impl_(std::make_unique<Impl>(gauges, readiness)) {
  auto& family = prometheus::BuildHistogram()
                     .Name("bigocean_http_request_duration_seconds")
                     .Help("From the arrival of a whole request to its reply, by route")
                     .Register(impl_->registry);
  for (const auto& route : routes)
    impl_->durations[route] = &family.Add({{"route", route}}, kDurationBuckets);
}

Metrics::~Metrics() = default;

void Metrics::answered(const http::Exchange& exchange) {
  const Impl::Key key{exchange.request != nullptr ? exchange.request->method : "",
                      std::string(exchange.route), exchange.status};
  auto& counter = impl_->counters[key];
  if (counter == nullptr) {
    counter = &impl_->requests.Add({{"method", std::get<0>(key)},
                                    {"route", exchange.route.empty() ? "other" : std::get<1>(key)},
                                    {"status", std::to_string(exchange.status)}});
  }
  counter->Increment();
  const auto duration = impl_->durations.find(exchange.route);
  if (duration != impl_->durations.end()) duration->second->Observe(Seconds(exchange.elapsed).count());
}

std::string Metrics::text() const {
  impl_->connections.Set(static_cast<double>(impl_->gauges.connections));
  impl_->idle.Set(static_cast<double>(impl_->gauges.idle));
  impl_->handling.Set(static_cast<double>(impl_->gauges.handling));
  impl_->cpu.Set(cpu_seconds());
  impl_->resident.Set(resident_bytes());
  for (const auto& [name, up] : impl_->readiness.dependencies_up()) {
    impl_->health.Add({{"dependency", name}}).Set(up ? 1 : 0);
  }
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace bigocean::server::observe
