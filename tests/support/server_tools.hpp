// What the private servers have in common.
#pragma once

#include <string>

namespace bigocean::test {

/// How often a server is started anew, on another port, when somebody took its port first.
constexpr int kPortTries = 5;

/// For a name or password inside a URL.
std::string percent_encoded(const std::string& text);

}  // namespace bigocean::test
