// Captures what a block of a test writes to standard output.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

namespace bigocean::test {

/// Takes standard output from construction to end(), which returns it.
class Captured {
 public:
  Captured() : file_(std::tmpfile()) {
    std::fflush(stdout);
    saved_ = ::dup(STDOUT_FILENO);
    ::dup2(::fileno(file_), STDOUT_FILENO);
  }
  ~Captured() {
    if (saved_ >= 0) end();
    std::fclose(file_);
  }
  std::string end() {
    std::fflush(stdout);
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
    saved_ = -1;
    std::rewind(file_);
    std::string text;
    for (int c = 0; (c = std::fgetc(file_)) != EOF;) text += static_cast<char>(c);
    return text;
  }

 private:
  std::FILE* file_;
  int saved_ = -1;
};

}  // namespace bigocean::test
