// A line of JSON that can be composed in a signal handler: fixed size, no library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>

namespace bigocean::server::observe {

/// Async-signal-safe. Text that does not fit is left out; has_room_for_frame() keeps room for the end of the
/// line.
class CrashLine {
 public:
  CrashLine& text(const char* text);     ///< as it is
  CrashLine& escaped(const char* text);  ///< as the inside of a JSON string; non-ASCII bytes become "?"
  CrashLine& decimal(unsigned long value);
  CrashLine& hex(std::uintptr_t value);         ///< "0x7f"
  CrashLine& time(const timespec& since_1970);  ///< RFC 3339, UTC, milliseconds

  bool has_room_for_frame() const { return size_ + kFrameBytes < bytes_.size(); }
  const char* data() const { return bytes_.data(); }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kFrameBytes = 1024;

  void put(char c);
  void digits(unsigned long value, unsigned base, int width);

  std::array<char, 32768> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace bigocean::server::observe
