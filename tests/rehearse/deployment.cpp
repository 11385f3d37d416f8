// One deployment of the service: its pre-deploy command, its replicas, and their outcome.
#include "tests/rehearse/deployment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <stdexcept>
#include <thread>

#include "tests/rehearse/health_probe.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::rehearse {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using Variables = std::map<std::string, std::string>;

constexpr auto kPreDeployLimit = 120s;
constexpr auto kHeldLimit = 60s;
constexpr int kHeldTries = 2;
constexpr auto kHealthPeriod = 100ms;
constexpr auto kStatementPeriod = 20ms;
constexpr auto kEndPeriod = 5ms;
constexpr auto kKilledLimit = 10s;
constexpr SteadyClock::duration kSlowRequest = 1s;

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// The message of the first error in a log; else its last line.
std::string reason_in(const std::string& log) {
  std::string reason;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    reason = line;
    const auto entry = nlohmann::json::parse(line, nullptr, false);
    if (!entry.is_object() || entry.value("level", "") != "error") continue;
    reason = entry.value("message", line);
    break;
  }
  return reason.substr(0, reason.find('\n'));
}

std::string without(std::string text, const std::string& part) {
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at)) text.erase(at, part.size());
  return text;
}

/// Runs a version's statements on one connection, which is made anew after a failure.
std::function<void()> code_of(const std::string& url, const std::string& statements) {
  return [url, statements, session = std::make_shared<std::optional<test::Session>>()] {
    try {
      if (!*session) session->emplace(url);
      const auto rows = (*session)->run(statements);
      if (rows.empty() || rows[0].empty() || rows[0][0] == "(null)") {
        throw std::runtime_error("read nothing where it had written: " + statements);
      }
    } catch (const std::exception&) {
      session->reset();
      throw;
    }
  };
}

}  // namespace

Deployment::Deployment(const Ground& ground, const Deploy& what, int number, std::string migrations,
                       int first_slot)
    : ground_(ground), what_(what), migrations_(std::move(migrations)) {
  record_.number = number;
  record_.title = what.title;
  record_.expected = what.expected;
  for (int i = 0; i < ground.replicas; ++i) replicas_.push_back({first_slot + i, 0, nullptr});
}

/// What the databases have for those who refer to them. With a pooler, DATABASE_URL leads through it.
Variables Deployment::outputs() const {
  Variables outputs{
      {"Postgres.DATABASE_URL", what_.behind_pooler ? ground_.pooler_url : ground_.database_url},
      {"Redis.REDIS_URL", what_.redis_is_elsewhere ? fmt::format("redis://127.0.0.1:{}", test::free_port())
                                                   : ground_.redis_url}};
  if (what_.behind_pooler) outputs["Postgres.DATABASE_UNPOOLED_URL"] = ground_.database_url;
  return outputs;
}

/// Those of the file, the platform's own, and two that are of this rehearsal only: BIGOCEAN_MIGRATE_DIR
/// stands for an image with more migrations, and the edge is on this machine.
Variables Deployment::variables() const {
  const auto seconds = [](std::chrono::seconds value) { return std::to_string(value.count()); };
  auto variables = resolved(what_.names_unpooled ? ground_.pooled_variables : ground_.variables, outputs(),
                            {{"ANTHROPIC_API_KEY", "not-a-key"}});
  variables.insert({{"BIGOCEAN_MIGRATE_DIR", migrations_},
                    {"BIGOCEAN_SERVER_EDGE_NETWORK", "127.0.0.0/8"},
                    {"RAILWAY_ENVIRONMENT_NAME", "production"},
                    {"RAILWAY_PROJECT_NAME", "rehearsal"},
                    {"RAILWAY_SERVICE_NAME", "bigocean"},
                    {"RAILWAY_DEPLOYMENT_ID", fmt::format("00000000-0000-4000-8000-{:012d}", record_.number)},
                    {"RAILWAY_GIT_COMMIT_SHA",
                     fmt::format("{:040x}", 0xc0ffee00U + static_cast<unsigned>(record_.number))},
                    {"RAILWAY_PUBLIC_DOMAIN", "rehearsal.up.railway.app"},
                    {"RAILWAY_PRIVATE_DOMAIN", "bigocean.railway.internal"},
                    {"RAILWAY_DEPLOYMENT_OVERLAP_SECONDS", seconds(ground_.settings.overlap)},
                    {"RAILWAY_DEPLOYMENT_DRAINING_SECONDS", seconds(ground_.settings.draining)}});
  return variables;
}

/// In the image, "bigocean" is found by its name; here it is the binary that was just built.
test::Process Deployment::spawn(std::vector<std::string> argv, Variables variables) const {
  if (argv.front() == "bigocean") argv.front() = BIGOCEAN_BINARY;
  test::ProcessOptions options;
  options.environment = std::move(variables);
  options.working_directory = ground_.work_folder;
  return test::Process(argv, options);
}

void Deployment::keep_log(const std::string& of, const std::string& text) const {
  std::ofstream(fmt::format("{}/{:02d}-{}.log", ground_.log_folder, record_.number, of)) << text;
}

void Deployment::begin(Phase phase) {
  const double now = ground_.stopwatch.now();
  if (!record_.spans.empty()) record_.spans.back().to = now;
  record_.spans.push_back({phase, now, now});
}

void Deployment::end() {
  const double now = ground_.stopwatch.now();
  if (!record_.spans.empty()) record_.spans.back().to = now;
  record_.ended_at = now;
}

/// Where the table is held, it is let go once the migration has been refused the lock often enough.
test::Finished Deployment::run_pre_deploy() {
  std::optional<test::Session> holder;
  if (what_.table_is_held) {
    holder.emplace(ground_.database_url);
    holder->run("BEGIN; SELECT count(*) FROM notes");
  }
  auto process = spawn(ground_.settings.pre_deploy, variables());
  if (holder) {
    if (ground_.hold_seconds > 0) {
      std::this_thread::sleep_for(std::chrono::seconds(ground_.hold_seconds));
    } else {
      test::wait_until("the migration to meet the held table", kHeldLimit, [&] {
        return !process.running() || count_of(process.out() + process.err(), "trying again") >= kHeldTries;
      });
    }
    holder->run("COMMIT");
  }
  const double free = ground_.stopwatch.now();
  auto done = process.wait(kPreDeployLimit);
  if (holder) record_.milliseconds_after_release = (ground_.stopwatch.now() - free) * 1000;
  return done;
}

bool Deployment::pre_deploy() {
  begin(Phase::kPreDeploy);
  if (ground_.settings.pre_deploy.empty()) return true;
  const auto done = run_pre_deploy();
  const auto log = done.out + done.err;
  keep_log("pre-deploy", log);
  std::smatch match;
  if (std::regex_search(log, match, std::regex("([0-9]+) applied now")))
    record_.migrations = std::stoi(match[1]);
  record_.lock_retries = count_of(log, "trying again");
  record_.ahead = log.find("the database is ahead") != log.npos;
  if (done.exit_code == 0) return true;
  record_.outcome = Outcome::kPreDeployFailed;
  record_.reason =
      fmt::format("exit code {}: {}", done.exit_code, without(reason_in(log), migrations_ + "/"));
  end();
  return false;
}

/// Of the first replica that is not healthy; empty when all are.
std::string Deployment::health_fault() const {
  for (const auto& replica : replicas_) {
    const auto fault = probe_health(replica.port, ground_.settings.healthcheck_path);
    if (!fault.empty()) return fault;
    if (!replica.process->running()) return "a replica ended";
  }
  return {};
}

bool Deployment::start() {
  begin(Phase::kStarting);
  for (auto& replica : replicas_) {
    replica.port = test::free_port();
    auto with_port = variables();
    with_port["PORT"] = std::to_string(replica.port);
    with_port["RAILWAY_REPLICA_ID"] = fmt::format("replica-{}-{}", record_.number, replica.slot);
    replica.process = std::make_unique<test::Process>(spawn(ground_.settings.start, std::move(with_port)));
  }
  const auto deadline = SteadyClock::now() + ground_.settings.healthcheck_timeout;
  std::string fault;
  do {
    fault = health_fault();
    if (fault.empty()) {
      code_ = std::make_unique<Watcher>(fmt::format("the code of deploy {}", record_.number),
                                        ground_.stopwatch, kStatementPeriod,
                                        code_of(variables().at("DATABASE_URL"), what_.statements));
      return true;
    }
    std::this_thread::sleep_for(kHealthPeriod);  // the platform's own pace of asking
  } while (SteadyClock::now() < deadline);
  record_.outcome = Outcome::kNeverHealthy;
  record_.reason =
      fmt::format("not healthy within {} s: {}", ground_.settings.healthcheck_timeout.count(), fault);
  terminate();
  kill_the_late();
  return false;
}

void Deployment::terminate() {
  kill_at_ = SteadyClock::now() + ground_.settings.draining;
  for (auto& replica : replicas_) replica.process->signal(SIGTERM);
}

void Deployment::kill_the_late() {
  const auto runs = [](const Replica& replica) { return replica.process->running(); };
  while (std::ranges::any_of(replicas_, runs) && SteadyClock::now() < kill_at_) {
    std::this_thread::sleep_for(kEndPeriod);
  }
  for (auto& replica : replicas_) {
    const bool late = replica.process->running();
    replica.process->signal(SIGKILL);
    const auto ended = replica.process->wait(kKilledLimit);
    const auto log = ended.out + ended.err;
    keep_log(fmt::format("replica-{}", replica.slot), log);
    if (late) {
      add_fault(fmt::format("a replica still ran {} s after SIGTERM and needed SIGKILL",
                            ground_.settings.draining.count()));
    } else if (ended.exit_code != 0) {
      add_fault(fmt::format("a replica ended with {}: {}", ended.exit_code, reason_in(log)));
    } else if (log.find("requests unfinished") != log.npos) {
      add_fault("a replica ended with requests unfinished");
    } else if (log.find("forwarding headers") != log.npos) {
      add_fault("a replica did not know its edge");
    } else if (code_ != nullptr && log.find("\"not ready\"") != log.npos) {
      add_fault("a replica's log says that it was not ready, and its servers were well all the time");
    }
  }
  end();
}

void Deployment::stop(const std::function<void()>& signalled) {
  begin(Phase::kDraining);
  test::RawClient slow(replicas_.front().port);
  slow.send(fmt::format("GET {} HTTP/1.1\r\nHost: slow\r\n", ground_.route));
  terminate();
  signalled();
  record_.statements = code_->stop();
  // The rest of the request comes when the drain is well under way.
  std::this_thread::sleep_for(std::min(kSlowRequest, kill_at_ - SteadyClock::now()));
  finish_slow_request(slow);
  kill_the_late();
}

void Deployment::finish_slow_request(test::RawClient& client) {
  try {
    client.send("\r\n");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(kill_at_ - SteadyClock::now());
    const auto reply = client.read_reply(false, left);
    const int status = test::status_of(reply);
    if (status != 200) add_fault(fmt::format("a request under way at SIGTERM got {}", status));
    if (reply.find("Connection: close") == reply.npos) {
      add_fault("a request under way at SIGTERM was not told that its connection ends");
    }
  } catch (const std::exception& error) {
    add_fault(fmt::format("a request under way at SIGTERM: {}", error.what()));
  }
}

void Deployment::add_fault(const std::string& text) {
  faults_.push_back({ground_.stopwatch.now(), fmt::format("deploy {}: {}", record_.number, text)});
}

}  // namespace bigocean::rehearse
