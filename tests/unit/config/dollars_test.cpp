// Amounts of money as settings.
#include <doctest/doctest.h>

#include "base/error.hpp"
#include "config/settings.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::config::dollars_test {
namespace {

Loaded load(const std::string& session) {
  Sources sources;
  sources.with_lines = true;
  sources.environment = [&](const std::string& name) {
    return name == "BIGOCEAN_BUDGET_SESSION" ? std::optional(session) : std::nullopt;
  };
  sources.working_directory = "/nonexistent";
  return load_settings(sources);
}

TEST_CASE("budgets are exact, and shown as they are written") {
  const auto loaded = load("0.123456789");
  CHECK(server::product::of(loaded.settings).budget.session.nano == 123'456'789);
  CHECK(server::product::of(loaded.settings).budget.service_day.nano == 75'000'000'000);
  bool shown = false;
  for (const auto& line : loaded.lines) {
    if (line.key == "budget.session") shown = line.value == "0.123456789";
  }
  CHECK(shown);
}

TEST_CASE("what is no amount is refused with its name") {
  for (const char* text : {"1e3", "-1", "0.1234567891", "1000001", "a lot"}) {
    CAPTURE(text);
    try {
      load(text);
      FAIL("taken");
    } catch (const base::Error& error) {
      CHECK(error.code == base::ExitCode::kUsage);
      CHECK((error.message + error.hint + error.detail).find("BIGOCEAN_BUDGET_SESSION") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace bigocean::config::dollars_test
