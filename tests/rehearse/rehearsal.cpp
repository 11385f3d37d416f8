// A whole rehearsal: servers, edge, load, one deploy after the other, and the verdict.
#include "tests/rehearse/rehearsal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>
#include <thread>

#include "tests/rehearse/edge.hpp"
#include "tests/rehearse/health_probe.hpp"
#include "tests/rehearse/load.hpp"
#include "tests/rehearse/platform.hpp"
#include "tests/rehearse/watcher.hpp"
#include "tests/support/server_tools.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::rehearse {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 250ms;
constexpr auto kProbePeriod = 20ms;
/// What a statement may take on top of the time that a migration waits for its lock.
constexpr double kWaitMarginMs = 200;
constexpr double kAfterReleaseMs = 1500;

void shorten(std::chrono::seconds& setting, const std::optional<int>& seconds, const char* name,
             std::vector<Shortened>& shortened) {
  if (!seconds || setting.count() == *seconds) return;
  shortened.push_back({name, setting.count(), *seconds});
  setting = std::chrono::seconds(*seconds);
}

/// The deploy settings as played, and which of them differ from the file.
DeploySettings played_settings(DeploySettings settings, const Options& options,
                               std::vector<Shortened>& shortened) {
  shorten(settings.healthcheck_timeout, options.healthcheck_timeout, "healthcheckTimeout", shortened);
  shorten(settings.overlap, options.overlap, "overlapSeconds", shortened);
  shorten(settings.draining, options.draining, "drainingSeconds", shortened);
  return settings;
}

/// How long a migration waits for a lock at a time, as the binary itself says.
double lock_timeout_ms() {
  const auto said = test::run({BIGOCEAN_BINARY, "config", "--json"});
  const auto document = nlohmann::json::parse(said.out);
  for (const auto& setting : document.at("settings")) {
    if (setting.at("key") != "migrate.lock_timeout") continue;
    const auto value = setting.at("value").get<std::string>();
    return std::stod(value) * (value.ends_with("ms") ? 1 : 1000);
  }
  throw std::runtime_error("`bigocean config` does not name migrate.lock_timeout");
}

/// "PostgreSQL 18.4 for ghcr.io/...:18, Redis 7.0.15 for railwayapp/redis:8.2"
std::string servers_text(const Graph& graph, const std::string& database_url) {
  const auto postgres = test::query(database_url, "SHOW server_version").at(0).at(0);
  const auto redis = test::run({test::redis_server(), "--version"}).out;
  std::smatch match;
  std::regex_search(redis, match, std::regex("v=([0-9.]+)"));
  return fmt::format("PostgreSQL {} for {}, Redis {} for {}", postgres.substr(0, postgres.find(' ')),
                     graph.postgres_image, match.str(1), graph.redis_image);
}

/// Takes the edge's counters every kTick.
class Sampler {
 public:
  Sampler(Edge& edge, const Platform& platform, const Stopwatch& stopwatch)
      : edge_(edge),
        platform_(platform),
        stopwatch_(stopwatch),
        before_(edge.counters()),
        at_(stopwatch.now()),
        watcher_("the edge's counters", stopwatch, kTick, [this] { sample(); }) {}

  /// `faults` gets those of the sampling itself.
  std::vector<Tick> stop(std::vector<Fault>& faults) {
    const auto observed = watcher_.stop();
    faults.insert(faults.end(), observed.faults.begin(), observed.faults.end());
    sample();
    return std::move(ticks_);
  }

 private:
  void sample() {
    auto now = edge_.counters();
    Tick tick{at_, stopwatch_.now(), {}, now.failed - before_.failed, now.retried - before_.retried};
    for (std::size_t slot = 0; slot < now.answered.size(); ++slot) {
      const auto count = now.answered[slot] - before_.answered[slot];
      if (count > 0) tick.answered[platform_.deployment_of(slot)] += count;
    }
    at_ = tick.to;
    ticks_.push_back(std::move(tick));
    before_ = std::move(now);
  }

  Edge& edge_;
  const Platform& platform_;
  const Stopwatch& stopwatch_;
  EdgeCounters before_;
  double at_;
  std::vector<Tick> ticks_;
  Watcher watcher_;  // last: its thread uses what stands above
};

/// How long the statements of the versions that ran had to wait while a migration met the held table.
void judge_waiting(Rehearsal& rehearsal) {
  for (const auto& held : rehearsal.deployments) {
    if (!held.milliseconds_after_release) continue;
    const auto& migrating = held.spans.front();
    double longest = 0;
    for (const auto& other : rehearsal.deployments) {
      for (const auto& sample : other.statements.samples) {
        const double end = sample.at + sample.milliseconds / 1000;
        const bool meanwhile = sample.at <= migrating.to && end >= migrating.from;
        auto& worst = meanwhile ? longest : rehearsal.statement_ms_otherwise;
        worst = std::max(worst, sample.milliseconds);
      }
    }
    rehearsal.statement_wait_ms = longest;
    if (*held.milliseconds_after_release > kAfterReleaseMs) {
      rehearsal.faults.push_back(
          {migrating.to,
           fmt::format("deploy {}: the migration was through only {:.0f} ms after its table was free",
                       held.number, *held.milliseconds_after_release)});
    }
    if (longest > *rehearsal.lock_timeout_ms + kWaitMarginMs) {
      rehearsal.faults.push_back(
          {migrating.to, fmt::format("deploy {}: a statement waited {:.0f} ms behind the migration, whose "
                                     "lock_timeout is {:.0f} ms",
                                     held.number, longest, *rehearsal.lock_timeout_ms)});
    }
  }
}

/// A version that is live has to serve, and one that is not must never.
void judge_serving(Rehearsal& rehearsal) {
  for (auto& deployment : rehearsal.deployments) {
    for (const auto& tick : rehearsal.ticks) {
      const auto found = tick.answered.find(deployment.number);
      if (found != tick.answered.end()) deployment.answered += found->second;
    }
    const bool live = deployment.outcome == Outcome::kLive;
    if (live == (deployment.answered > 0)) continue;
    rehearsal.faults.push_back(
        {deployment.ended_at.value_or(0),
         fmt::format("deploy {}: {} answered {} requests", deployment.number,
                     live ? "is live and" : "never went live, but", deployment.answered)});
  }
}

/// In order, and what is the same only once.
std::vector<Fault> merged(std::vector<Fault> faults) {
  std::ranges::sort(faults, {}, &Fault::at);
  std::vector<Fault> result;
  for (const auto& fault : faults) {
    const auto same = std::ranges::find(result, fault.text, &Fault::text);
    if (same == result.end()) {
      result.push_back(fault);
    } else {
      ++same->times;
    }
  }
  return result;
}

void judge(Rehearsal& rehearsal) {
  const auto add_all = [&](const Observed& observed) {
    rehearsal.faults.insert(rehearsal.faults.end(), observed.faults.begin(), observed.faults.end());
  };
  add_all(rehearsal.prober);
  for (const auto& deployment : rehearsal.deployments) add_all(deployment.statements);
  for (const auto& tick : rehearsal.ticks) {
    if (tick.failed > 0)
      rehearsal.faults.push_back({tick.to, fmt::format("the edge: {} failed", tick.failed)});
  }
  const auto& load = rehearsal.load;
  if (load.bad_statuses + load.socket_errors > 0) {
    rehearsal.faults.push_back({rehearsal.load_to, fmt::format("wrk: {} bad statuses, {} socket errors",
                                                               load.bad_statuses, load.socket_errors)});
  }
  judge_serving(rehearsal);
  judge_waiting(rehearsal);
  rehearsal.faults = merged(std::move(rehearsal.faults));
}

}  // namespace

Rehearsal rehearse(const Options& options, const std::function<void(const std::string&)>& say) {
  Rehearsal rehearsal;
  const auto deploys = options.deploys == 0
                           ? scenario(options.scenario)
                           : resized(scenario(options.scenario), static_cast<std::size_t>(options.deploys));
  const auto graph = read_graph(options.graph_folder + "/railway.graph.json");
  const test::TempDir folder;
  test::PrivatePostgres postgres({.major = graph.postgres_major, .settings = {}, .hba = {}});
  const auto database_url = postgres.create_database();
  const test::PrivatePgBouncer pooler(postgres, "transaction");
  const test::PrivateRedis redis;
  Edge edge(static_cast<int>(deploys.size() + 1) * options.replicas, options.edge_retries);
  const std::string log_folder = options.report_folder + "/logs";
  std::filesystem::remove_all(log_folder);  // of the rehearsal before
  std::filesystem::create_directories(log_folder);

  const Stopwatch stopwatch;  // from here on: the servers are there before anything is deployed
  Platform platform(
      {.stopwatch = stopwatch,
       .settings = played_settings(graph.settings, options, rehearsal.shortened),
       .variables = graph.variables,
       .pooled_variables = read_graph(options.graph_folder + "/railway.pooled.graph.json").variables,
       .replicas = options.replicas,
       .database_url = database_url,
       .pooler_url = pooler.url(test::query(database_url, "SELECT current_database()").at(0).at(0)),
       .redis_url = redis.url(),
       .hold_seconds = options.hold_seconds,
       .route = options.route,
       .work_folder = folder.path(),
       .log_folder = log_folder},
      edge, std::chrono::milliseconds(options.edge_lag_ms));
  rehearsal.servers = servers_text(graph, database_url);
  rehearsal.route = options.route;
  rehearsal.edge = edge.name();
  rehearsal.replicas = options.replicas;
  rehearsal.lock_timeout_ms = lock_timeout_ms();
  say(platform.deploy(first_version()));

  Sampler sampler(edge, platform, stopwatch);
  Watcher prober("a steady request", stopwatch, kProbePeriod, [&] { get_200(edge.port(), options.route); });
  rehearsal.load_from = stopwatch.now();
  Load load(edge.port(), options.route, options.connections, options.rate);
  const auto pause = std::chrono::seconds(options.pause_seconds);
  for (const auto& deploy : deploys) {
    std::this_thread::sleep_for(pause);  // time for the version to serve alone
    say(platform.deploy(deploy));
  }
  std::this_thread::sleep_for(pause);
  rehearsal.load = load.stop();
  rehearsal.load_to = stopwatch.now();
  rehearsal.prober = prober.stop();
  rehearsal.ticks = sampler.stop(rehearsal.faults);

  platform.end();
  const auto faults = platform.take_faults();
  rehearsal.faults.insert(rehearsal.faults.end(), faults.begin(), faults.end());
  rehearsal.deployments = platform.take_records();
  std::ranges::sort(rehearsal.deployments, {}, &DeploymentRecord::number);
  judge(rehearsal);
  return rehearsal;
}

}  // namespace bigocean::rehearse
