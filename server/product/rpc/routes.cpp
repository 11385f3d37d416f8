// Handles a call: reads headers and body, calls the backend, and makes the reply or problem.
#include "server/product/rpc/routes.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "server/http/router.hpp"
#include "server/product/rpc/admission.hpp"
#include "server/product/rpc/encode.hpp"
#include "server/product/rpc/openapi.hpp"
#include "server/product/rpc/procedures.hpp"

namespace bigocean::server::rpc {
namespace {

using std::chrono::milliseconds;

http::Reply json_reply(std::string body) { return {.body = std::move(body), .headers = {}}; }

/// Runs a turn and sends it as events, each with the place after it. The status 200 has been sent already, so
/// a failure is sent as an event, too.
void write_turn(std::unique_ptr<Turn> turn, http::BodySink& sink) {
  auto place = turn->place();
  const auto send_event = [&](std::string_view name, std::string_view json) {
    return sink.write(event(name, json, text_of(place)));
  };
  // The turn ends before its last event is sent, so that the client may send its next message at once.
  const auto fail = [&](const http::Reply& problem) {
    turn.reset();
    sink.ends_as(problem.status);
    sink.write(event("problem", problem.body));
  };
  try {
    if (turn->begins_again()) send_event("reset", "{}");
    const auto reply = turn->run([&](std::string_view text) {
      place.bytes += static_cast<std::int64_t>(text.size());
      return send_event("delta", delta_json(text));
    });
    const auto json = to_json(reply);
    place.whole = true;
    turn.reset();
    send_event("message", json);
  } catch (const RpcError& error) {
    fail(problem_reply(error));
  } catch (const std::exception& error) {
    fail(http::problem_of(error));
    throw;
  }
}

http::Reply stream_reply(std::unique_ptr<Turn> turn, milliseconds keep_alive_after) {
  http::Reply reply{.content_type = "text/event-stream", .body = {}, .headers = {}};
  reply.headers.emplace_back("X-Accel-Buffering", "no");  // for proxies that buffer replies
  reply.filler = {keep_alive_after, ": keep-alive\n\n"};
  // A std::function must be copyable; it is called once.
  reply.write_body = [held = std::make_shared<std::unique_ptr<Turn>>(std::move(turn))](http::BodySink& sink) {
    write_turn(std::move(*held), sink);
  };
  return reply;
}

/// One row of the table, ready to be called.
struct Endpoint {
  Procedure procedure;
  Backend& backend;
  milliseconds keep_alive_after;
  std::size_t body_bytes_max = request_bytes_max(procedure.request);

  http::Reply answer(const http::Request& request) const {
    try {
      return call(request);
    } catch (const RpcError& error) {
      return problem_reply(error);
    }
  }

  http::Reply call(const http::Request& request) const {
    if (!procedure.get_path.empty()) return follow(request);
    require_json(request.headers);
    const Media media = choose_media(request.headers, procedure.begin != nullptr);
    if (request.body.size() > body_bytes_max) {
      throw RpcError(Tag::kPayloadTooLarge,
                     fmt::format("the body has {} bytes, but no valid request has more than {}",
                                 request.body.size(), body_bytes_max));
    }
    http::Headers headers;
    const auto caller = caller_of(request, headers);
    const Input input = read(request);
    auto reply = served(caller, input, media);
    reply.headers.insert(reply.headers.end(), headers.begin(), headers.end());
    if (procedure.texts == Texts::kOfReader) reply.headers.emplace_back("Vary", "Accept-Language");
    return reply;
  }

  http::Reply served(const Caller& caller, const Input& input, Media media) const {
    if (procedure.begin == nullptr) return json_reply(procedure.call(backend, caller, input));
    auto turn = procedure.begin(backend, caller, input);
    if (media == Media::kEventStream) return stream_reply(std::move(turn), keep_alive_after);
    return json_reply(to_json(turn->run({})));
  }

  /// Serves a procedure with its own path: a stream, or nothing.
  http::Reply follow(const http::Request& request) const {
    require_event_stream(request.headers);
    http::Headers headers;
    const auto caller = caller_of(request, headers);
    std::vector<Fault> faults;
    auto input =
        read_path_input(procedure.request, http::path_parameter(procedure.get_path, request.path), faults);
    input.seen = read_last_event_id(request.headers, faults);
    refuse_if(std::move(faults));
    auto turn = procedure.begin(backend, caller, input);
    if (!turn) return {.status = 204, .content_type = {}, .body = {}, .headers = {}};
    auto reply = stream_reply(std::move(turn), keep_alive_after);
    reply.headers.insert(reply.headers.end(), headers.begin(), headers.end());
    return reply;
  }

  /// The caller, with a signed token verified.
  Caller caller_of(const http::Request& request, http::Headers& headers) const {
    Caller caller{.token = bearer_token(request.headers, procedure.bearer),
                  .client_address = request.client_address,
                  .request_id = request.id,
                  .reply_headers = &headers};
    if (procedure.takes_proof)
      caller.challenge_proof = http::find_header(request.headers, "Challenge-Proof").value_or("");
    if (procedure.texts == Texts::kOfReader) caller.language = choose_language(request.headers);
    if (caller.token && !is_secret(*caller.token)) {
      caller.account = backend.account_of(*caller.token);
      caller.token.reset();
    }
    return caller;
  }

  Input read(const http::Request& request) const {
    std::vector<Fault> faults;
    Input input = read_input(procedure.request, request.body, faults);
    if (procedure.begin != nullptr) input.idempotency_key = read_idempotency_key(request.headers, faults);
    refuse_if(std::move(faults));
    return input;
  }

  static void refuse_if(std::vector<Fault> faults) {
    if (faults.empty()) return;
    RpcError error(Tag::kInvalidRequest);
    error.faults = std::move(faults);
    throw error;
  }
};

http::Route openapi_route(const std::vector<Procedure>& table) {
  const auto handler = [document = openapi(table)](const http::Request&) {
    auto reply = json_reply(document);
    reply.headers.emplace_back("Cache-Control", "public, max-age=300");
    return reply;
  };
  return {"GET", "/openapi.json", handler, http::Place::kLoop};
}

}  // namespace

std::vector<http::Route> routes(Backend& backend, const product::Settings& settings,
                                milliseconds keep_alive_after) {
  const auto table = procedures(settings.rpc.message_chars_max);
  const auto finish_document = [](const http::Request&, http::Reply& reply) {
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  };
  const auto finish = [finish_document](const http::Request& request, http::Reply& reply) {
    finish_document(request, reply);
    reply.headers.emplace_back("Cache-Control", "no-store");
  };
  const auto admit = admission(settings.limits);
  std::vector<http::Route> all;
  for (const auto& procedure : table) {
    const Endpoint endpoint{procedure, backend, keep_alive_after};
    const auto path = path_of(procedure);
    const auto handler = [endpoint](const http::Request& request) { return endpoint.answer(request); };
    const auto* method = procedure.get_path.empty() ? "POST" : "GET";
    all.push_back({method, path, handler, procedure.place, finish, admit});
  }
  all.push_back(openapi_route(table));
  all.back().finish = finish_document;
  return all;
}

}  // namespace bigocean::server::rpc
