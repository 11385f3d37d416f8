// The rows of the product in the table of settings: the interview, its models, money and limits.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/default_values.hpp"
#include "config/table_rows.hpp"
#include "config/url.hpp"
#include "server/llm/dollars.hpp"
#include "server/product/settings/price_reader.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::product {

std::span<const config::DefaultValue> default_values();  // made by cmake/defaults.cmake

namespace {

using config::check_api_key;
using config::check_http_url;
using config::kDay;
using config::kHour;
using config::kMinute;
using config::kSecond;
using config::Setting;

constexpr std::int64_t kDollarsMax = 1'000'000 * llm::kNanoDollarsPerDollar;

std::optional<config::Fault> assign_dollars(void* field, std::string_view text, const Setting& setting) {
  const auto value = llm::parse_dollars(text);
  if (!value) {
    return config::Fault{
        fmt::format("{} is not an amount of dollars (digits, and a point with up to nine more)",
                    config::shown_value(text)),
        {}};
  }
  if (*value < setting.min || *value > setting.max) {
    return config::Fault{fmt::format("{} is outside {} to {}", config::shown_value(text),
                                     llm::format_dollars(setting.min), llm::format_dollars(setting.max)),
                         {}};
  }
  static_cast<Dollars*>(field)->nano = *value;
  return std::nullopt;
}

std::string text_of_dollars(const void* field) {
  return llm::format_dollars(static_cast<const Dollars*>(field)->nano);
}

std::optional<config::Fault> check_colour(std::string_view value) {
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (value.size() == 7 && value.front() == '#' && std::all_of(value.begin() + 1, value.end(), is_digit))
    return std::nullopt;
  return config::Fault{
      fmt::format("{} is not a colour: # and six hexadecimal digits", config::shown_value(value)), {}};
}

std::optional<config::Fault> check_public_url(std::string_view value) {
  if (auto fault = check_http_url(value)) return fault;
  if (value.ends_with('/')) return config::Fault{"must not end with a slash", {}};
  return std::nullopt;
}

template <class Value>
config::Field field_of(Value& value) {
  return &value;
}
config::Field field_of(Dollars& value) { return config::OwnField{&value, assign_dollars, text_of_dollars}; }

// A captureless function from the settings to one field of the product's part.
#define BIGOCEAN_PRODUCT_FIELD(member) \
  [](config::Settings& s) -> config::Field { return field_of(of(s).member); }

// clang-format off
constexpr std::array kRows{
    Setting{.info = {"rpc.message_chars_max", "BIGOCEAN_RPC_MESSAGE_CHARS_MAX", "integer",
                     "characters (Unicode code points) of one message at most"},
            .field = BIGOCEAN_PRODUCT_FIELD(rpc.message_chars_max), .min = 1, .max = 20'000},

    Setting{.info = {"anthropic.api_key", "ANTHROPIC_API_KEY", "secret",
                     "key of the chat model's API"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.api_key), .example = "sk-ant-api03-...",
            .check = check_api_key},
    Setting{.info = {"anthropic.base_url", "ANTHROPIC_BASE_URL", "url",
                     "address of the chat model's API"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.base_url), .check = check_http_url},
    Setting{.info = {"anthropic.interviewer_model", "BIGOCEAN_INTERVIEWER_MODEL", "text",
                     "model that interviews; [prices] must contain it"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.interviewer_model)},
    Setting{.info = {"anthropic.analyser_model", "BIGOCEAN_ANALYSER_MODEL", "text",
                     "model that finds evidence in messages; [prices] must contain it"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.analyser_model)},
    Setting{.info = {"anthropic.timeout", "BIGOCEAN_ANTHROPIC_TIMEOUT", "duration",
                     "limit of one call, retries included"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.timeout), .min = 100, .max = kHour},
    Setting{.info = {"anthropic.connect_timeout", "BIGOCEAN_ANTHROPIC_CONNECT_TIMEOUT", "duration",
                     "limit of one connection attempt, from name resolution to TLS"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.connect_timeout), .min = 10, .max = 10 * kMinute},
    Setting{.info = {"anthropic.silence_timeout", "BIGOCEAN_ANTHROPIC_SILENCE_TIMEOUT", "duration",
                     "how long the API may send nothing, before its first byte and between two"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.silence_timeout), .min = 10, .max = kHour},
    Setting{.info = {"anthropic.retries_max", "BIGOCEAN_ANTHROPIC_RETRIES_MAX", "integer",
                     "retries of a call at most, if it cannot have been billed"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.retries_max), .min = 0, .max = 10},
    Setting{.info = {"anthropic.idle_max", "BIGOCEAN_ANTHROPIC_IDLE_MAX", "integer",
                     "open connections that are kept for the next call at most"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.idle_max), .min = 0, .max = 10'000},
    Setting{.info = {"anthropic.idle_timeout", "BIGOCEAN_ANTHROPIC_IDLE_TIMEOUT", "duration",
                     "how long an open connection is kept for the next call; shorter than the API keeps it"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.idle_timeout), .min = 0, .max = kHour},
    Setting{.info = {"anthropic.prompt_cache", "BIGOCEAN_ANTHROPIC_PROMPT_CACHE", "boolean",
                     "whether the repeated part of a prompt is cached where that is cheaper"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.prompt_cache)},
    Setting{.info = {"anthropic.cache_prefix_tokens_min", "BIGOCEAN_ANTHROPIC_CACHE_PREFIX_TOKENS_MIN", "integer",
                     "tokens below which the API caches no prefix"},
            .field = BIGOCEAN_PRODUCT_FIELD(anthropic.cache_prefix_tokens_min), .min = 1, .max = 1'000'000},

    Setting{.info = {"assessment.session_lifetime", "BIGOCEAN_ASSESSMENT_SESSION_LIFETIME", "duration",
                     "how long a session can be continued after it was started"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.session_lifetime), .min = 60'000, .max = 365 * 24 * kHour},
    Setting{.info = {"assessment.turn_lease", "BIGOCEAN_ASSESSMENT_TURN_LEASE", "duration",
                     "how long a session stays busy after the process that answers it died"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.turn_lease), .min = 1000, .max = 10 * kMinute},
    Setting{.info = {"assessment.messages_max", "BIGOCEAN_ASSESSMENT_MESSAGES_MAX", "integer",
                     "messages of the user in one session at most"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.messages_max), .min = 1, .max = 1000},
    Setting{.info = {"assessment.confidence_enough", "BIGOCEAN_ASSESSMENT_CONFIDENCE_ENOUGH", "integer",
                     "the interview ends early when every facet has this confidence"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.confidence_enough), .min = 1, .max = 100},
    Setting{.info = {"assessment.reply_tokens_max", "BIGOCEAN_ASSESSMENT_REPLY_TOKENS_MAX", "integer",
                     "tokens of one reply of the interviewer's"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.reply_tokens_max), .min = 1, .max = 2'000},
    Setting{.info = {"assessment.analysis_tokens_max", "BIGOCEAN_ASSESSMENT_ANALYSIS_TOKENS_MAX", "integer",
                     "tokens of one analysis"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.analysis_tokens_max), .min = 1, .max = 64'000},
    Setting{.info = {"assessment.analysis_workers", "BIGOCEAN_ASSESSMENT_ANALYSIS_WORKERS", "integer",
                     "threads that make analyses; 0: none in this process"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.analysis_workers), .min = 0, .max = 256},
    Setting{.info = {"assessment.analysis_attempts_max", "BIGOCEAN_ASSESSMENT_ANALYSIS_ATTEMPTS_MAX", "integer",
                     "attempts at one analysis before it is given up"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.analysis_attempts_max), .min = 1, .max = 100},
    Setting{.info = {"assessment.reply_wait", "BIGOCEAN_ASSESSMENT_REPLY_WAIT", "duration",
                     "how long a returning client waits for a reply that another process makes"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.reply_wait), .min = 0, .max = kMinute},
    Setting{.info = {"assessment.retention", "BIGOCEAN_ASSESSMENT_RETENTION", "duration",
                     "how long an expired conversation is kept; 0: until it is deleted"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.retention), .min = 0, .max = 100 * 365 * kDay},
    Setting{.info = {"assessment.retention_batch", "BIGOCEAN_ASSESSMENT_RETENTION_BATCH", "integer",
                     "expired conversations that one transaction removes at most"},
            .field = BIGOCEAN_PRODUCT_FIELD(assessment.retention_batch), .min = 1, .max = 10'000},

    Setting{.info = {"budget.session", "BIGOCEAN_BUDGET_SESSION", "dollars",
                     "what one session may cost"},
            .field = BIGOCEAN_PRODUCT_FIELD(budget.session), .min = 0, .max = kDollarsMax},
    Setting{.info = {"budget.user_day", "BIGOCEAN_BUDGET_USER_DAY", "dollars",
                     "what one user may cost in a day of UTC"},
            .field = BIGOCEAN_PRODUCT_FIELD(budget.user_day), .min = 0, .max = kDollarsMax},
    Setting{.info = {"budget.service_day", "BIGOCEAN_BUDGET_SERVICE_DAY", "dollars",
                     "what the whole service may cost in a day of UTC"},
            .field = BIGOCEAN_PRODUCT_FIELD(budget.service_day), .min = 0, .max = kDollarsMax},
    Setting{.info = {"budget.address_day", "BIGOCEAN_BUDGET_ADDRESS_DAY", "dollars",
                     "what users of one address without an account may cost in a day of UTC"},
            .field = BIGOCEAN_PRODUCT_FIELD(budget.address_day), .min = 0, .max = kDollarsMax},

    Setting{.info = {"limits.assessments_per_user_day", "BIGOCEAN_LIMITS_ASSESSMENTS_PER_USER_DAY", "integer",
                     "assessments that one user may begin in 24 hours"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.assessments_per_user_day), .min = 1, .max = 1'000'000},
    Setting{.info = {"limits.resumes_per_user_week", "BIGOCEAN_LIMITS_RESUMES_PER_USER_WEEK", "integer",
                     "how often one user may resume a session in seven days"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.resumes_per_user_week), .min = 1, .max = 1'000'000},
    Setting{.info = {"limits.messages_per_user_minute", "BIGOCEAN_LIMITS_MESSAGES_PER_USER_MINUTE", "integer",
                     "messages that one user may send in a minute"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.messages_per_user_minute), .min = 1, .max = 6'000},
    Setting{.info = {"limits.assessments_per_address_day", "BIGOCEAN_LIMITS_ASSESSMENTS_PER_ADDRESS_DAY", "integer",
                     "assessments that new users of one address may begin in 24 hours"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.assessments_per_address_day), .min = 1, .max = 1'000'000},
    Setting{.info = {"limits.messages_per_address_minute", "BIGOCEAN_LIMITS_MESSAGES_PER_ADDRESS_MINUTE", "integer",
                     "messages that users of one address without an account may send in a minute"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.messages_per_address_minute), .min = 1, .max = 6'000},
    Setting{.info = {"limits.assessments_per_network_day", "BIGOCEAN_LIMITS_ASSESSMENTS_PER_NETWORK_DAY", "integer",
                     "assessments that new users of one network (IPv6 /48, IPv4 /24) may begin in 24 hours"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.assessments_per_network_day), .min = 1, .max = 1'000'000},
    Setting{.info = {"limits.requests_per_address_minute", "BIGOCEAN_LIMITS_REQUESTS_PER_ADDRESS_MINUTE", "integer",
                     "requests of one address to the procedures in a minute, counted by each process"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.requests_per_address_minute), .min = 1, .max = 100'000},
    Setting{.info = {"limits.memory_keys_max", "BIGOCEAN_LIMITS_MEMORY_KEYS_MAX", "integer",
                     "counters that a process keeps while Redis is unreachable"},
            .field = BIGOCEAN_PRODUCT_FIELD(limits.memory_keys_max), .min = 1, .max = 10'000'000},

    Setting{.info = {"pages.enabled", "BIGOCEAN_PAGES_ENABLED", "boolean",
                     "whether the web pages are served"},
            .field = BIGOCEAN_PRODUCT_FIELD(pages.enabled)},
    Setting{.info = {"pages.name", "BIGOCEAN_PAGES_NAME", "text",
                     "the service's name on the web pages"},
            .field = BIGOCEAN_PRODUCT_FIELD(pages.name)},
    Setting{.info = {"pages.welcome", "BIGOCEAN_PAGES_WELCOME", "text",
                     "heading of the first web page; empty: its own words"},
            .field = BIGOCEAN_PRODUCT_FIELD(pages.welcome), .example = "Find out who you are"},
    Setting{.info = {"pages.privacy_url", "BIGOCEAN_PAGES_PRIVACY_URL", "url",
                     "where the web pages' link about privacy leads; empty: no link"},
            .field = BIGOCEAN_PRODUCT_FIELD(pages.privacy_url), .example = "https://example.com/privacy", .check = check_http_url},
    Setting{.info = {"pages.public_url", "BIGOCEAN_PAGES_PUBLIC_URL", "url",
                     "where the web pages are reached; for the pictures that other sites show of shared profiles"},
            .field = BIGOCEAN_PRODUCT_FIELD(pages.public_url), .example = "https://app.example.com", .check = check_public_url},
    Setting{.info = {"pages.colour", "BIGOCEAN_PAGES_COLOUR", "text",
                     "colour of buttons and links on the web pages; empty: their own"},
            .field = BIGOCEAN_PRODUCT_FIELD(pages.colour), .example = "#7a2e8e", .check = check_colour},
    Setting{.info = {"pages.colour_dark", "BIGOCEAN_PAGES_COLOUR_DARK", "text",
                     "the same in the dark theme"},
            .field = BIGOCEAN_PRODUCT_FIELD(pages.colour_dark), .example = "#d9a4e8", .check = check_colour},

    Setting{.info = {"accounts.algorithm", "BIGOCEAN_ACCOUNTS_ALGORITHM", "text",
                     "signature of your accounts' tokens: HS256, RS256, ES256 or EdDSA; empty: no accounts"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.algorithm), .example = "ES256"},
    Setting{.info = {"accounts.secret", "BIGOCEAN_ACCOUNTS_SECRET", "secret",
                     "shared secret of HS256, at least 32 bytes"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.secret), .example = "a long random text"},
    Setting{.info = {"accounts.jwks_url", "BIGOCEAN_ACCOUNTS_JWKS_URL", "url",
                     "address of the public keys for RS256, ES256 and EdDSA (JSON Web Key Set)"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.jwks_url), .example = "https://auth.example.com/.well-known/jwks.json", .check = check_http_url},
    Setting{.info = {"accounts.issuer", "BIGOCEAN_ACCOUNTS_ISSUER", "text",
                     "the `iss` that a token must have; empty: any"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.issuer), .example = "https://auth.example.com/"},
    Setting{.info = {"accounts.audience", "BIGOCEAN_ACCOUNTS_AUDIENCE", "text",
                     "the `aud` that a token must name; empty: any"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.audience), .example = "bigocean"},
    Setting{.info = {"accounts.clock_skew_max", "BIGOCEAN_ACCOUNTS_CLOCK_SKEW_MAX", "duration",
                     "how far the clock of the tokens' signer may differ"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.clock_skew_max), .min = 0, .max = kHour},
    Setting{.info = {"accounts.keys_lifetime", "BIGOCEAN_ACCOUNTS_KEYS_LIFETIME", "duration",
                     "how long public keys are used before they are read again"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.keys_lifetime), .min = kSecond, .max = kDay},
    Setting{.info = {"accounts.timeout", "BIGOCEAN_ACCOUNTS_TIMEOUT", "duration",
                     "limit of reading the public keys"},
            .field = BIGOCEAN_PRODUCT_FIELD(accounts.timeout), .min = 10, .max = kMinute},

    Setting{.info = {"challenge.verify_url", "BIGOCEAN_CHALLENGE_VERIFY_URL", "url",
                     "address of the challenge's verifier (siteverify); empty: strangers need no challenge"},
            .field = BIGOCEAN_PRODUCT_FIELD(challenge.verify_url), .example = "https://challenge.example.com/siteverify", .check = check_http_url},
    Setting{.info = {"challenge.secret", "BIGOCEAN_CHALLENGE_SECRET", "secret",
                     "secret key of the challenge for its verifier"},
            .field = BIGOCEAN_PRODUCT_FIELD(challenge.secret), .example = "a long random text"},
    Setting{.info = {"challenge.timeout", "BIGOCEAN_CHALLENGE_TIMEOUT", "duration",
                     "limit of one check of a proof"},
            .field = BIGOCEAN_PRODUCT_FIELD(challenge.timeout), .min = 10, .max = kMinute},
};
// clang-format on

constexpr std::string_view kNumberTables[] = {"prices"};

void prepare(config::Settings& settings) { of(settings); }

void read_tables(const config::TableSources& sources, config::Loaded& loaded) {
  auto prices = read_prices(sources.defaults, sources.file, sources.file_name, sources.faults);
  if (sources.with_lines) {
    for (const auto& model : prices.models)
      loaded.lines.push_back({"prices." + model.model, text_of(model), prices.sources[model.model]});
  }
  of(loaded.settings).prices = std::move(prices.models);
}

}  // namespace

config::Floor settings_floor() {
  return {.rows = kRows,
          .defaults = default_values(),
          .prepare = prepare,
          .number_tables = kNumberTables,
          .read_tables = read_tables};
}

const Settings& of(const config::Settings& settings) {
  static const Settings kEmpty;
  const auto* made = std::any_cast<Settings>(&settings.service);
  return made == nullptr ? kEmpty : *made;
}

Settings& of(config::Settings& settings) {
  auto* made = std::any_cast<Settings>(&settings.service);
  return made == nullptr ? settings.service.emplace<Settings>() : *made;
}

}  // namespace bigocean::server::product
