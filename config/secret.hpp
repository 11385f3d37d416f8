// Values that must never be printed as they are, and their redacted form.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::config {

/// A URL, password or key. It cannot be printed by accident: there is no conversion to a string, only
/// reveal().
class Secret {
 public:
  enum class Form {
    kOne,   ///< a URL, keyword=value pairs of libpq, or a secret as a whole
    kList,  ///< "name=value,name=value": each value is a secret
  };

  Secret() = default;
  explicit Secret(std::string value, Form form = Form::kOne) : value_(std::move(value)), form_(form) {}

  bool empty() const { return value_.empty(); }
  /// The value itself, for the library that needs it.
  const std::string& reveal() const { return value_; }
  /// The value as it may be shown: a URL keeps scheme, user, host, port and path, and loses its password and
  /// every secret-looking query parameter ("postgresql://app:***@db:5432/app?sslmode=require"); a Sentry DSN
  /// loses its key; a list keeps its names only; any other secret is "***" with the last four characters when
  /// it has at least 16.
  std::string redacted() const;
  Form form() const { return form_; }

 private:
  std::string value_;
  Form form_ = Form::kOne;
};

/// Replaces in `text` every occurrence of the secret itself, of the password inside it (as written and
/// percent-decoded), and anything shaped like a credential in a URL (scheme://user:password@) by "***". For
/// messages from libraries and servers.
std::string redact(std::string_view text, const Secret& secret);
std::string redact_urls(std::string_view text);

}  // namespace bigocean::config
