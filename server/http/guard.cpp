// The head of a request, held against RFC 9112.
#include "server/http/guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace bigocean::server::http {
namespace {

using base::equals_ignoring_case;

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};
/// httplib's own limit is 8192 for the whole request line.
constexpr std::size_t kTargetBytesMax = 8000;

/// A "token" of RFC 9110: what method and header names are made of.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

/// A header's value may hold printable bytes, tabs and bytes above 127; no control characters.
bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool is_target(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string_view trim_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Whether a comma-separated header value holds `word`.
bool lists(std::string_view value, std::string_view word) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (equals_ignoring_case(trim_blanks(value.substr(0, comma)), word)) return true;
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
  }
  return false;
}

/// Digits only: no sign, no blank, no hexadecimal, no overflow.
std::optional<std::size_t> parse_length(std::string_view text) {
  std::size_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

/// Collects what the header lines say, one line at a time.
class Reader {
 public:
  std::optional<Refusal> request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || last == first) return Refusal{400, "malformed request line"};
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(method) || !is_target(target)) return Refusal{400, "malformed request line"};
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
      return version.starts_with("HTTP/") ? Refusal{505, "only HTTP/1.1 and HTTP/1.0 are served"}
                                          : Refusal{400, "malformed request line"};
    }
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
      return Refusal{501, "unknown method"};
    }
    if (target.size() > kTargetBytesMax) return Refusal{414, "the request target is too long"};
    if (target.front() != '/' && target != "*") return Refusal{400, "the request target must begin with /"};
    head_.method = method;
    head_.path = target.substr(0, target.find('?'));
    http_1_1_ = version == "HTTP/1.1";
    head_.forwarded.append(line).append("\r\n");
    return std::nullopt;
  }

  std::optional<Refusal> header_line(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return Refusal{400, "a header line without a colon"};
    const auto name = line.substr(0, colon);
    const auto value = trim_blanks(line.substr(colon + 1));
    // Also catches folded lines and a space before the colon.
    if (!is_token(name)) return Refusal{400, "malformed header name"};
    if (!is_field_value(value)) return Refusal{400, "control characters in a header"};
    if (equals_ignoring_case(name, "host")) {
      if (++hosts_ > 1) return Refusal{400, "more than one Host header"};
    } else if (equals_ignoring_case(name, "content-length")) {
      if (length_) return Refusal{400, "more than one Content-Length header"};
      length_ = value.empty() ? std::nullopt : parse_length(value);
      if (!length_) return Refusal{400, "malformed Content-Length"};
      return std::nullopt;
    } else if (equals_ignoring_case(name, "transfer-encoding")) {
      if (head_.chunked) return Refusal{400, "more than one Transfer-Encoding header"};
      if (!equals_ignoring_case(value, "chunked"))
        return Refusal{501, "only the transfer coding chunked is served"};
      head_.chunked = true;
      return std::nullopt;
    } else if (equals_ignoring_case(name, "connection")) {
      close_ = close_ || lists(value, "close");
      return std::nullopt;
    } else if (equals_ignoring_case(name, "expect")) {
      if (!equals_ignoring_case(value, "100-continue"))
        return Refusal{417, "only 100-continue can be expected"};
      head_.expects_continue = true;
      return std::nullopt;
    } else if (equals_ignoring_case(name, "accept-encoding") || equals_ignoring_case(name, "range") ||
               equals_ignoring_case(name, "keep-alive") || equals_ignoring_case(name, "upgrade")) {
      // Compressing small JSON costs far more than it saves, and no reply has ranges.
      return std::nullopt;
    }
    head_.forwarded.append(name).append(": ").append(value).append("\r\n");
    return std::nullopt;
  }

  std::variant<Head, Refusal> finish(std::size_t body_bytes_max) {
    if (http_1_1_ && hosts_ == 0) return Refusal{400, "the Host header is missing"};
    if (head_.chunked && length_) return Refusal{400, "Transfer-Encoding beside Content-Length"};
    if (head_.chunked && !http_1_1_) return Refusal{400, "Transfer-Encoding in HTTP/1.0"};
    const bool has_body = head_.chunked || length_.value_or(0) > 0;
    if (has_body && (head_.method == "GET" || head_.method == "HEAD")) {
      return Refusal{400, "a body on GET or HEAD"};
    }
    if (length_.value_or(0) > body_bytes_max) return Refusal{413, "the body is too large"};
    head_.content_length = length_.value_or(0);
    head_.keep_alive = http_1_1_ && !close_;
    head_.expects_continue = head_.expects_continue && http_1_1_ && has_body;
    return std::move(head_);
  }

 private:
  Head head_;
  bool http_1_1_ = true;
  int hosts_ = 0;
  std::optional<std::size_t> length_;
  bool close_ = false;
};

}  // namespace

std::variant<Head, Refusal> read_head(std::string_view head, std::size_t body_bytes_max) {
  if (has_bare_line_end(head) || !head.ends_with("\r\n\r\n"))
    return Refusal{400, "a line end that is not CRLF"};
  head.remove_suffix(2);
  Reader reader;
  bool first = true;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    const auto refusal = first ? reader.request_line(line) : reader.header_line(line);
    if (refusal) return *refusal;
    first = false;
    head.remove_prefix(end + 2);
  }
  return reader.finish(body_bytes_max);
}

bool has_bare_line_end(std::string_view bytes) {
  for (auto at = bytes.find_first_of("\r\n"); at != std::string_view::npos;
       at = bytes.find_first_of("\r\n", at)) {
    if (bytes[at] == '\n') return true;
    if (at + 1 == bytes.size()) return false;
    if (bytes[at + 1] != '\n') return true;
    at += 2;
  }
  return false;
}

}  // namespace bigocean::server::http
