// Lines on standard error.
#pragma once

#include <cstdio>
#include <string_view>

namespace bigocean::base {

/// Writes `text` as it is. What cannot be written is lost: a full disk behind standard error must not change
/// what a command does, nor its exit code.
inline void tell(std::string_view text) noexcept { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace bigocean::base
