// Parses a Redis URL from left to right.
#include "config/redis_url.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "config/fault.hpp"
#include "config/percent.hpp"

namespace bigocean::config {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  RedisUrl parse() {
    parse_scheme();
    if (const auto space = text_.find_first_of(" \t\r\n"); space != text_.npos) fail(space, "white space");
    if (const auto hash = text_.find('#'); hash != text_.npos) {
      fail(hash, "an unescaped '#': in a password it is %23");
    }
    const auto authority_end = std::min(text_.find_first_of("/?", at_), text_.size());
    if (const auto at = text_.substr(0, text_.find('?')).rfind('@'); at != text_.npos) {
      if (at > authority_end) fail(authority_end, "an unescaped '/' in the user or password: it is %2F");
      parse_credentials(at);
    }
    parse_host(authority_end);
    at_ = authority_end;
    if (at_ < text_.size() && text_[at_] == '/') parse_database();
    if (at_ < text_.size()) parse_query();
    return result_;
  }

 private:
  [[noreturn]] void fail(std::size_t offset, std::string_view what) const {
    throw base::Error(base::ExitCode::kUsage, fault_at(text_, text_.substr(offset), what).wrong,
                      "write redis://user:password@host:6379/0, or rediss:// for TLS");
  }

  void parse_scheme() {
    const auto colon = text_.find("://");
    const std::string scheme = base::to_lower(text_.substr(0, std::min(colon, text_.size())));
    if (colon == text_.npos || (scheme != "redis" && scheme != "rediss")) {
      fail(0, "it must start with redis:// or, for TLS, rediss://");
    }
    result_.tls = scheme == "rediss";
    at_ = colon + 3;
  }

  void parse_credentials(std::size_t at) {
    if (const auto first = text_.find('@', at_); first != at) {
      fail(first, "an unescaped '@' in the user or password: it is %40");
    }
    const auto colon = text_.find(':', at_);
    if (colon >= at)
      fail(at, "a user without a password: put :password (or a : before a password alone) in front of @");
    result_.user = decoded(at_, colon);
    result_.password = Secret(decoded(colon + 1, at));
    if (result_.password.empty() && !result_.user.empty()) fail(at, "the password is empty");
    at_ = at + 1;
  }

  std::string decoded(std::size_t begin, std::size_t end) const {
    const auto value = percent_decode(text_.substr(begin, end - begin));
    if (!value)
      fail(text_.find('%', begin), "a '%' without two hex digits after it: the character % itself is %25");
    return *value;
  }

  void parse_host(std::size_t end) {
    std::size_t port = end;
    if (at_ < end && text_[at_] == '[') {
      const auto close = text_.find(']', at_);
      if (close >= end) fail(at_, "a [ without its ] around an IPv6 address");
      result_.host = text_.substr(at_ + 1, close - at_ - 1);
      port = close + 1;
      if (port < end && text_[port] != ':') fail(port, "text between ] and the port");
    } else {
      port = std::min(text_.find(':', at_), end);
      result_.host = text_.substr(at_, port - at_);
      if (const auto second = text_.find(':', port + 1); second < end) {
        fail(second, "a second ':': put an IPv6 address into [ ], and end credentials with @");
      }
    }
    if (result_.host.empty()) fail(at_, "the host name is missing");
    if (port < end) {
      const auto number = parse_number(port + 1, end, 65535);
      if (!number || *number == 0) fail(port + 1, "the port is not a number from 1 to 65535");
      result_.port = static_cast<std::uint16_t>(*number);
    }
  }

  void parse_database() {
    const auto begin = at_ + 1;
    const auto end = std::min(text_.find('?', begin), text_.size());
    if (begin < end) {
      const auto number = parse_number(begin, end, 1'000'000);
      if (!number) fail(begin, "the part after / is the number of the database, usually 0 to 15");
      result_.database = *number;
    }
    at_ = end;
  }

  void parse_query() {
    for (std::size_t begin = at_ + 1; begin < text_.size();) {
      const auto end = std::min(text_.find('&', begin), text_.size());
      const auto pair = text_.substr(begin, end - begin);
      if (!pair.starts_with("family=")) fail(begin, "the only supported parameter is family=0, 4 or 6");
      const auto value = pair.substr(7);
      if (value != "0" && value != "4" && value != "6") fail(begin + 7, "family is 0, 4 or 6");
      result_.family = value.front() - '0';
      begin = end + 1;
    }
  }

  std::optional<std::int64_t> parse_number(std::size_t begin, std::size_t end, std::int64_t max) const {
    std::int64_t value = 0;
    const auto [stop, failure] = std::from_chars(text_.data() + begin, text_.data() + end, value);
    if (failure != std::errc{} || stop != text_.data() + end || value < 0 || value > max) return std::nullopt;
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  RedisUrl result_;
};

}  // namespace

RedisUrl parse_redis_url(const Secret& url) { return Parser(url.reveal()).parse(); }

}  // namespace bigocean::config
