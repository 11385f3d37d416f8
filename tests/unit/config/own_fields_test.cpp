// Fields of a type that only their floor knows, in settings that were made in code and not loaded.
#include <doctest/doctest.h>

#include "config/setting.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::config::own_fields_test {
namespace {

TEST_CASE("settings that were not loaded have an empty part of the product") {
  const Settings never_loaded;
  CHECK(server::product::of(never_loaded).budget.session.nano == 0);
  CHECK(secrets_of(never_loaded).empty());

  Settings made;
  server::product::of(made).anthropic.api_key = Secret("sk-ant-test-0123456789abcdef");
  CHECK(secrets_of(made).size() == 1);
  CHECK(text_of(*find_setting("budget.session"), made) == "0");
  CHECK_FALSE(assign(*find_setting("budget.session"), made, "0.25").has_value());
  CHECK(server::product::of(made).budget.session.nano == 250'000'000);
}

}  // namespace
}  // namespace bigocean::config::own_fields_test
