// What a failed connection attempt means: the stage it reached, whether it is transient, what to do.
#include "sql/postgres/connect_verdict.hpp"

namespace bigocean::sql {

std::string_view connect_stage_name(ConnectStage stage) {
  switch (stage) {
    case ConnectStage::kUrl:
      return "URL";
    case ConnectStage::kResolve:
      return "name resolution";
    case ConnectStage::kTcp:
      return "TCP";
    case ConnectStage::kTls:
      return "TLS";
    case ConnectStage::kAuthentication:
      return "authentication";
    case ConnectStage::kDatabase:
      return "database";
    case ConnectStage::kReady:
      break;
  }
  return "ready";
}

ConnectVerdict diagnose(const Attempt& attempt) {
  const auto& state = attempt.sqlstate;
  const auto has = [&](std::string_view part) { return attempt.text.find(part) != std::string::npos; };
  if (attempt.timed_out) {
    return {attempt.stage, true,
            "check that host and port lead to PostgreSQL and that no firewall drops the packets"};
  }
  if (state == "28P01") {
    return {ConnectStage::kAuthentication, false,
            "correct user and password in DATABASE_URL; percent-encode special characters"};
  }
  if (state == "28000") {
    return {
        ConnectStage::kAuthentication, false,
        "the server's pg_hba.conf refuses this user, database, address or encryption; if it wants TLS, add "
        "?sslmode=require to DATABASE_URL"};
  }
  if (state == "3D000")
    return {ConnectStage::kDatabase, false, "create the database, or correct its name in DATABASE_URL"};
  if (state == "42501")
    return {ConnectStage::kDatabase, false, "GRANT CONNECT ON DATABASE … TO … for this role"};
  if (state == "57P03")
    return {ConnectStage::kDatabase, true,
            "the server is starting up or shutting down: try again, or use --wait 60s"};
  if (state == "53300")
    return {ConnectStage::kDatabase, true,
            "close connections, raise max_connections, or put a pooler in front"};
  if (!state.empty()) return {ConnectStage::kDatabase, false, "see the server's log"};
  if (has("Connection refused")) {
    return {ConnectStage::kTcp, true,
            "start PostgreSQL, or correct host and port in DATABASE_URL; --wait 60s waits for it"};
  }
  if (has("No such file or directory")) {
    return {ConnectStage::kTcp, true,
            "no PostgreSQL listens on that socket: start it, or correct the folder in DATABASE_URL"};
  }
  if (has("no password supplied")) {
    return {ConnectStage::kAuthentication, false,
            "DATABASE_URL has no password, and the server requires one"};
  }
  if (has("does not support SSL")) {
    return {ConnectStage::kTls, false,
            "the server has no TLS: use ?sslmode=prefer or disable, or switch TLS on there"};
  }
  if (has("certificate")) {
    return {
        ConnectStage::kTls, false,
        "set sslrootcert to the server's CA, or use ?sslmode=require where the certificate is self-signed"};
  }
  if (has("received invalid response") || has("unsupported frontend protocol") ||
      has("expected authentication request")) {
    return {attempt.stage == ConnectStage::kTcp ? ConnectStage::kTls : attempt.stage, false,
            "the server there is not PostgreSQL: correct host and port in DATABASE_URL"};
  }
  if (has("session is read-only") || has("in hot standby mode") || has("session is not read-only")) {
    return {ConnectStage::kDatabase, true,
            "no server in DATABASE_URL has the requested target_session_attrs"};
  }
  const bool tls = has("SSL") || attempt.stage == ConnectStage::kTls;
  return {tls ? ConnectStage::kTls : attempt.stage, true,
          "check that host and port lead to a PostgreSQL that is up"};
}

}  // namespace bigocean::sql
