// What the calls of the library share on our side of the public headers.
#include "cli/library/call.hpp"

#include <csignal>
#include <new>

#include "config/setting.hpp"
#include "sql/postgres/server_error.hpp"

namespace bigocean {
namespace {

ErrorCode code_of(base::ExitCode code) {
  if (code == base::ExitCode::kTerminated) return ErrorCode::kStopped;
  return static_cast<ErrorCode>(code);
}

}  // namespace

Stop::Stop() : state_(std::make_unique<State>()) {}
Stop::~Stop() = default;

void Stop::request() noexcept { state_->interrupt.raise(SIGINT); }

const base::Interrupt* interrupt_of(const Stop* stop) {
  return stop == nullptr ? nullptr : &stop->state().interrupt;
}

config::Settings make_settings(std::vector<config::Override> options) {
  config::Sources sources;
  sources.overrides = std::move(options);
  sources.overrides_only = true;
  return config::load_settings(sources).settings;
}

CallError current_error() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const sql::ServerError& error) {
    return {code_of(error.code), error.message, error.hint, error.sqlstate};
  } catch (const base::Error& error) {
    return {code_of(error.code), error.message, error.hint, {}};
  } catch (const std::exception& error) {
    return {ErrorCode::kInternal, error.what(), {}, {}};
  }
}

}  // namespace bigocean
