// Shared libraries that are loaded when they are first needed, and not when the program starts.
#include "base/shared_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/error.hpp"

namespace bigocean::base {

namespace {

// A library's symbols are looked for in its own family first: to look through all of ours before it takes a
// third of the time that libpq needs to load. Sanitizers do not allow it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kFlags = RTLD_LAZY | RTLD_LOCAL;
#else
constexpr int kFlags = RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND;
#endif

}  // namespace

SharedLibrary::SharedLibrary(const char* file, const char* package,
                             std::initializer_list<const char*> large_ones)
    : file_(file), package_(package) {
  // Loaded by itself, a library finds its symbols at once; as one of a family it is looked for in all of
  // them.
  for (const char* large : large_ones) ::dlopen(large, kFlags);
  handle_ = ::dlopen(file, kFlags);
  if (handle_ == nullptr) fail();
}

void* SharedLibrary::symbol_if_there(const char* name) const { return ::dlsym(handle_, name); }

void* SharedLibrary::symbol(const char* name) const {
  void* found = symbol_if_there(name);
  if (found == nullptr) fail();
  return found;
}

void SharedLibrary::fail() const {
  const char* reason = ::dlerror();
  throw Error(ExitCode::kInternal, fmt::format("{} cannot be loaded", file_),
              fmt::format("install it: apt-get install {}", package_), reason == nullptr ? "" : reason);
}

}  // namespace bigocean::base
