// A line of JSON that can be composed in a signal handler: fixed size, no library.
#include "server/observe/crash_line.hpp"

#include <chrono>

namespace bigocean::server::observe {

void CrashLine::put(char c) {
  if (size_ < bytes_.size()) bytes_[size_++] = c;
}

CrashLine& CrashLine::text(const char* text) {
  for (; *text != '\0'; ++text) put(*text);
  return *this;
}

CrashLine& CrashLine::escaped(const char* text) {
  for (; *text != '\0'; ++text) {
    if (*text == '"' || *text == '\\') put('\\');
    put(*text >= ' ' && *text < 0x7f ? *text : '?');
  }
  return *this;
}

void CrashLine::digits(unsigned long value, unsigned base, int width) {
  char reversed[24];
  int count = 0;
  for (; value != 0 || count < width; value /= base) reversed[count++] = "0123456789abcdef"[value % base];
  while (count > 0) put(reversed[--count]);
}

CrashLine& CrashLine::decimal(unsigned long value) {
  digits(value, 10, 1);
  return *this;
}

CrashLine& CrashLine::hex(std::uintptr_t value) {
  text("0x");
  digits(value, 16, 1);
  return *this;
}

CrashLine& CrashLine::time(const timespec& since_1970) {
  const std::chrono::seconds seconds(since_1970.tv_sec);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss clock(seconds - day);
  const auto part = [this](long value, int width, char behind) {
    digits(static_cast<unsigned long>(value), 10, width);
    put(behind);
  };
  part(static_cast<int>(date.year()), 4, '-');
  part(static_cast<long>(static_cast<unsigned>(date.month())), 2, '-');
  part(static_cast<long>(static_cast<unsigned>(date.day())), 2, 'T');
  part(clock.hours().count(), 2, ':');
  part(clock.minutes().count(), 2, ':');
  part(clock.seconds().count(), 2, '.');
  part(since_1970.tv_nsec / 1'000'000, 3, 'Z');
  return *this;
}

}  // namespace bigocean::server::observe
