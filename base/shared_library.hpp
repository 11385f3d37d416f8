// Shared libraries that are loaded at their first use instead of at the start of the program.
#pragma once

#include <initializer_list>

namespace bigocean::base {

/// A loaded library. It stays loaded until the process ends.
class SharedLibrary {
 public:
  /// `file` is a soname: "libssl.so.3". `package` is the Debian package, for the hint. Throws
  /// base::Error(kInternal) when the library is missing. `large_ones` are the dependencies with the most
  /// symbols; a missing one is skipped.
  SharedLibrary(const char* file, const char* package, std::initializer_list<const char*> large_ones = {});

  /// The library's function `name`, as a pointer of type F. Throws like the constructor.
  template <typename F>
  F find(const char* name) const {
    return reinterpret_cast<F>(symbol(name));
  }

  /// The same for a function that older versions of the library lack: null when it is missing.
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

/// One function of a library that is loaded with the first call; `Load` returns the library's functions.
/// Throws what `Load` throws.
template <auto Load, auto Member>
struct LibraryCall;
template <class Library, const Library& (*Load)(), class Result, class... Parameters,
          Result (*Library::*Member)(Parameters...)>
struct LibraryCall<Load, Member> {
  Result operator()(Parameters... parameters) const { return (Load().*Member)(parameters...); }
};

}  // namespace bigocean::base

// For a list LIST(X) of X(symbol, plain_name): a member for each symbol in a struct, and the members found in
// `library`.
#define BIGOCEAN_LIBRARY_MEMBER(symbol, plain_name) decltype(&::symbol) symbol = nullptr;
#define BIGOCEAN_LIBRARY_FIND(symbol, plain_name) symbol = library.find<decltype(&::symbol)>(#symbol);
