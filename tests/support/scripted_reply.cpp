// Replies of stand-ins, from one line each.
#include "tests/support/scripted_reply.hpp"

namespace bigocean::test {
namespace {

ServedReply reply_of(const std::string& answer) {
  const auto blank = answer.find("\r\n\r\n");
  ServedReply reply{.status = std::stoi(answer),
                    .body = blank == std::string::npos ? "{}" : answer.substr(blank + 4)};
  const auto head = answer.substr(0, blank);
  for (auto at = head.find("\r\n"); at != std::string::npos;) {
    const auto end = head.find("\r\n", at + 2);
    const auto line = head.substr(at + 2, end == std::string::npos ? end : end - at - 2);
    const auto colon = line.find(": ");
    reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at = end;
  }
  return reply;
}

/// Never an answer, but something at every look. By hand: no server sends that.
void drip(int socket) {
  while (send_raw(socket, "H") && stays(socket, std::chrono::milliseconds(20))) {
  }
  hang_up(socket);
}

}  // namespace

ServedReply scripted_reply(const std::string& answer, const ServedRequest& served) {
  if (answer == "drip") {
    drip(served.socket);
    return {};
  }
  if (!answer.empty()) return reply_of(answer);
  wait_for_end(served.socket);
  return {};
}

}  // namespace bigocean::test
