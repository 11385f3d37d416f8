// From bytes to requests: head, then body by length or by chunks.
#include "server/http/intake.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace bigocean::server::http {

Intake::State Intake::feed(std::string_view bytes) {
  pending_.append(bytes);
  return state_ == State::kReady || state_ == State::kRefused ? state_ : advance();
}

Intake::State Intake::next() {
  head_ = {};
  body_ = {};
  chunks_.reset();
  continue_wanted_ = false;
  state_ = State::kEmpty;
  return advance();
}

Intake::State Intake::advance() { return state_ == State::kBody ? advance_body() : advance_head(); }

Intake::State Intake::advance_head() {
  // RFC 9112: an empty line before the request line is to be overlooked.
  if (pending_.starts_with("\r\n")) pending_.erase(0, 2);
  if (pending_.empty()) return state_ = State::kEmpty;
  state_ = State::kHead;
  // Looks only at what is new (and the three bytes that may begin a line end), so that a client that sends
  // byte by byte does not buy quadratic work.
  const auto from = scanned_ < 3 ? 0 : scanned_ - 3;
  const auto end = pending_.find("\r\n\r\n", from);
  const auto head_bytes = end == std::string::npos ? pending_.size() : end + 4;
  if (head_bytes > limits_.head_bytes_max) return refuse({431, "the head of the request is too large"});
  const auto text = std::string_view(pending_).substr(0, head_bytes);
  if (end == std::string::npos) {
    if (has_bare_line_end(text.substr(text[from] == '\n' && from > 0 ? from - 1 : from)))
      return refuse({400, "a line end that is not CRLF"});
    scanned_ = pending_.size();
    return state_;
  }
  scanned_ = 0;
  auto result = read_head(text, limits_.body_bytes_max);
  if (const auto* refusal = std::get_if<Refusal>(&result)) return refuse(*refusal);
  head_ = std::get<Head>(std::move(result));
  pending_.erase(0, head_bytes);
  state_ = State::kBody;
  if (head_.chunked) chunks_.emplace(limits_.body_bytes_max);
  continue_wanted_ = head_.expects_continue && pending_.empty();
  return advance_body();
}

Intake::State Intake::advance_body() {
  if (chunks_) {
    std::string_view rest = pending_;
    const auto result = chunks_->feed(rest, body_);
    pending_.erase(0, pending_.size() - rest.size());
    if (result == ChunkedDecoder::Result::kMalformed) return refuse({400, "malformed chunked body"});
    if (result == ChunkedDecoder::Result::kTooLarge) return refuse({413, "the body is too large"});
    return state_ = result == ChunkedDecoder::Result::kDone ? State::kReady : State::kBody;
  }
  const auto taken = std::min(head_.content_length - body_.size(), pending_.size());
  body_.append(pending_, 0, taken);
  pending_.erase(0, taken);
  return state_ = body_.size() == head_.content_length ? State::kReady : State::kBody;
}

Intake::State Intake::refuse(Refusal refusal) {
  refusal_ = refusal;
  pending_ = {};
  return state_ = State::kRefused;
}

bool Intake::take_continue() { return std::exchange(continue_wanted_, false); }

std::string Intake::request() const {
  const bool has_body = head_.chunked || head_.content_length > 0;
  const bool wants_length = has_body || (head_.method != "GET" && head_.method != "HEAD");
  const auto length = wants_length ? fmt::format("Content-Length: {}\r\n", body_.size()) : std::string();
  return fmt::format("{}{}\r\n{}", head_.forwarded, length, body_);
}

}  // namespace bigocean::server::http
