// Shared libraries that are loaded when they are first needed, and not when the program starts.
#pragma once

#include <initializer_list>

namespace bigocean::base {

/// Stays loaded until the process ends.
class SharedLibrary {
 public:
  /// `file` is a soname: "libssl.so.3". `package` is Debian's, for the hint. Throws base::Error(kInternal)
  /// when it is not there. `large_ones` are those that it brings along and that have most symbols; one that
  /// is not there is left out.
  SharedLibrary(const char* file, const char* package, std::initializer_list<const char*> large_ones = {});

  /// The library's function of that name, as a pointer of type F. Throws like the constructor.
  template <typename F>
  F find(const char* name) const {
    return reinterpret_cast<F>(symbol(name));
  }

  /// The same for what older versions of the library lack: null then.
  template <typename F>
  F find_if_there(const char* name) const {
    return reinterpret_cast<F>(symbol_if_there(name));
  }

 private:
  void* symbol_if_there(const char* name) const;
  void* symbol(const char* name) const;
  [[noreturn]] void fail() const;

  const char* file_;
  const char* package_;
  void* handle_;
};

}  // namespace bigocean::base

// For a list of function names `LIST(X)`: a member for each in a struct, and the members of `functions` found
// in `library`.
#define BIGOCEAN_LIBRARY_MEMBER(name) decltype(&::name) name = nullptr;
#define BIGOCEAN_LIBRARY_FIND(name) functions.name = library.find<decltype(&::name)>(#name);
