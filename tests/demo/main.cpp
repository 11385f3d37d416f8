// `make demo`: a whole assessment over HTTP, from the first message to the deletion, with the scripted
// interviewer on private servers. Exits with 1 if a step fails.
#include <fmt/color.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::demo {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

const bool kTerminal = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;

std::string in(const fmt::text_style& style, const std::string& text) {
  return kTerminal ? fmt::format(style, "{}", text) : text;
}

/// Calls procedures of one service with one token.
class Client {
 public:
  explicit Client(int port) : port_(port) {}

  /// Throws std::runtime_error for any other status.
  Json call(const std::string& procedure, const Json& request, int wanted = 200) {
    test::HttpCall call{"POST", "/rpc/" + procedure, "Content-Type: application/json\r\n", request.dump()};
    if (!token.empty()) call.headers += "Authorization: Bearer " + token + "\r\n";
    const auto reply = test::fetch(port_, call, 30s);
    if (reply.status != wanted) {
      throw std::runtime_error(fmt::format("{} was answered with {} and not {}: {}{}", procedure,
                                           reply.status, wanted, reply.fault, reply.body));
    }
    return Json::parse(reply.body);
  }

  std::string token;

 private:
  const int port_;
};

/// Somebody curious and warm, rather untidy, and calm.
std::string answer_to(const std::string& question, int turn) {
  const auto about = [&](const char* word) { return question.find(word) != std::string::npos; };
  if (about("tidy") || about("plan") || about("order") || about("schedule")) return "2, not really";
  if (about("worry") || about("angry") || about("sad") || about("nervous")) return "rarely";
  const char* answers[] = {"Yes, mostly.", "4", "That is very much me, 5.", "sometimes", "I agree."};
  return answers[turn % 5];
}

void say(const std::string& who, const fmt::text_style& style, const std::string& text) {
  fmt::print("{} {}\n", in(style | fmt::emphasis::bold, who), text);
}

std::string bar(double share, int width, const fmt::text_style& style) {
  std::string text;
  const int filled = static_cast<int>(share * width + 0.5);
  for (int i = 0; i < width; ++i) text += i < filled ? "█" : "░";
  return in(style, text);
}

void show(const Json& results) {
  const fmt::terminal_color colours[] = {fmt::terminal_color::cyan, fmt::terminal_color::yellow,
                                         fmt::terminal_color::magenta, fmt::terminal_color::green,
                                         fmt::terminal_color::red};
  fmt::print("\n{}  {}\n{}\n\n", in(fmt::emphasis::bold, results["code5"].get<std::string>()),
             in(fmt::emphasis::bold, results["archetype"]["name"].get<std::string>()),
             results["archetype"]["description"].get<std::string>());
  std::size_t number = 0;
  for (const auto& trait : results["traits"]) {
    const auto name = trait["trait"].get<std::string>();
    const auto style = fmt::fg(colours[number++ % 5]);
    fmt::print("{:<18} {} {:>5.1f} of 120  {}\n", name, bar(trait["score"].get<double>() / 120, 30, style),
               trait["score"].get<double>(), trait["level"].get<std::string>());
    for (const auto& facet : results["facets"]) {
      if (facet["trait"] != name) continue;
      fmt::print("  {:<20} {} {:>4.1f}  {:>2.0f} % sure\n", facet["facet"].get<std::string>(),
                 bar(facet["score"].get<double>() / 20, 20, style), facet["score"].get<double>(),
                 facet["confidence"].get<double>());
    }
  }
}

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

/// Returns the session's id.
std::string talk(Client& client) {
  const auto started = client.call("StartAssessment", {{"displayName", "Demo"}});
  client.token = started["token"];
  const std::string session = started["sessionId"];
  std::string question = started["message"]["content"];
  for (int turn = 0;; ++turn) {
    require(turn <= 30, "the conversation does not end");
    say("Nerin", fmt::fg(fmt::terminal_color::cyan), question);
    const auto answer = answer_to(question, turn);
    say("You  ", fmt::fg(fmt::terminal_color::green), answer);
    const auto reply = client.call("SendMessage", {{"sessionId", session}, {"message", answer}});
    question = reply["message"]["content"];
    if (reply["progress"]["completed"]) break;
    if (kTerminal) std::this_thread::sleep_for(150ms);
  }
  say("Nerin", fmt::fg(fmt::terminal_color::cyan), question);
  return session;
}

void play() {
  test::PrivatePostgres postgres;
  test::PrivateRedis redis;
  test::Environment environment{{"DATABASE_URL", postgres.create_database()},
                                {"REDIS_URL", redis.url()},
                                {"BIGOCEAN_LIMITS_MESSAGES_PER_USER_MINUTE", "1000"}};
  test::ProcessOptions options;
  options.environment = environment;
  const auto migrated = test::run({BIGOCEAN_BINARY, "migrate", "--quiet"}, options);
  require(migrated.exit_code == 0, "migrate: " + migrated.out + migrated.err);
  test::Serve serve(environment);
  Client client(serve.port());

  const auto session = talk(client);
  const Json of_session{{"sessionId", session}};
  Json results;
  test::wait_until("the last analysis", 30s, [&] {
    results = client.call("GetResults", of_session);
    return results["throughPosition"] == 60;
  });
  show(results);

  const auto shared = client.call("ShareProfile", of_session);
  fmt::print("\nshared at {}\n", shared["path"].get<std::string>());
  const auto profile = Client(serve.port()).call("GetProfile", {{"profileId", shared["profileId"]}});
  require(profile["archetype"] == results["archetype"], "the shared profile is another one");
  require(!profile.contains("messages"), "the shared profile shows the conversation");
  const auto exported = client.call("ExportSession", of_session);
  fmt::print("exported: {} messages, {} pieces of evidence\n", exported["messages"].size(),
             exported["evidence"].size());
  require(exported["messages"].size() == 61, "the export does not hold all messages");
  client.call("DeleteSession", of_session);
  client.call("GetResults", of_session, 404);
  client.call("GetProfile", {{"profileId", shared["profileId"]}}, 404);
  fmt::print("deleted: session and shared profile are gone\n");
}

}  // namespace
}  // namespace bigocean::demo

int main() {
  try {
    bigocean::demo::play();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "the demo failed: {}\n", error.what());
    return 1;
  }
}
