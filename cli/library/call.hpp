// What the calls of the library share on our side of the public headers.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "base/interrupt.hpp"
#include "bigocean/call.hpp"
#include "config/settings.hpp"

namespace bigocean {

struct Stop::State {
  base::Interrupt interrupt;
};

/// Null where `stop` is.
const base::Interrupt* interrupt_of(const Stop* stop);

/// The settings of one call: defaults and `options`, each with the option's name as its flag. Neither the
/// environment nor a file is read. Throws base::Error(kUsage) that lists every wrong value.
config::Settings make_settings(std::vector<config::Override> options);

/// The exception that is being handled as the public error.
CallError current_error();

}  // namespace bigocean
