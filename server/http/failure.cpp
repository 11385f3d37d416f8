// A failure inside the service, as it is reported.
#include "server/http/failure.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

#include "config/secret.hpp"
#include "sql/postgres/outage.hpp"
#include "sql/postgres/server_error.hpp"

namespace bigocean::server {
namespace {

std::string type_name(const std::exception& error) {
  const char* mangled = typeid(error).name();
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled, nullptr, nullptr, &status),
                                                    std::free);
  return status == 0 ? name.get() : mangled;
}

/// Empty when it is not an error of PostgreSQL.
std::string sqlstate_of(const std::exception& error) {
  const auto* named = dynamic_cast<const sql::ServerError*>(&error);
  return named != nullptr ? named->sqlstate : "";
}

/// `invalid input syntax for type integer: "what a user wrote"`.
std::string without_quoted(const std::string& message) {
  const auto first = message.find('"');
  const auto last = message.rfind('"');
  if (first == std::string::npos) return message;
  // A value that continues on the next line has lost its end.
  if (first == last) return message.substr(0, first + 1) + "***";
  return message.substr(0, first + 1) + "***" + message.substr(last);
}

}  // namespace

Prospect prospect_of(const std::exception& error) {
  const auto* ours = dynamic_cast<const base::Error*>(&error);
  if (ours == nullptr || ours->code != base::ExitCode::kUnreachable) return {};
  const auto outage = sql::outage_of(sqlstate_of(error));
  if (!outage) return {.transient = true, .is_news = false};
  return {.transient = true, .retry_after = outage->retry_after, .is_news = outage->is_news};
}

Failure failure_of(const std::exception& error) {
  Failure failure;
  failure.type = type_name(error);
  const std::string_view text = error.what();
  failure.message = config::redact_urls(text.substr(0, text.find('\n')));
  const auto sqlstate = sqlstate_of(error);
  if (sqlstate.starts_with("22")) failure.message = without_quoted(failure.message);
  if (sqlstate == "P0001")
    failure.message = "an exception that SQL raised itself";  // its text may hold values
  if (!sqlstate.empty()) failure.tags.emplace_back("sqlstate", sqlstate);
  if (sql::outage_of(sqlstate)) failure.group = "sqlstate " + sqlstate;
  return failure;
}

}  // namespace bigocean::server
