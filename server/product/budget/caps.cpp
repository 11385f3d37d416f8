// Scopes by name, caps by scope, and the warnings on the way to a cap.
#include "server/product/budget/caps.hpp"

#include <algorithm>

namespace bigocean::server::budget {
namespace {

/// Without a product that could overflow: at least `percent` of `cap`, rounded up to a whole nano-dollar.
bool has_reached(NanoDollars spent, int percent, NanoDollars cap) {
  const NanoDollars threshold = cap / 100 * percent + (cap % 100 * percent + 99) / 100;
  return spent >= threshold;
}

}  // namespace

std::string_view scope_name(Scope scope) {
  switch (scope) {
    case Scope::kSession:
      return "session";
    case Scope::kUserDay:
      return "user_day";
    case Scope::kAddressDay:
      return "address_day";
    case Scope::kServiceDay:
      return "service_day";
  }
  return {};
}

std::optional<Scope> scope_of(std::string_view name) {
  const auto found = std::ranges::find(kScopes, name, scope_name);
  if (found == kScopes.end()) return std::nullopt;
  return *found;
}

NanoDollars Caps::of(Scope scope) const {
  switch (scope) {
    case Scope::kSession:
      return session;
    case Scope::kUserDay:
      return user_day;
    case Scope::kAddressDay:
      return address_day;
    case Scope::kServiceDay:
      break;
  }
  return service_day;
}

Caps caps_of(const product::Settings::Budget& settings) {
  return {settings.session.nano, settings.user_day.nano, settings.service_day.nano,
          settings.address_day.nano};
}

std::vector<std::size_t> crossed(NanoDollars spent, NanoDollars cost, NanoDollars cap) {
  std::vector<std::size_t> places;
  if (cap <= 0) return places;
  for (std::size_t i = 0; i < kWarnPercents.size(); ++i) {
    if (has_reached(spent, kWarnPercents[i], cap) && !has_reached(spent - cost, kWarnPercents[i], cap))
      places.push_back(i);
  }
  return places;
}

}  // namespace bigocean::server::budget
