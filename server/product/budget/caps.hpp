// The caps on spending, and the warnings on the way to a cap.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "server/llm/usage.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::budget {

using llm::NanoDollars;

/// The scope of a budget: a session for its whole life, or for a day of UTC a user, the unnamed users of an
/// address, or the whole service.
enum class Scope { kSession, kUserDay, kAddressDay, kServiceDay };
constexpr std::array kScopes{Scope::kSession, Scope::kUserDay, Scope::kAddressDay, Scope::kServiceDay};

/// "session", "user_day", "address_day", "service_day".
std::string_view scope_name(Scope scope);
std::optional<Scope> scope_of(std::string_view name);

struct Caps {
  NanoDollars session = 0;
  NanoDollars user_day = 0;
  NanoDollars service_day = 0;
  NanoDollars address_day = 0;

  NanoDollars of(Scope scope) const;
};

Caps caps_of(const product::Settings::Budget& settings);

/// Shares of a cap, in percent, that are worth a warning.
constexpr std::array kWarnPercents{50, 75, 90};

/// The indices of those kWarnPercents that `spent` reaches and `spent - cost` did not. Since the amount spent
/// only grows, each is crossed once.
std::vector<std::size_t> crossed(NanoDollars spent, NanoDollars cost, NanoDollars cap);

}  // namespace bigocean::server::budget
