// bigocean serve: the HTTP service, until SIGTERM.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "cli/check/redis_rows.hpp"
#include "cli/help.hpp"
#include "cli/log_format.hpp"
#include "cli/product/commands.hpp"
#include "server/observe/error_reports.hpp"
#include "server/observe/otlp_tracer.hpp"
#include "server/product/product.hpp"
#include "server/service/descriptors.hpp"
#include "server/service/probes.hpp"
#include "server/service/service.hpp"
#include "server/service/status_sources.hpp"

namespace bigocean::cli {
namespace {

/// For the final log lines and reports, beyond the time to drain; of the two seconds that the platform's
/// limit leaves.
constexpr std::chrono::milliseconds kStopGrace{1000};

std::vector<server::observe::Sample> samples_of(const server::Product& product,
                                                const server::observe::OtlpTracer* tracer) {
  auto samples = product.samples();
  if (tracer == nullptr) return samples;
  auto more = tracer->samples();
  std::move(more.begin(), more.end(), std::back_inserter(samples));
  return samples;
}

int serve(const config::Loaded& loaded) {
  auto settings = loaded.settings;
  const bool colour = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  base::Logger log(log_format(settings), settings.log.level, colour, base::Logger::Writing::kInBackground);
  server::fit_to_descriptors(settings, log);
  auto& pages = server::product::of(settings).pages;
  if (pages.public_url.empty() && !settings.railway.public_domain.empty())
    pages.public_url = "https://" + settings.railway.public_domain;

  server::observe::ErrorReports reports(settings, log);
  std::optional<server::observe::OtlpTracer> tracer;
  if (server::observe::OtlpTracer::is_wanted(settings)) tracer.emplace(settings, &log);
  auto* const tracer_or_null = tracer ? &*tracer : nullptr;
  const base::SignalInterrupt interrupt(true);
  server::Stores stores(settings);
  auto product = std::make_unique<server::Product>(server::product::of(settings), stores, log, reports.hook(),
                                                   tracer_or_null);
  std::optional<server::StatusSources> status;
  if (pages.enabled) status = server::status_sources(stores.database, settings, redis_rows());
  auto service = std::make_unique<server::Service>(
      settings,
      server::Dependencies{.probes = server::make_probes(stores, settings),
                           .pools = {{"postgres", [&] { return stores.database.state(); }},
                                     {"redis", [&] { return stores.redis.state(); }}},
                           .routes = product->routes(),
                           .samples = [&] { return samples_of(*product, tracer_or_null); },
                           .more_metrics = [&product] { return product->metrics(); },
                           .tracer = tracer_or_null,
                           .status = std::move(status),
                           .on_last_call = [&product] { product->end_calls(); }},
      log, reports.hook());
  const auto traces = tracer ? fmt::format("{} to {}", settings.traces.protocol, settings.traces.endpoint)
                             : std::string("off");
  log.info("listening", {{"address", std::string_view(service->address())},
                         {"port", static_cast<long long>(service->port())},
                         {"version", base::version()},
                         {"commit", base::git_commit()},
                         {"interviewer", product->interviewer()},
                         {"traces", std::string_view(traces)},
                         {"replica", std::string_view(settings.railway.replica_id)},
                         {"environment", config::environment_name(settings.environment)}});
  reports.report_crashes();
  product->start();
  const auto cut = service->run(interrupt.fd());
  product->stop();
  const auto end = service->drain_end();
  // Nothing that happens from here on, such as a blocked log, may keep the process much longer.
  std::thread([end] {
    std::this_thread::sleep_until(end + kStopGrace);
    std::_Exit(0);
  }).detach();
  const std::string_view name = interrupt.signal() == SIGINT ? "SIGINT" : "SIGTERM";
  if (cut > 0) {
    log.warn("stopped with requests unfinished",
             {{"signal", name}, {"unfinished", static_cast<long long>(cut)}});
  } else {
    stores.closing.raise(interrupt.signal());
    service.reset();
  }
  // Before the product's threads are joined: a store that is unreachable may block them for its
  // connection_wait.
  const bool all_reported = reports.flush(end);
  if (tracer) tracer->flush(end);
  if (cut == 0) log.info("stopped", {{"signal", name}});
  if (cut > 0 || !all_reported) {
    // Neither a handler that has not ended by now nor a report that Sentry does not accept may keep the
    // process.
    log.stop();
    std::_Exit(0);
  }
  return 0;
}

}  // namespace

void add_serve(CLI::App& root, Invocation& invocation) {
  CLI::App* app = root.add_subcommand(
      "serve",
      "Runs the HTTP service. GET /health reports whether the process is alive, GET /ready whether "
      "PostgreSQL, its schema and Redis are usable, too. SIGTERM or SIGINT drains: requests in flight are "
      "finished, then it exits with 0; a "
      "second signal ends it at once.");
  auto check_only = std::make_shared<bool>(false);
  add_setting(*app, invocation, "--port", "server.port");
  add_setting(*app, invocation, "--host", "server.host");
  add_setting(*app, invocation, "--workers", "server.workers");
  add_setting(*app, invocation, "--drain-timeout", "server.drain_timeout");
  app->add_flag("--check-config", *check_only, "Check the settings and exit");
  app->footer(exit_codes_footer({0, 2}, "bigocean serve --port 8080"));
  app->callback([check_only, &invocation] {
    invocation.production_requirements = {config::kDatabaseUrl, config::kRedisUrl,
                                          server::product::kAnthropicKey};
    invocation.run = [check_only](const config::Loaded& loaded) {
      if (!*check_only) return serve(loaded);
      server::Product::check(server::product::of(loaded.settings));
      fmt::print("the settings are valid for `bigocean serve` ({})\n",
                 config::environment_name(loaded.settings.environment));
      return 0;
    };
  });
}

}  // namespace bigocean::cli
