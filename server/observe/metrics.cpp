// The metrics of the service, by the C++ library of Prometheus.
#include "server/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <tuple>

#include "base/version.hpp"

namespace bigocean::server::observe {
namespace {

using Seconds = std::chrono::duration<double>;

/// Buckets in seconds, from a quick answer to a slow one of a model.
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
  const std::vector<PoolGauge> pools;
  const Samples samples;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Family<prometheus::Gauge>& health;
  prometheus::Family<prometheus::Gauge>& pool_connections;
  prometheus::Family<prometheus::Gauge>& pool_waiting;
  prometheus::Family<prometheus::Counter>& pool_events;
  std::map<Key, prometheus::Counter*> counters;  ///< used by the loop's thread only
  std::map<std::string, prometheus::Histogram*, std::less<>> durations;
  prometheus::Gauge& connections;
  prometheus::Gauge& idle;
  prometheus::Gauge& handling;
  prometheus::Gauge& waiting;
  prometheus::Counter& cpu;
  prometheus::Gauge& resident;

  Impl(const http::LoopGauges& gauges_in, const Readiness& readiness_in, std::vector<PoolGauge> pools_in,
       Samples samples_in)
      : gauges(gauges_in),
        readiness(readiness_in),
        pools(std::move(pools_in)),
        samples(std::move(samples_in)),
        requests(prometheus::BuildCounter()
                     .Name("bigocean_http_requests_total")
                     .Help("Requests answered, by method, route and status")
                     .Register(registry)),
        health(prometheus::BuildGauge()
                   .Name("bigocean_dependency_up")
                   .Help("1 when the latest check of a dependency did not fail")
                   .Register(registry)),
        pool_connections(prometheus::BuildGauge()
                             .Name("bigocean_store_connections")
                             .Help("Connections to a store, by state: lent or idle")
                             .Register(registry)),
        pool_waiting(prometheus::BuildGauge()
                         .Name("bigocean_store_waiting")
                         .Help("Borrowers that wait for a connection to a store")
                         .Register(registry)),
        pool_events(prometheus::BuildCounter()
                        .Name("bigocean_store_events_total")
                        .Help("Events of a pool: opened, failed, waited, refused")
                        .Register(registry)),
        connections(gauge("bigocean_http_connections", "Open connections")),
        idle(gauge("bigocean_http_connections_idle", "Open connections between two requests")),
        handling(gauge("bigocean_http_requests_in_flight", "Requests that have a worker or queue for one")),
        waiting(gauge("bigocean_http_requests_waiting",
                      "Requests that wait for another service, such as a model")),
        cpu(prometheus::BuildCounter()
                .Name("process_cpu_seconds_total")
                .Help("User and system CPU time spent, in seconds")
                .Register(registry)
                .Add({})),
        resident(gauge("process_resident_memory_bytes", "Resident memory size in bytes")) {
    prometheus::BuildGauge()
        .Name("bigocean_build_info")
        .Help("Always 1; its labels are version and commit")
        .Register(registry)
        .Add({{"version", std::string(base::version())}, {"commit", std::string(base::git_commit())}})
        .Set(1);
    gauge("process_start_time_seconds", "Start of the process, in seconds since the epoch")
        .Set(Seconds(std::chrono::system_clock::now().time_since_epoch()).count());
  }

  void set_pools() {
    for (const auto& pool : pools) {
      const auto state = pool.state();
      const auto connections_in = [&](const std::string& what) -> prometheus::Gauge& {
        return pool_connections.Add({{"store", pool.store}, {"state", what}});
      };
      connections_in("lent").Set(static_cast<double>(state.lent));
      connections_in("idle").Set(static_cast<double>(state.idle));
      pool_waiting.Add({{"store", pool.store}}).Set(static_cast<double>(state.waiting));
      const auto count = [&](const std::string& event, std::uint64_t number) {
        auto& counter = pool_events.Add({{"store", pool.store}, {"event", event}});
        counter.Increment(static_cast<double>(number) - counter.Value());
      };
      count("opened", state.opened);
      count("failed", state.failures);
      count("waited", state.waits);
      count("refused", state.refusals);
    }
  }

  void set_samples() {
    if (!samples) return;
    for (const auto& sample : samples()) {
      const prometheus::Labels labels(sample.labels.begin(), sample.labels.end());
      if (sample.is_counter) {
        auto& counter =
            prometheus::BuildCounter().Name(sample.name).Help(sample.help).Register(registry).Add(labels);
        counter.Increment(sample.value - counter.Value());
      } else {
        prometheus::BuildGauge()
            .Name(sample.name)
            .Help(sample.help)
            .Register(registry)
            .Add(labels)
            .Set(sample.value);
      }
    }
  }

  prometheus::Gauge& gauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
};

Metrics::Metrics(const http::LoopGauges& gauges, const Readiness& readiness,
                 const std::vector<std::string>& routes, std::vector<PoolGauge> pools, Samples samples)
    : impl_(std::make_unique<Impl>(gauges, readiness, std::move(pools), std::move(samples))) {
  auto& family = prometheus::BuildHistogram()
                     .Name("bigocean_http_request_duration_seconds")
                     .Help("Seconds from the arrival of a whole request to its reply, by route")
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
  impl_->waiting.Set(static_cast<double>(impl_->gauges.waiting));
  impl_->cpu.Increment(std::max(0.0, cpu_seconds() - impl_->cpu.Value()));
  impl_->resident.Set(resident_bytes());
  for (const auto& [name, up] : impl_->readiness.dependencies_up()) {
    impl_->health.Add({{"dependency", name}}).Set(up ? 1 : 0);
  }
  impl_->set_pools();
  impl_->set_samples();
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace bigocean::server::observe
