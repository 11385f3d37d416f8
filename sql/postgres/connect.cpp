// Opening a PGconn: names resolved and every address tried within one time-out.
#include "sql/postgres/connect.hpp"
#include "config/pq.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <regex>
#include <utility>

#include "base/net/resolve.hpp"
#include "base/text.hpp"
#include "sql/postgres/connect_verdict.hpp"

namespace bigocean::sql {
namespace {

using base::ExitCode;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::string address_text(const Target& target) {
  if (target.address.empty()) return fmt::format("socket {}/.s.PGSQL.{}", target.host, target.port);
  if (target.address == target.host) return fmt::format("{} port {}", target.address, target.port);
  return fmt::format("{} ({}) port {}", target.host, target.address, target.port);
}

std::vector<std::string> split_list(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

using ConnectParameters = std::map<std::string, std::string>;

/// The options that have a value other than libpq's own default; frees them.
ConnectParameters take_parameters(PQconninfoOption* options) {
  ConnectParameters parameters;
  for (const auto* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    const bool is_default = option->val != nullptr && option->compiled != nullptr &&
                            std::string_view(option->val) == option->compiled;
    if (option->val != nullptr && !is_default) parameters[option->keyword] = option->val;
  }
  pq::conninfo_free(options);
  return parameters;
}

/// Adds what the service file has for the service that the parameters, or PGSERVICE, name. libpq reads that
/// file only when it connects, so it is given one value that it refuses after reading and before connecting.
void add_service(ConnectParameters& parameters) {
  constexpr const char* kRefused = "channel_binding";
  auto asked = parameters;
  asked[kRefused] = "refused on purpose";
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : asked) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  const ConnectionHandle connection(pq::connect_start(keys.data(), values.data(), 0));
  if (!connection) throw std::bad_alloc();
  auto found = take_parameters(pq::conninfo(connection.get()));
  if (found.empty() || !found.contains(kRefused)) {
    throw ConnectError(
        ExitCode::kUsage, ConnectStage::kUrl, "", false,
        fmt::format("DATABASE_URL names a service: {}", base::trim(pq::error_message(connection.get()))),
        "services are defined in ~/.pg_service.conf, or in the file that PGSERVICEFILE names");
  }
  found.erase(kRefused);
  found.erase("service");
  if (const auto own = parameters.find(kRefused); own != parameters.end()) found.insert(*own);
  parameters = std::move(found);
}

ConnectParameters parse_url(const config::Secret& url) {
  if (url.empty()) {
    throw ConnectError(ExitCode::kUsage, ConnectStage::kUrl, "", false, "no database URL is set",
                       "set DATABASE_URL=postgresql://user:password@host:5432/database");
  }
  char* problem = nullptr;
  PQconninfoOption* options = pq::conninfo_parse(url.reveal().c_str(), &problem);
  if (options == nullptr) {
    const std::string text = problem == nullptr ? "out of memory" : config::redact(problem, url);
    pq::free_memory(problem);
    throw ConnectError(
        ExitCode::kUsage, ConnectStage::kUrl, "", false,
        fmt::format("DATABASE_URL cannot be read: {}", base::trim(text)),
        "a valid value looks like postgresql://user:password@host:5432/database; percent-encode "
        "special characters in the password");
  }
  auto parameters = take_parameters(options);
  if (parameters.contains("service") || ::getenv("PGSERVICE") != nullptr) add_service(parameters);
  return parameters;
}

/// Adds the time since the last call to a stage's own.
class StageClock {
 public:
  explicit StageClock(ConnectTrace& trace) : trace_(trace) {}
  /// A server may answer for several stages at once: then the time stands at the first of them.
  void came_to(ConnectStage stage) {
    for (const auto passed :
         {ConnectStage::kTcp, ConnectStage::kTls, ConnectStage::kAuthentication, ConnectStage::kDatabase}) {
      if (passed <= stage) trace_.elapsed.try_emplace(passed);
    }
  }
  void spent_in(ConnectStage stage) {
    const auto now = Clock::now();
    trace_.elapsed[stage] += std::chrono::duration_cast<std::chrono::microseconds>(now - mark_);
    mark_ = now;
  }

 private:
  ConnectTrace& trace_;
  Clock::time_point mark_ = Clock::now();
};

/// libpq is given one address at a time, so that the two rounds of prefer-standby have to be made here.
void add_second_round(std::vector<Target>& targets) {
  auto any = targets;
  for (Target& target : targets) target.session_attrs = "standby";
  for (Target& target : any) target.session_attrs = "any";
  targets.insert(targets.end(), any.begin(), any.end());
}

/// Host, port and hostaddr lists of libpq made into single targets, every name into all its addresses.
std::vector<Target> find_targets(const ConnectParameters& parameters, const ConnectOptions& options,
                                 Deadline deadline, StageClock& clock) {
  const auto get = [&](const char* key, const char* variable, const char* otherwise) {
    if (const auto found = parameters.find(key); found != parameters.end()) return found->second;
    const char* value = ::getenv(variable);
    return std::string(value == nullptr ? otherwise : value);
  };
  const auto hosts = split_list(get("host", "PGHOST", ""));
  const auto addresses = split_list(get("hostaddr", "PGHOSTADDR", ""));
  const auto ports = split_list(get("port", "PGPORT", "5432"));
  std::vector<Target> targets;
  std::string failure;
  for (std::size_t i = 0; i < std::max(hosts.size(), addresses.size()); ++i) {
    std::string host = i < hosts.size() ? hosts[i] : "";
    std::string port = ports[std::min(i, ports.size() - 1)];
    if (port.empty()) port = "5432";
    if (base::parse_digits(port, 65535).value_or(0) == 0) {
      throw ConnectError(ExitCode::kUsage, ConnectStage::kUrl, "", false,
                         fmt::format("DATABASE_URL has the port \"{}\"", port),
                         "a port is a number from 1 to 65535");
    }
    if (i < addresses.size() && !addresses[i].empty()) {
      targets.push_back({host.empty() ? addresses[i] : host, addresses[i], port});
    } else if (host.empty() || host.front() == '/' || host.front() == '@') {
      targets.push_back({host.empty() ? "/var/run/postgresql" : host, "", port});
    } else {
      const auto resolution = base::resolve(host, 0, AF_UNSPEC, deadline, options.interrupt);
      if (!resolution) {
        failure = fmt::format("{}: no answer from name resolution within {}", host,
                              base::format_duration(options.timeout));
      } else if (resolution->failure != 0) {
        failure = fmt::format("{}: {}", host, ::gai_strerror(resolution->failure));
      }
      for (const auto& address : resolution.value_or(base::Resolution{}).addresses) {
        targets.push_back({host, address.text, port});
      }
    }
  }
  clock.spent_in(ConnectStage::kResolve);
  if (targets.empty()) {
    throw ConnectError(
        ExitCode::kUnreachable, ConnectStage::kResolve, "", true,
        fmt::format("cannot resolve the database's host {}", failure),
        "check the host in DATABASE_URL; a *.railway.internal name exists only inside the project's "
        "private network, not at build time");
  }
  if (get("target_session_attrs", "PGTARGETSESSIONATTRS", "") == "prefer-standby") add_second_round(targets);
  return targets;
}

// ---- one attempt
// -------------------------------------------------------------------------------------------

/// SQLSTATEs stand in the message since the verbosity is "verbose": "FATAL:  28P01: password …".
/// With sslmode=prefer libpq tries twice, with TLS and without; a wrong password is the truth of both.
std::string find_sqlstate(const std::string& text) {
  static const std::regex pattern(R"(:\s+(?=[A-Z]*[0-9])([0-9A-Z]{5}):\s)");  // not "FATAL"
  std::string last;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern); it != std::sregex_iterator();
       ++it) {
    last = (*it)[1];
    if (last == "28P01" || last == "3D000") return last;
  }
  return last;
}

/// The message without libpq's preamble, LOCATION lines and repetition.
std::string clean_message(const std::string& text, const std::string& sqlstate) {
  std::string_view rest = text;
  if (!sqlstate.empty()) {
    const auto at = text.find(sqlstate + ":");
    if (at != std::string::npos) rest.remove_prefix(at + 6);
    return std::string(base::trim(rest.substr(0, rest.find('\n'))));
  }
  const auto failed = rest.find("failed: ");
  if (failed != std::string_view::npos) rest.remove_prefix(failed + 8);
  return std::string(base::trim(rest.substr(0, rest.find('\n'))));
}

ConnectStage stage_of(ConnStatusType status, ConnectStage before) {
  switch (status) {
    case CONNECTION_STARTED:
      return ConnectStage::kTcp;
    case CONNECTION_MADE:
    case CONNECTION_SSL_STARTUP:
      return ConnectStage::kTls;
    case CONNECTION_AWAITING_RESPONSE:
      return ConnectStage::kAuthentication;
    case CONNECTION_AUTH_OK:
    case CONNECTION_CHECK_WRITABLE:
    case CONNECTION_CONSUME:
    case CONNECTION_CHECK_TARGET:
    case CONNECTION_CHECK_STANDBY:
      return ConnectStage::kDatabase;
    default:
      return before;
  }
}

Attempt try_target(const ConnectParameters& parameters, const Target& target, ConnectOptions& options,
                   Deadline deadline, StageClock& clock) {
  ConnectParameters all = {
      {"gssencmode", "disable"},  // costs milliseconds and is only wanted where the URL asks for it
      {"keepalives_idle", "10"},
      {"keepalives_interval", "5"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", "30000"}};
  for (const auto& [key, value] : parameters) all[key] = value;
  all["client_encoding"] = "UTF8";  // what we send is UTF-8, regardless of the URL and PGCLIENTENCODING
  all["host"] = target.host;
  all["port"] = target.port;
  all.erase("hostaddr");
  if (!target.address.empty()) all["hostaddr"] = target.address;
  if (!target.session_attrs.empty()) all["target_session_attrs"] = target.session_attrs;
  if (!options.application_name.empty()) all["application_name"] = options.application_name;
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : all) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);

  Attempt attempt;
  ConnectionHandle connection(pq::connect_start(keys.data(), values.data(), 0));
  if (!connection) throw std::bad_alloc();
  pq::set_error_verbosity(connection.get(), PQERRORS_VERBOSE);
  pq::set_notice_receiver(
      connection.get(), [](void*, const PGresult*) {}, nullptr);  // libpq's own writes to standard error
  auto polling = PGRES_POLLING_WRITING;
  while (pq::status(connection.get()) != CONNECTION_BAD && polling != PGRES_POLLING_OK &&
         polling != PGRES_POLLING_FAILED) {
    if (attempt.stage == ConnectStage::kAuthentication && options.meanwhile)
      std::exchange(options.meanwhile, nullptr)();
    switch (wait_for_socket(pq::socket(connection.get()), polling == PGRES_POLLING_WRITING, deadline,
                            options.interrupt)) {
      case Woken::kInterrupted:
        base::throw_if_interrupted(options.interrupt);
        break;
      case Woken::kTimeout:
        clock.spent_in(attempt.stage);
        attempt.timed_out = true;
        attempt.text = attempt.stage == ConnectStage::kTcp
                           ? "no answer to the connection attempt"
                           : "the connection was accepted, but nothing answered";
        return attempt;
      case Woken::kReady:
        break;
    }
    polling = pq::connect_poll(connection.get());
    clock.spent_in(attempt.stage);
    attempt.stage = stage_of(pq::status(connection.get()), attempt.stage);
  }
  if (polling == PGRES_POLLING_OK && pq::status(connection.get()) == CONNECTION_OK) {
    pq::set_error_verbosity(connection.get(), PQERRORS_DEFAULT);
    pq::set_nonblocking(connection.get(), 1);
    attempt.connection = std::move(connection);
    return attempt;
  }
  const std::string text = pq::error_message(connection.get());
  attempt.sqlstate = find_sqlstate(text);
  attempt.text = clean_message(text, attempt.sqlstate);
  return attempt;
}

[[noreturn]] void fail(const Target& target, const Attempt& attempt, const ConnectOptions& options,
                       const config::Secret& url, const std::string& attempts) {
  const auto verdict = diagnose(attempt);
  const auto text = config::redact(attempt.text, url);
  std::string message;
  if (attempt.timed_out) {
    message = fmt::format("no connection to PostgreSQL at {} within {}: {}", address_text(target),
                          base::format_duration(options.timeout), text);
  } else {
    message = fmt::format("cannot connect to PostgreSQL at {} ({}): {}", address_text(target),
                          connect_stage_name(verdict.stage), text);
    if (!attempt.sqlstate.empty()) message += fmt::format(" (SQLSTATE {})", attempt.sqlstate);
  }
  throw ConnectError(ExitCode::kUnreachable, verdict.stage, attempt.sqlstate, verdict.transient, message,
                     verdict.hint, attempts);
}

}  // namespace

Woken wait_for_socket(int socket, bool for_write, Deadline deadline, const base::Interrupt* interrupt) {
  for (;;) {
    pollfd entries[2] = {{socket, static_cast<short>(for_write ? POLLIN | POLLOUT : POLLIN), 0},
                         {interrupt == nullptr ? -1 : interrupt->fd(), POLLIN, 0}};
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    const int ready = ::poll(entries, 2, timeout);
    if (ready > 0 && entries[1].revents != 0) return Woken::kInterrupted;
    if (ready > 0) return Woken::kReady;
    if (left <= 0) return Woken::kTimeout;
  }
}

ConnectionHandle open_connection(const config::Secret& url, ConnectOptions options) {
  const auto deadline = Clock::now() + options.timeout;
  ConnectTrace unused;
  ConnectTrace& trace = options.trace != nullptr ? *options.trace : unused;
  StageClock clock(trace);
  const auto parameters = parse_url(url);
  const auto targets = find_targets(parameters, options, deadline, clock);
  for (const auto& target : targets) trace.resolved.push_back(address_text(target));
  std::optional<std::pair<Target, Attempt>> worst;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    // A silent address gets its share of the time, not all of it, so that the next ones are tried too.
    const auto share = (deadline - Clock::now()) / static_cast<int>(targets.size() - i);
    auto attempt = try_target(parameters, targets[i], options, Clock::now() + share, clock);
    clock.came_to(attempt.connection ? ConnectStage::kReady : diagnose(attempt).stage);
    if (attempt.connection) return std::move(attempt.connection);
    trace.refused.push_back(trace.resolved[i] + ": " + config::redact(attempt.text, url));
    // The address that reached the furthest stage has the most useful error.
    if (!worst || diagnose(attempt).stage >= diagnose(worst->second).stage)
      worst.emplace(targets[i], std::move(attempt));
  }
  fail(worst->first, worst->second, options, url, fmt::format("{}\n", fmt::join(trace.refused, "\n")));
}

}  // namespace bigocean::sql
