// libFuzzer: for every answer in every language, the level is on the scale and does not depend on the case.
#include <cstdint>
#include <string_view>

#include "base/text.hpp"
#include "server/product/assessment/agreement.hpp"
#include "tests/fuzz/require.hpp"

using namespace bigocean;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  for (const auto language : server::assessment::kLanguages) {
    const auto agreement = server::assessment::read_agreement(answer, language);
    if (agreement) {
      require(agreement->level >= 1 && agreement->level <= 5, "a level is on the scale");
      require(agreement->confidence > 0 && agreement->confidence <= 1, "a confidence is a share");
    }
    require(agreement == server::assessment::read_agreement(base::to_lower(answer), language),
            "the case does not matter");
  }
  return 0;
}
