// What a failed connection attempt means: the stage it reached, whether it is transient, what to do. Used by
// connect.cpp only.
#pragma once

#include <string>

#include "sql/postgres/connect.hpp"

namespace bigocean::sql {

struct Target {
  std::string host;     // as written: name, address or socket folder; what TLS verification compares
  std::string address;  // numeric, or empty for a socket
  std::string port;
  std::string session_attrs{};  // instead of the URL's target_session_attrs; empty: as the URL says
};

struct Attempt {
  ConnectionHandle connection;  // set when it succeeded
  ConnectStage stage = ConnectStage::kTcp;
  std::string sqlstate;
  std::string text;
  bool timed_out = false;
};

struct ConnectVerdict {
  ConnectStage stage;
  bool transient;
  std::string hint;
};

ConnectVerdict diagnose(const Attempt& attempt);

}  // namespace bigocean::sql
