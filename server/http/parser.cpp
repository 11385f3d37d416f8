// Boost.Beast's HTTP/1.1 parsers behind a small interface, without I/O.
#include "server/http/parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace bigocean::server::http {
namespace {

namespace beast = boost::beast;

Parser::Fault fault_of(const beast::error_code& error) {
  namespace http = beast::http;
  if (error == http::error::bad_version) return Parser::Fault::kBadVersion;
  if (error == http::error::header_limit) return Parser::Fault::kHeadTooLarge;
  if (error == http::error::body_limit) return Parser::Fault::kBodyTooLarge;
  return Parser::Fault::kMalformed;
}

std::string to_string(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct Parser::Impl {
  std::optional<ParsedHead> head;
  Fault fault = Fault::kNone;

  Impl() = default;
  virtual ~Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  virtual Progress feed(std::string_view& in) = 0;
  virtual Progress finish() = 0;
  virtual std::string take_body() = 0;
  virtual bool keeps_connection() const = 0;
};

template <bool is_request>
struct Parser::Typed : Parser::Impl {
  beast::http::parser<is_request, beast::http::string_body> parser;

  explicit Typed(const Limits& limits) {
    parser.header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
    parser.body_limit(limits.body_bytes_max);
  }

  Progress feed(std::string_view& in) override {
    const bool had_head = head.has_value();
    while (!parser.is_done() && !in.empty()) {
      beast::error_code error;
      in.remove_prefix(parser.put(boost::asio::buffer(in.data(), in.size()), error));
      if (parser.is_header_done() && !head) read_head();
      if (error == beast::http::error::need_more) return Progress::kMore;
      if (error) return fail(error);
      if (head && !had_head) break;
    }
    return parser.is_done() ? Progress::kDone : Progress::kMore;
  }

  Progress finish() override {
    beast::error_code error = beast::http::error::partial_message;
    if (parser.got_some()) parser.put_eof(error);
    return error ? fail(error) : Progress::kDone;
  }

  std::string take_body() override { return std::exchange(parser.get().body(), {}); }

  bool keeps_connection() const override { return parser.is_done() && parser.keep_alive(); }

  void read_head() {
    const auto& message = parser.get();
    head.emplace();
    head->http_1_1 = message.version() == 11;
    if constexpr (is_request) {
      head->method = to_string(message.method_string());
      head->target = to_string(message.target());
    } else {
      head->status = static_cast<int>(message.result_int());
    }
    for (const auto& field : message) {
      head->headers.emplace_back(to_string(field.name_string()), to_string(field.value()));
    }
  }

  Progress fail(const beast::error_code& error) {
    fault = fault_of(error);
    return Progress::kFailed;
  }
};

Parser::Parser(Kind kind, const Limits& limits) {
  if (kind == Kind::kRequest) {
    impl_ = std::make_unique<Typed<true>>(limits);
  } else {
    impl_ = std::make_unique<Typed<false>>(limits);
  }
}

Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

Parser::Progress Parser::feed(std::string_view& in) { return impl_->feed(in); }
Parser::Progress Parser::finish() { return impl_->finish(); }
Parser::Fault Parser::fault() const { return impl_->fault; }
const ParsedHead* Parser::head() const { return impl_->head ? &*impl_->head : nullptr; }
std::string Parser::take_body() { return impl_->take_body(); }
bool Parser::keeps_connection() const { return impl_->keeps_connection(); }

}  // namespace bigocean::server::http
