// PostgreSQL's client library, loaded when it is first needed.
#include "config/libpq.hpp"

#include <dlfcn.h>

#include "base/error.hpp"

namespace bigocean::config {
namespace {

[[noreturn]] void fail() {
  const char* reason = ::dlerror();
  throw base::Error(base::ExitCode::kInternal, "PostgreSQL's client library libpq.so.5 cannot be loaded",
                    "install it: apt-get install libpq5", reason == nullptr ? "" : reason);
}

Libpq load() {
  // Never closed: it is used until the process ends.
  void* library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) fail();
  Libpq functions;
  const auto find = [library](const char* name) {
    void* function = ::dlsym(library, name);
    if (function == nullptr) fail();
    return function;
  };
#define BIGOCEAN_LIBPQ_FIND(name) functions.name = reinterpret_cast<decltype(&::name)>(find(#name));
  BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_LIBPQ_FIND)
#undef BIGOCEAN_LIBPQ_FIND
  return functions;
}

}  // namespace

const Libpq& libpq() {
  static const Libpq functions = load();
  return functions;
}

}  // namespace bigocean::config
