// Random identifiers.
#include "base/random_hex.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace bigocean::base {

std::string random_hex(std::size_t digits) {
  // Several are made for each request, so the device only seeds a fast generator.
  thread_local std::mt19937_64 random{(static_cast<std::uint64_t>(std::random_device()()) << 32U) ^
                                      std::random_device()()};
  std::string text;
  while (text.size() < digits) text += fmt::format("{:016x}", random());
  text.resize(digits);
  return text;
}

}  // namespace bigocean::base
