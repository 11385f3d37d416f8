// Random identifiers.
#pragma once

#include <cstddef>
#include <string>

namespace bigocean::base {

/// Random lower-case hexadecimal digits. They tell things apart and protect nothing: not for tokens.
/// Thread-safe.
std::string random_hex(std::size_t digits);

}  // namespace bigocean::base
