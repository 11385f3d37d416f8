// Asks the verifier of a challenge whether a proof is valid.
#include "server/accounts/challenge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "server/fetch/fetch.hpp"

namespace bigocean::server::accounts {
namespace {

using nlohmann::json;

/// Longer texts are refused; Google's proofs are the longest, about 2,200 bytes.
constexpr std::size_t kProofBytesMax = 8192;

/// Error codes that concern the proof, not this service or the verifier.
constexpr std::array<std::string_view, 8> kProofCodes{
    "missing-input-response",   "invalid-input-response", "timeout-or-duplicate",
    "expired-input-response",   "already-seen-response",  "invalid-or-already-seen-response",
    "not-using-dummy-passcode", "invalid-remoteip"};

/// application/x-www-form-urlencoded.
std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.';
    if (plain) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::vector<std::string> codes_in(const json& answer) {
  std::vector<std::string> codes;
  const auto found = answer.find("error-codes");
  if (found == answer.end() || !found->is_array()) return codes;
  for (const auto& code : *found) {
    if (code.is_string()) codes.push_back(code.get<std::string>());
  }
  return codes;
}

}  // namespace

void Challenge::check(const ChallengeSettings& settings) {
  if (settings.verify_url.empty() || !settings.secret.empty()) return;
  throw base::Error(base::ExitCode::kUsage, "challenge.verify_url is set, and challenge.secret is not",
                    "set BIGOCEAN_CHALLENGE_SECRET to the secret key of your challenge");
}

bool Challenge::accepts(const std::string& proof, const std::string& client_address) const {
  if (proof.empty() || proof.size() > kProofBytesMax) return false;
  const http::Outgoing outgoing{
      .method = "POST",
      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
      .body = fmt::format("secret={}&response={}&remoteip={}", encoded(settings_.secret.reveal()),
                          encoded(proof), encoded(client_address))};
  const auto fetched = http::fetch(settings_.verify_url, settings_.timeout, outgoing);
  const auto answer = json::parse(fetched.body, nullptr, false);
  const auto success = answer.is_object() ? answer.find("success") : answer.end();
  std::string fault = fetched.fault;
  if (fault.empty() && (!answer.is_object() || success == answer.end() || !success->is_boolean()))
    fault = fmt::format("it answered {} without a verdict", fetched.status);
  if (fault.empty()) {
    if (success->get<bool>()) return true;
    const auto codes = codes_in(answer);
    const auto is_about_proof = [](const std::string& code) {
      return std::find(kProofCodes.begin(), kProofCodes.end(), code) != kProofCodes.end();
    };
    if (std::all_of(codes.begin(), codes.end(), is_about_proof)) return false;
    fault = fmt::format("it refuses to decide ({})", fmt::join(codes, ", "));
  }
  log_.warn("the verifier of the challenge does not decide", {{"reason", std::string_view(fault)}});
  throw base::Error(base::ExitCode::kUnreachable, "the verifier of the challenge does not decide: " + fault,
                    "check challenge.verify_url and challenge.secret");
}

}  // namespace bigocean::server::accounts
