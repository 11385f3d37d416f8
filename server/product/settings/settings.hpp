// The settings of the product: the interview, its models, money and limits.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/setting.hpp"
#include "server/accounts/settings.hpp"
#include "server/llm/model_prices.hpp"
#include "server/llm/settings.hpp"

namespace bigocean::server::product {

using std::chrono::milliseconds;

/// An amount of money, exact to the nano-dollar (thousand-millionth of a dollar).
struct Dollars {
  std::int64_t nano = 0;
};

/// The defaults are in server/product/default.toml and nowhere else.
struct Settings {
  struct Rpc {
    std::int64_t message_chars_max = 0;  ///< Unicode code points of one message
  } rpc;

  llm::AnthropicSettings anthropic;

  struct Assessment {
    milliseconds session_lifetime{};
    milliseconds turn_lease{};           ///< how long a session stays busy after its process died, at most
    std::int64_t messages_max = 0;       ///< of the user's, in one session
    std::int64_t confidence_enough = 0;  ///< 0 to 100, of each facet: the interview may end
    std::int64_t reply_tokens_max = 0;
    std::int64_t analysis_tokens_max = 0;
    std::int64_t analysis_workers = 0;       ///< threads of one serve
    std::int64_t analysis_attempts_max = 0;  ///< then an analysis is given up
    milliseconds reply_wait{};               ///< for a reply that another process makes
    milliseconds retention{};                ///< of a conversation after it expired; 0: no limit
    std::int64_t retention_batch = 0;        ///< conversations removed by one transaction
  } assessment;

  /// The tables [prices.MODEL], by model.
  std::vector<llm::ModelPrices> prices;

  /// What may be spent: by one session, by one user and by the whole service in a day of UTC.
  struct Budget {
    Dollars session;
    Dollars user_day;
    Dollars service_day;
    Dollars address_day;  ///< of users without an account, by address
  } budget;

  /// Rate limits of users, and of addresses for callers without an account.
  struct Limits {
    std::int64_t assessments_per_user_day = 0;
    std::int64_t resumes_per_user_week = 0;
    std::int64_t messages_per_user_minute = 0;
    std::int64_t assessments_per_address_day = 0;
    std::int64_t messages_per_address_minute = 0;
    std::int64_t assessments_per_network_day = 0;  ///< IPv6 /48, IPv4 /24
    std::int64_t requests_per_address_minute = 0;  ///< counted by each process
    std::int64_t memory_keys_max = 0;              ///< kept in the process while Redis is unreachable
  } limits;

  /// The web pages, and what a host can change in them.
  struct Pages {
    bool enabled = false;
    std::string name;         ///< of the service, in the page's head
    std::string welcome;      ///< the first page's heading; empty: the page's own words
    std::string privacy_url;  ///< a link on every page; empty: none
    std::string public_url;   ///< where the service is reached, without a slash at the end; empty: unknown
    std::string colour;       ///< "#rrggbb"; empty: the page's own
    std::string colour_dark;  ///< the same for the dark theme
  } pages;

  accounts::Settings accounts;
  accounts::ChallengeSettings challenge;
};

/// The product's part of the table of settings.
config::Floor settings_floor();

/// The product's part of `settings`. If it was not loaded, the first form returns empty settings, and the
/// second creates them.
const Settings& of(const config::Settings& settings);
Settings& of(config::Settings& settings);

/// The key of the model's API.
inline constexpr config::Requirement kAnthropicKey{"anthropic.api_key"};

}  // namespace bigocean::server::product
