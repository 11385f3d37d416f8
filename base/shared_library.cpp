// Shared libraries that are loaded at their first use instead of at the start of the program.
#include "base/shared_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/error.hpp"

namespace bigocean::base {

namespace {

// RTLD_DEEPBIND: a library's symbols are looked up among its own dependencies first. Searching this program's
// symbols before them takes a third of the time to load libpq. Sanitizers do not allow it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kFlags = RTLD_LAZY | RTLD_LOCAL;
#else
constexpr int kFlags = RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND;
#endif

}  // namespace

SharedLibrary::SharedLibrary(const char* file, const char* package,
                             std::initializer_list<const char*> large_ones)
    : file_(file), package_(package) {
  // A library that is loaded by itself finds its symbols at once; as a dependency, it is searched along with
  // all others.
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
