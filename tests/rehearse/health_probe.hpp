// Sends requests as the platform's health check does, and reads why an answer is not healthy.
#pragma once

#include <string>

namespace bigocean::rehearse {

/// One GET with the platform's Host header. Empty when it answered exactly 200; else what it said.
std::string probe_health(int port, const std::string& path);

/// One GET over a connection of its own; throws std::runtime_error unless it answered 200.
void get_200(int port, const std::string& path);

}  // namespace bigocean::rehearse
