// Errors as problem+json, and the bytes of a reply.
#include "server/http/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "server/http/retry_after.hpp"

namespace bigocean::server::http {

namespace {

/// 413 has its older name, which the procedures use as well.
std::string tag_of(int status) {
  if (status == 413) return "PayloadTooLarge";
  std::string tag(reason_phrase(status));
  tag.erase(std::remove(tag.begin(), tag.end(), ' '), tag.end());
  return tag;
}

}  // namespace

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  for (const auto& [one, value] : headers) {
    if (base::equals_ignoring_case(one, name)) return value;
  }
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return status < 400 ? "OK" : status < 500 ? "Client Error" : "Server Error";
  }
}

Reply problem(int status, std::string_view detail) {
  nlohmann::ordered_json body;
  body["_tag"] = tag_of(status);
  body["type"] = "about:blank";
  body["title"] = reason_phrase(status);
  body["status"] = status;
  if (!detail.empty()) body["detail"] = detail;
  return {status,
          "application/problem+json",
          body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace),
          {}};
}

Reply busy(std::string_view detail) { return problem(503, detail); }

std::string http_date(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];  // in the "C" locale, which this program never leaves
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::string head_bytes(const Reply& reply, std::string_view framing) {
  std::string bytes = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", reply.status, reason_phrase(reply.status),
                                  http_date(std::chrono::system_clock::now()));
  // A 204 and a 304 have no content, and so neither a type nor a length (RFC 9110, 8.6).
  if (reply.status != 204 && reply.status != 304)
    bytes += fmt::format("Content-Type: {}\r\n{}", reply.content_type, framing);
  const auto retry_after = retry_after_of(reply);
  if (!retry_after.empty()) bytes.append("Retry-After: ").append(retry_after).append("\r\n");
  for (const auto& [name, value] : reply.headers)
    bytes.append(name).append(": ").append(value).append("\r\n");
  return bytes.append("\r\n");
}

std::string chunk(std::string_view piece) { return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece); }

std::string to_bytes(const Reply& reply, bool with_body) {
  auto bytes = head_bytes(reply, fmt::format("Content-Length: {}\r\n", reply.body.size()));
  return with_body ? bytes.append(reply.body) : bytes;
}

std::string with_close(std::string bytes) {
  return bytes.insert(bytes.find("\r\n") + 2, "Connection: close\r\n");
}

}  // namespace bigocean::server::http
