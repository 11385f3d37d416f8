// Makes Sentry's envelope, which is JSON, from an error event.
#include "server/observe/envelope.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/random_hex.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

namespace bigocean::server::observe {
namespace {

using Json = nlohmann::ordered_json;

// https://develop.sentry.dev/sdk/data-model/envelopes/ and …/event-payloads/
constexpr std::size_t kEventBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kTagCharactersMax = 200;
constexpr std::size_t kMessageCharactersMax = 8192;
constexpr std::size_t kLineCharactersMax = 1024;  ///< each text of a log line
constexpr std::size_t kCleanedBytesMax =
    std::size_t{64} * 1024;  ///< of a text; secrets are searched for in this part
constexpr std::size_t kLineFieldsMax = 16;
constexpr std::size_t kEventFramesMax = 50;

/// The first `characters` of UTF-8 text; whole characters only.
std::string_view shortened(std::string_view text, std::size_t characters) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80;
    if (begins && ++count > characters) return text.substr(0, i);
  }
  return text.substr(0, 4 * characters);  // no UTF-8 at all
}

/// JSON on one line; bytes that are not UTF-8 become U+FFFD.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

class Writer {
 public:
  Writer(const Event& event, const Origin& origin, std::span<const config::Secret> secrets)
      : event_(event), origin_(origin), secrets_(secrets) {}

  Json write() const {
    const Failure& failure = event_.failure;
    Json json;
    json["event_id"] = event_.id;
    json["timestamp"] = base::format_time(event_.time);
    json["platform"] = "native";
    json["level"] = event_.fatal ? "fatal" : "error";
    json["release"] = clean(event_.release.empty() ? origin_.release : event_.release, kTagCharactersMax);
    json["environment"] = clean(origin_.environment, kTagCharactersMax);
    json["server_name"] = clean(origin_.server, kTagCharactersMax);
    json["transaction"] = clean(failure.place, kTagCharactersMax);
    json["sdk"] = {{"name", "bigocean"}, {"version", base::version()}};
    if (!failure.group.empty()) json["fingerprint"] = Json::array({clean(failure.group, kTagCharactersMax)});
    json["exception"]["values"] = Json::array({exception()});
    json["tags"] = Json::object();
    for (const auto& [name, value] : failure.tags) json["tags"][name] = tag(value);
    if (!failure.trace_id.empty()) {
      json["contexts"]["trace"] = {{"trace_id", failure.trace_id},
                                   {"span_id", base::random_hex(16)},
                                   {"parent_span_id", failure.parent_span_id}};
    }
    if (!failure.trail.empty()) json["breadcrumbs"]["values"] = breadcrumbs();
    return json;
  }

 private:
  std::string clean(std::string_view text, std::size_t characters_max) const {
    std::string result(text.substr(0, kCleanedBytesMax));
    for (const auto& secret : secrets_) result = config::redact(result, secret);
    return std::string(shortened(result, characters_max));
  }

  std::string tag(std::string_view text) const {
    std::string result = clean(text, kTagCharactersMax);
    std::replace_if(
        result.begin(), result.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return result;
  }

  Json exception() const {
    Json json{
        {"type", clean(event_.failure.type, kTagCharactersMax)},
        {"value", clean(event_.failure.message, kMessageCharactersMax)},
        {"mechanism", {{"type", event_.fatal ? "signalhandler" : "generic"}, {"handled", !event_.fatal}}}};
    if (event_.frames.empty()) return json;
    auto frames = Json::array();
    const auto count = static_cast<std::ptrdiff_t>(std::min(event_.frames.size(), kEventFramesMax));
    // Sentry expects the innermost frame last.
    std::for_each(std::make_reverse_iterator(event_.frames.begin() + count), event_.frames.rend(),
                  [&](const Frame& frame) { frames.push_back(to_json(frame)); });
    json["stacktrace"]["frames"] = std::move(frames);
    return json;
  }

  Json to_json(const Frame& frame) const {
    Json json{{"instruction_addr", clean(frame.address, kTagCharactersMax)},
              {"package", clean(frame.module, kTagCharactersMax)}};
    const auto& place = frame.module.empty() ? frame.address : frame.module;
    json["function"] = clean(frame.function.empty() ? place : frame.function, kLineCharactersMax);
    return json;
  }

  Json breadcrumbs() const {
    auto values = Json::array();
    for (const auto& line : event_.failure.trail) {
      Json data = Json::object();
      for (const auto& [name, value] : line.fields) {
        if (data.size() < kLineFieldsMax && name != "detail") data[name] = clean(value, kLineCharactersMax);
      }
      values.push_back(
          {{"timestamp", base::format_time(line.time)},
           {"category", "log"},
           {"level", line.level == base::LogLevel::kWarn ? "warning" : base::log_level_name(line.level)},
           {"message", clean(line.message, kLineCharactersMax)},
           {"data", std::move(data)}});
    }
    return values;
  }

  const Event& event_;
  const Origin& origin_;
  std::span<const config::Secret> secrets_;
};

}  // namespace

Origin origin_of(const config::Settings& settings) {
  Origin origin;
  origin.release = settings.railway.git_commit_sha.empty()
                       ? fmt::format("bigocean@{}+{}", base::version(), base::git_commit())
                       : settings.railway.git_commit_sha;
  origin.environment = settings.on_railway() ? settings.railway.environment_name
                                             : std::string(config::environment_name(settings.environment));
  origin.server = settings.railway.replica_id;
  char host[256] = {};
  if (origin.server.empty() && ::gethostname(host, sizeof host - 1) == 0) origin.server = host;
  return origin;
}

std::string new_event_id() { return base::random_hex(32); }

Event event_of(Failure failure) {
  return {.id = new_event_id(), .time = std::chrono::system_clock::now(), .failure = std::move(failure)};
}

std::string make_envelope(const Event& event, const Origin& origin, std::span<const config::Secret> secrets,
                          SystemTime sent_at) {
  Json json = Writer(event, origin, secrets).write();
  std::string payload = dump(json);
  if (payload.size() > kEventBytesMax) {
    json.erase("breadcrumbs");  // all else is bounded far below
    payload = dump(json);
  }
  const Json head{{"event_id", event.id}, {"sent_at", base::format_time(sent_at)}};
  const Json item{{"type", "event"}, {"length", payload.size()}, {"content_type", "application/json"}};
  return dump(head) + "\n" + dump(item) + "\n" + payload + "\n";
}

}  // namespace bigocean::server::observe
