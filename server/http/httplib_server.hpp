// The parts of cpp-httplib that differ between the versions of Debian 12 and 13, met in one place.
#pragma once

#include <httplib.h>

#include <string>
#include <string_view>
#include <utility>

namespace bigocean::server::http {

/// A request in memory, and room for its reply. No socket: reading and writing are the event loop's.
class MemoryStream : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view in) : in_(in) {}

  bool is_readable() const override { return !in_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* buffer, size_t size) override {
    const auto taken = in_.copy(buffer, size);
    in_.remove_prefix(taken);
    return static_cast<ssize_t>(taken);
  }
  ssize_t write(const char* data, size_t size) override {
    out_.append(data, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  // httplib answers 500 to descriptors above FD_SETSIZE; it never gets one from here.
  socket_t socket() const override { return INVALID_SOCKET; }
  // Pure virtual in later versions; an override in none of those that lack them.
  virtual time_t duration() const { return 0; }

  std::string take_reply() { return std::move(out_); }

 private:
  std::string_view in_;
  std::string out_;
};

/// httplib's parser and router without its thread for each connection.
class RequestProcessor : public httplib::Server {
 public:
  /// False when httplib could not make sense of the request.
  bool process(MemoryStream& stream) { return process_with(*this, stream); }

 private:
  // A template, so that the signature which this version lacks is not looked at.
  template <typename Self>
  static bool process_with(Self& self, MemoryStream& stream) {
    bool closed = false;
    const std::string none;
    if constexpr (requires { self.process_request(stream, none, 0, none, 0, false, closed, nullptr); }) {
      return self.process_request(stream, none, 0, none, 0, false, closed, nullptr);
    } else {
      return self.process_request(stream, false, closed, nullptr);
    }
  }
};

}  // namespace bigocean::server::http
