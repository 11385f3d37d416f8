// From bytes to requests: head, guard, body.
#include "server/http/intake.hpp"

#include <utility>

namespace bigocean::server::http {
namespace {

/// Limit of a chunk's size line, or of all trailers, which the parser reads in one piece.
constexpr std::size_t kChunkLineBytesMax = 8192;

}  // namespace

Intake::State Intake::feed(std::string_view bytes) {
  pending_.append(bytes);
  return state_ == State::kReady || state_ == State::kRefused ? state_ : advance();
}

Intake::State Intake::next() {
  parser_.reset();
  head_.reset();
  // Thousands of connections rest between two requests. An assignment would keep the memory.
  if (pending_.empty()) std::string().swap(pending_);
  continue_wanted_ = false;
  state_ = State::kEmpty;
  return advance();
}

Intake::State Intake::advance() { return state_ == State::kBody ? advance_body() : advance_head(); }

Intake::State Intake::advance_head() {
  // RFC 9112: empty lines before the request line are ignored.
  while (pending_.starts_with("\r\n")) pending_.erase(0, 2);
  if (pending_.empty()) return state_ = State::kEmpty;
  state_ = State::kHead;
  // Scans only the new bytes (and the three before them, which may begin a line end), so that a client that
  // sends byte by byte does not cause quadratic work.
  const auto from = scanned_ < 3 ? 0 : scanned_ - 3;
  const auto end = pending_.find("\r\n\r\n", from);
  const auto head_bytes = end == std::string::npos ? pending_.size() : end + 4;
  if (head_bytes > limits_.head_bytes_max) return refuse({431, "the head of the request is too large"});
  const auto text = std::string_view(pending_).substr(0, head_bytes);
  if (has_ambiguous_line_end(text.substr(text[from] == '\n' && from > 0 ? from - 1 : from)))
    return refuse({400, "a line end that is not CRLF, or a folded line"});
  if (end == std::string::npos) {
    scanned_ = pending_.size();
    return state_;
  }
  scanned_ = 0;
  parser_.emplace(Parser::Kind::kRequest, limits_);
  auto rest = text;
  const auto progress = parser_->feed(rest);
  // For a request line that is too short, the parser would wait for bytes that never come.
  if (progress == Parser::Progress::kFailed || parser_->head() == nullptr)
    return refuse(refusal_of(parser_->fault(), text));
  auto result = validate(*parser_->head(), limits_.body_bytes_max);
  if (const auto* refusal = std::get_if<Refusal>(&result)) return refuse(*refusal);
  head_ = std::make_unique<Head>(std::get<Head>(std::move(result)));
  pending_.erase(0, head_bytes);
  if (!head_->has_body) return state_ = State::kReady;
  state_ = State::kBody;
  continue_wanted_ = head_->expects_continue && pending_.empty();
  return advance_body();
}

Intake::State Intake::advance_body() {
  std::string_view rest = pending_;
  const auto progress = parser_->feed(rest);
  pending_.erase(0, pending_.size() - rest.size());
  if (progress == Parser::Progress::kFailed) return refuse(refusal_of(parser_->fault(), {}));
  if (progress == Parser::Progress::kDone) return state_ = State::kReady;
  if (pending_.size() > kChunkLineBytesMax) return refuse({400, "malformed chunked body"});
  return state_;
}

Request Intake::known() const {
  if (head_ && !head_->request.method.empty()) return head_->request;
  return known_ ? *known_ : what_is_known(pending_);
}

Intake::State Intake::refuse(Refusal refusal) {
  known_ = std::make_unique<Request>(known());
  refusal_ = refusal;
  pending_ = {};
  return state_ = State::kRefused;
}

bool Intake::take_continue() { return std::exchange(continue_wanted_, false); }

Request Intake::take_request() {
  head_->request.body = parser_->take_body();
  return std::move(head_->request);
}

}  // namespace bigocean::server::http
