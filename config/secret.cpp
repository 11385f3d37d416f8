// Finds the secret parts of a value or a message, and replaces them.
#include "config/secret.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "config/percent.hpp"

namespace bigocean::config {
namespace {

constexpr std::string_view kBlot = "***";
constexpr std::size_t kShort = 8;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// A piece of a text, [begin, end), that is secret.
struct Span {
  std::size_t begin;
  std::size_t end;
};

bool is_secret_name(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kParts{"password", "passwd", "secret",
                                                          "token",    "key",    "auth"};
  const std::string lower = base::to_lower(name);
  if (lower == "sslkey" || lower == "require_auth" || lower == "channel_binding") return false;
  return lower == "pwd" || lower == "pass" || std::any_of(kParts.begin(), kParts.end(), [&](auto part) {
           return lower.find(part) != std::string::npos;
         });
}

/// name=value pairs of a query ("&" between them).
void find_in_query(std::string_view text, std::size_t begin, std::size_t end, std::vector<Span>& spans) {
  while (begin < end) {
    const std::size_t stop = std::min(text.find('&', begin), end);
    const std::size_t equals = text.find('=', begin);
    if (equals < stop && is_secret_name(text.substr(begin, equals - begin)))
      spans.push_back({equals + 1, stop});
    begin = stop + 1;
  }
}

/// The secrets of the URL whose "://" stands at `colon` and which ends at `end`. It may be malformed: an
/// unescaped / ? # or @ in a password must not let a part of it through, so the last @ ends the credentials.
void find_in_url(std::string_view text, std::size_t scheme_begin, std::size_t colon, std::size_t end,
                 std::vector<Span>& spans) {
  const std::string scheme = base::to_lower(text.substr(scheme_begin, colon - scheme_begin));
  const std::size_t begin = colon + 3;
  const std::string_view rest = text.substr(begin, end - begin);
  std::size_t at = rest.rfind('@');
  // An @ in a query after complete credentials is not a part of them.
  if (const auto query = rest.find('?'); query != rest.npos && at != rest.npos && at > query) {
    const auto first = rest.find('@');
    if (first < query && rest.find('@', first + 1) > query) at = first;
  }
  std::size_t after = begin;
  if (at != rest.npos) {
    const auto separator = rest.substr(0, at).find(':');
    const bool user_is_public = scheme.starts_with("postgres") || separator != rest.npos;
    const bool web = scheme.starts_with("http");
    if (separator != rest.npos && !web) {
      if (separator + 1 < at) spans.push_back({begin + separator + 1, begin + at});
    } else if (at > 0 && (web || !user_is_public)) {
      spans.push_back({begin, begin + at});
    }
    after = begin + at + 1;
  } else {
    // No @: host:port at most. Any other text after a colon may be a password that lost its host.
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const auto separator = authority.rfind(':');
    const bool bracket = authority.find(']') != authority.npos && separator < authority.find(']');
    if (separator != authority.npos && !bracket) {
      const auto port = authority.substr(separator + 1);
      const bool number = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
      const bool more = authority.find(':') != separator && authority.find_first_of("[,") == authority.npos;
      if (!number || port.size() > 5 || more)
        spans.push_back({begin + authority.find(':') + 1, begin + authority.size()});
    }
  }
  if (const auto query = text.find('?', after); query < end) find_in_query(text, query + 1, end, spans);
}

/// The values of password=… and the like in a keyword/value string of libpq.
void find_in_keywords(std::string_view text, std::vector<Span>& spans) {
  for (std::size_t equals = text.find('='); equals != text.npos; equals = text.find('=', equals + 1)) {
    std::size_t name_end = equals;
    while (name_end > 0 && text[name_end - 1] == ' ') --name_end;
    std::size_t name_begin = name_end;
    while (name_begin > 0 && is_word(text[name_begin - 1])) --name_begin;
    if (!is_secret_name(text.substr(name_begin, name_end - name_begin))) continue;
    std::size_t begin = equals + 1;
    while (begin < text.size() && text[begin] == ' ') ++begin;
    const bool quoted = begin < text.size() && text[begin] == '\'';
    if (quoted) ++begin;
    std::size_t end = begin;
    while (end < text.size() && (quoted ? text[end] != '\'' : text[end] != ' '))
      end += text[end] == '\\' ? 2U : 1U;
    end = std::min(end, text.size());
    if (begin < end) spans.push_back({begin, end});
    equals = std::max(equals, end - 1);
  }
}

bool is_scheme(char c) { return is_word(c) || c == '+' || c == '.' || c == '-'; }

std::size_t scheme_begin_of(std::string_view text, std::size_t colon) {
  std::size_t begin = colon;
  while (begin > 0 && is_scheme(text[begin - 1])) --begin;
  return begin;
}

/// The values of "name=value,name=value"; all of a part without a name.
void find_in_list(std::string_view text, std::vector<Span>& spans) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto equals = text.find('=', begin);
    spans.push_back({equals < end ? equals + 1 : begin, end});
    begin = end + 1;
  }
}

/// The secret pieces of one setting's value; empty for a value that is a secret as a whole.
std::vector<Span> spans_of(const Secret& secret) {
  const std::string_view value = secret.reveal();
  std::vector<Span> spans;
  if (secret.form() == Secret::Form::kList) {
    find_in_list(value, spans);
  } else if (const auto colon = value.find("://"); colon != value.npos) {
    find_in_url(value, scheme_begin_of(value, colon), colon, value.size(), spans);
  } else {
    find_in_keywords(value, spans);
  }
  return spans;
}

std::string blot(std::string_view text, std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  std::string result;
  std::size_t done = 0;
  for (const auto& span : spans) {
    if (span.begin >= done) result.append(text, done, span.begin - done).append(kBlot);
    done = std::max(done, span.end);
  }
  return result.append(text.substr(done));
}

/// A short piece counts as a whole word only, so that the password "app" does not hide a part of
/// "application".
void replace_all(std::string& text, std::string_view piece) {
  for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at)) {
    const std::size_t end = at + piece.size();
    const bool inside_word = (at > 0 && is_word(text[at - 1]) && is_word(piece.front())) ||
                             (end < text.size() && is_word(text[end]) && is_word(piece.back()));
    if (piece.size() < kShort && inside_word) {
      at = end;
    } else {
      text.replace(at, piece.size(), kBlot);
      at += kBlot.size();
    }
  }
}

}  // namespace

std::string Secret::redacted() const {
  constexpr std::size_t kLongEnough = 16;
  constexpr std::size_t kTail = 4;
  if (value_.empty()) return {};
  const bool is_url = value_.find("://") != std::string::npos;
  const auto spans = spans_of(*this);
  const bool is_keywords =
      !is_url && value_.find("host") != std::string::npos && value_.find('=') != std::string::npos;
  if (is_url || is_keywords || !spans.empty()) return blot(value_, spans);
  if (value_.size() < kLongEnough) return std::string(kBlot);
  return std::string(kBlot) + value_.substr(value_.size() - kTail);
}

std::string redact(std::string_view text, const Secret& secret) {
  const std::string& value = secret.reveal();
  std::vector<std::string> pieces;
  if (!value.empty()) pieces.push_back(value);
  for (const auto& span : spans_of(secret)) {
    const std::string piece = value.substr(span.begin, span.end - span.begin);
    if (auto decoded = percent_decode(piece); decoded && *decoded != piece)
      pieces.push_back(std::move(*decoded));
    pieces.push_back(piece);
  }
  if (secret.form() == Secret::Form::kList) {
    // "Bearer TOKEN": the last word alone, too.
    for (std::size_t i = 0, count = pieces.size(); i < count; ++i) {
      if (const auto blank = pieces[i].rfind(' '); blank != std::string::npos)
        pieces.push_back(pieces[i].substr(blank + 1));
    }
    // "1" or "prod" is no secret, and stands in many a message.
    std::erase_if(pieces, [](const std::string& piece) { return piece.size() < kShort; });
  }
  // The longest first: a piece may be part of another.
  std::sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::string result(text);
  for (const auto& piece : pieces) {
    if (!piece.empty() && piece != kBlot) replace_all(result, piece);
  }
  return redact_urls(result);
}

std::string redact_urls(std::string_view text) {
  std::vector<Span> spans;
  for (auto colon = text.find("://"); colon != text.npos; colon = text.find("://", colon + 3)) {
    const auto end = std::min(text.find_first_of(" \t\r\n\"'`<>", colon), text.size());
    find_in_url(text, scheme_begin_of(text, colon), colon, end, spans);
  }
  return blot(text, std::move(spans));
}

}  // namespace bigocean::config
