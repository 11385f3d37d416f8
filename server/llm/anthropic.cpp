// Models behind Anthropic's Messages API.
#include "server/llm/anthropic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/retry.hpp"
#include "base/text.hpp"
#include "server/fetch/exchange_span.hpp"
#include "server/llm/answer.hpp"
#include "server/llm/request_body.hpp"
#include "server/llm/sse.hpp"
#include "server/llm/thinking.hpp"

namespace bigocean::server::llm {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Kind = ChatError::Kind;

constexpr std::string_view kVersion = "2026-10-21";
constexpr milliseconds kPauseMin{500};
constexpr milliseconds kPauseMax{8000};
constexpr std::size_t kEventBytesMax = 1U << 20U;
constexpr std::size_t kErrorBytesMax = 1U << 16U;
constexpr std::size_t kDetailBytesMax = 500;
constexpr http::Parser::Limits kLimits{.head_bytes_max = 65536, .body_bytes_max = 64U << 20U};

/// Why an attempt failed, and whether it may be retried.
struct AttemptError : std::exception {
  AttemptError(ChatError error_in, bool retry_in = false, std::optional<milliseconds> pause_in = {})
      : error(std::move(error_in)), retry(retry_in), pause(pause_in) {}
  const char* what() const noexcept override { return error.what(); }

  ChatError error;
  bool retry;
  std::optional<milliseconds> pause;  ///< that the API asked for
};

http::Url messages_url(std::string base_url) {
  while (base_url.ends_with('/')) base_url.pop_back();
  return http::parse_url(base_url + "/v1/messages", "https://api.anthropic.com");
}

http::Outgoing outgoing_for(const config::Secret& key, std::string body) {
  return {.method = "POST",
          .headers = {{"x-api-key", key.reveal()},
                      {"anthropic-version", std::string(kVersion)},
                      {"content-type", "application/json"}},
          .body = std::move(body)};
}

}  // namespace

/// One request on one connection.
class AnthropicModel::Attempt {
 public:
  Attempt(AnthropicModel& model, const ChatRequest& request, const OnText& on_text, Clock::time_point end)
      : model_(model),
        request_(request),
        on_text_(on_text),
        end_(end),
        interrupt_(model.interrupt_for(request)) {}

  /// `retries`: of the same call before. Throws AttemptError.
  ChatReply run(const http::Outgoing& outgoing, std::int64_t retries) {
    http::ExchangeSpan span(model_.url_, outgoing.method);
    span.repeated(retries);
    try {
      connect();
      connection_->send(model_.url_, outgoing, true, end_);
      sent_ = true;
      ++model_.requests_;
      const auto& head = connection_->read_head(next_bytes());
      span.answered(head.status);
      request_id_ = http::find_header(head.headers, "request-id").value_or("");
      if (head.status != 200) refuse(head);
      return read_answer();
    } catch (const base::StreamError& error) {
      span.failed(error);
      throw failure_of(error);
    } catch (const http::ResponseFault& fault) {
      span.failed(fault);
      throw broken(fault.what());
    } catch (const SseFault& fault) {
      throw broken(fault.what());
    } catch (const AnswerFault& fault) {
      throw broken(fault.what());
    } catch (const base::Error& error) {  // a signal, or OpenSSL is not there
      if (error.code != base::ExitCode::kInterrupted && error.code != base::ExitCode::kTerminated) throw;
      throw cancelled("the wait was interrupted");
    }
  }

 private:
  void connect() {
    connection_ = model_.idle_.take();
    reused_ = connection_ != nullptr;
    if (reused_) return connection_->interrupt_with(interrupt_);
    const auto limit = std::min(end_, Clock::now() + model_.settings_.connect_timeout);
    connection_ = std::make_unique<http::ClientConnection>(model_.url_, kLimits, limit, interrupt_);
    ++model_.connections_;
  }

  /// Checked here, too: a server that sends without a pause never makes the client wait.
  Clock::time_point next_bytes() const {
    if (Clock::now() >= end_)
      throw base::StreamError(base::StreamError::Kind::kTimedOut, "the answer takes too long");
    return std::min(end_, Clock::now() + model_.settings_.silence_timeout);
  }

  ChatReply read_answer() {
    SseParser parser(kEventBytesMax);
    while (!answer_.ended()) {
      const auto bytes = connection_->read_body(next_bytes());
      if (bytes.empty()) throw broken("the answer broke off");
      for (const auto& event : parser.feed(bytes)) {
        const auto text = answer_.take(event);
        if (answer_.error()) fail_inside(*answer_.error());
        if (text.empty() || !on_text_) continue;
        if (!on_text_(text)) throw cancelled("the caller did not want the rest");
      }
    }
    keep_connection();
    return {
        .text = answer_.text(), .stop = answer_.stop(), .usage = answer_.usage(), .request_id = request_id_};
  }

  /// The last chunk usually arrives with the last event; if not, a new connection costs less than waiting.
  void keep_connection() {
    try {
      constexpr milliseconds kEndOfBody{20};
      while (!connection_->read_body(Clock::now() + kEndOfBody).empty()) {
      }
      give_back();
    } catch (const std::exception&) {
      connection_.reset();
    }
  }

  /// The interrupt belongs to this call, and may not exist during the next one.
  void give_back() {
    connection_->interrupt_with(nullptr);
    model_.idle_.give_back(std::move(connection_));
  }

  [[noreturn]] void refuse(const http::ParsedHead& head) {
    const auto body = error_body();
    throw failure_of(head.status, head.headers, read_api_error(body));
  }

  /// Reads as much of the body as arrives; the status decides.
  std::string error_body() {
    std::string body;
    try {
      while (body.size() < kErrorBytesMax) {
        const auto piece = connection_->read_body(next_bytes());
        body += piece;
        if (!piece.empty()) continue;
        give_back();
        break;
      }
    } catch (const std::exception&) {
      connection_.reset();
    }
    return body;
  }

  /// Handles an error event. Before message_start it is like a status; after it the API has begun to count
  /// tokens.
  [[noreturn]] void fail_inside(const ApiError& error) {
    if (answer_.started()) {
      auto failure = broken("the answer broke off with " + (error.type.empty() ? "an error" : error.type));
      failure.error.detail = safe(error.message);
      throw failure;
    }
    throw failure_of(status_of(error), {}, error);
  }

  AttemptError failure_of(int status, const http::Headers& headers, const ApiError& error) const {
    const auto verdict = classify_failure(status, headers, error, std::chrono::system_clock::now());
    const auto& name = error.code.empty() ? error.type : error.code;
    ChatError failure(
        verdict.kind,
        fmt::format("the model's API answered {}{}", status, name.empty() ? "" : " (" + safe(name) + ")"),
        verdict.hint, safe(error.message));
    failure.retry_after = verdict.pause;
    return {with(std::move(failure), verdict.may_be_billed ? std::nullopt : std::optional(Usage{})),
            verdict.retry, verdict.pause};
  }

  AttemptError failure_of(const base::StreamError& error) const {
    const auto where = fmt::format("the model's API at {}", model_.url_.authority);
    if (!sent_) {
      // The cause has probably broken the other connections, too.
      if (reused_) model_.idle_.clear();
      return {with(ChatError(Kind::kUnreachable, fmt::format("{} cannot be reached: {}", where, error.what()),
                             "check ANTHROPIC_BASE_URL and the network between this machine and it"),
                   Usage{}),
              true, reused_ ? std::optional(milliseconds{0}) : std::nullopt};
    }
    if (error.kind != base::StreamError::Kind::kTimedOut) return broken(error.what());
    const bool whole = Clock::now() >= end_;
    const auto limit = whole ? request_.timeout : model_.settings_.silence_timeout;
    return {with(ChatError(Kind::kTimedOut,
                           fmt::format("{} {} {}", where,
                                       whole ? "did not answer completely within" : "was silent for",
                                       base::format_duration(limit)),
                           whole ? "raise anthropic.timeout, or try again later"
                                 : "raise anthropic.silence_timeout, or try again later"),
                 used_so_far())};
  }

  AttemptError broken(const std::string& what) const {
    return {with(ChatError(Kind::kBrokenOff,
                           fmt::format("the model's API at {} did not answer as it should: {}",
                                       model_.url_.authority, what),
                           "try again later"),
                 used_so_far())};
  }

  AttemptError cancelled(const std::string& why) const {
    ChatError error(Kind::kCancelled, "the call to the model was cancelled: " + why, {});
    return {with(std::move(error), sent_ ? used_so_far() : Usage{})};
  }

  /// The usage of a request that was sent. Nothing before message_start: until then the API has reported no
  /// usage.
  std::optional<Usage> used_so_far() const {
    if (!answer_.started()) return std::nullopt;
    return answer_.usage_when_left(tokens_max_of(request_), thinking_for(request_.model).room_tokens > 0);
  }

  ChatError with(ChatError error, std::optional<Usage> usage) const {
    error.usage = usage;
    error.request_id = request_id_;
    return error;
  }

  /// The API's text, shortened and without the key.
  std::string safe(const std::string& words) const {
    return config::redact(words, model_.settings_.api_key).substr(0, kDetailBytesMax);
  }

  AnthropicModel& model_;
  const ChatRequest& request_;
  const OnText& on_text_;
  const Clock::time_point end_;
  const base::Interrupt* const interrupt_;
  std::unique_ptr<http::ClientConnection> connection_;
  bool reused_ = false;
  bool sent_ = false;
  std::string request_id_;
  Answer answer_;
};

AnthropicModel::AnthropicModel(const AnthropicSettings& settings, const base::Interrupt* interrupt)
    : settings_(settings),
      interrupt_(interrupt),
      url_(messages_url(settings.base_url)),
      idle_(static_cast<std::size_t>(settings.idle_max), settings.idle_timeout) {}

ChatReply AnthropicModel::complete(const ChatRequest& request, const OnText& on_text) {
  const auto end = Clock::now() + request.timeout;
  const auto outgoing = outgoing_for(settings_.api_key, request_body(request));
  const auto* const interrupt = interrupt_for(request);
  base::Backoff backoff(kPauseMin, kPauseMax);
  for (std::int64_t retries = 0;; ++retries) {
    try {
      return Attempt(*this, request, on_text, end).run(outgoing, retries);
    } catch (AttemptError& failure) {
      const auto pause = failure.pause.value_or(backoff.next());
      const bool time_left = Clock::now() + pause < end;
      if (!failure.retry || retries >= settings_.retries_max || !time_left) throw std::move(failure.error);
      ++retries_;
      if (!base::sleep(pause, interrupt)) throw std::move(failure.error);
    }
  }
}

Usage AnthropicModel::usage_max(const ChatRequest& request) const {
  return usage_bound(request, request_body(request));
}

}  // namespace bigocean::server::llm
