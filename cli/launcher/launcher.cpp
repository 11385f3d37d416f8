// The first program of the relocatable package: replaces itself by the real one, with the loader and the
// libraries that lie beside it, wherever the package was put. The kernel takes a program's loader from an
// absolute path only, so a program that brings its own cannot be started directly. Linked statically: it
// needs nothing of the machine, not even a shell.
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kInternalFailure = 1;  // kInternal of base/error.hpp

/// Where systems keep the certificates of the authorities that they trust: Debian, Alpine and Arch; Fedora
/// and RHEL; openSUSE; Alpine without its package of them. The OpenSSL of the package is Debian's and looks
/// in Debian's place only.
constexpr const char* kAuthorities[] = {
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

int fail(const char* what, const char* path) {
  std::fprintf(
      stderr,
      "error: %s %s: %s\n  -> unpack the whole package again: bin/bigocean needs lib/bigocean beside bin/\n",
      what, path, std::strerror(errno));
  return kInternalFailure;
}

/// The folder above bin/, where this file is; symbolic links that lead here are followed. Works without
/// /proc.
bool find_package(char (&folder)[PATH_MAX]) {
  const auto* started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (started == nullptr || realpath(started, folder) == nullptr) return false;
  for (int levels = 0; levels < 2; ++levels) {
    char* slash = std::strrchr(folder, '/');
    if (slash == nullptr) return false;
    *slash = '\0';
  }
  return true;
}

bool join(char (&path)[PATH_MAX], const char* folder, const char* name) {
  const int length = std::snprintf(path, sizeof path, "%s%s", folder, name);
  return length > 0 && static_cast<unsigned>(length) < sizeof path;
}

void name_authorities() {
  if (getenv("SSL_CERT_FILE") != nullptr || getenv("SSL_CERT_DIR") != nullptr) return;
  for (const char* file : kAuthorities) {
    if (access(file, R_OK) != 0) continue;
    setenv("SSL_CERT_FILE", file, 0);
    return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  char folder[PATH_MAX], loader[PATH_MAX], libraries[PATH_MAX], program[PATH_MAX];
  if (!find_package(folder)) return fail("cannot find the folder of", argc > 0 ? argv[0] : "bigocean");
  // The loader has the program's name, which is what tools that list processes show.
  if (!join(loader, folder, "/lib/bigocean/bigocean") || !join(libraries, folder, "/lib/bigocean") ||
      !join(program, folder, "/lib/bigocean/program")) {
    errno = ENAMETOOLONG;
    return fail("cannot start from", folder);
  }
  name_authorities();
  static char inhibit_cache[] = "--inhibit-cache", library_path[] = "--library-path", argv0[] = "--argv0",
              own_name[] = "bigocean";
  constexpr int kOwn = 7;  // the words before those of the command line
  auto** words = static_cast<char**>(std::calloc(static_cast<std::size_t>(argc) + kOwn + 1, sizeof(char*)));
  if (words == nullptr) return fail("cannot start", loader);
  char* own[kOwn] = {loader, inhibit_cache, library_path, libraries, argv0, argc > 0 ? argv[0] : own_name,
                     program};
  std::memcpy(words, own, sizeof own);
  for (int at = 1; at < argc; ++at) words[kOwn - 1 + at] = argv[at];
  execv(loader, words);
  return fail("cannot start", loader);
}
