// Chunked bodies: size lines, data, trailers.
#include "server/http/chunked.hpp"

#include <algorithm>
#include <charconv>

namespace bigocean::server::http {
namespace {

constexpr std::size_t kLineBytesMax = 1024;
constexpr std::size_t kTrailerBytesMax = 8192;

}  // namespace

ChunkedDecoder::Result ChunkedDecoder::feed(std::string_view& in, std::string& body) {
  while (!in.empty()) {
    if (state_ == State::kData) {
      const auto taken = std::min(left_, in.size());
      body.append(in.substr(0, taken));
      in.remove_prefix(taken);
      left_ -= taken;
      if (left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    const char c = in.front();
    in.remove_prefix(1);
    line_ += c;
    if (line_.size() > kLineBytesMax) return Result::kMalformed;
    const bool after_cr = line_.size() >= 2 && line_[line_.size() - 2] == '\r';
    if (after_cr != (c == '\n')) return Result::kMalformed;
    if (c != '\n') continue;
    line_.resize(line_.size() - 2);
    const Result result = end_of_line();
    if (result != Result::kMore) return result;
    line_.clear();
  }
  return Result::kMore;
}

ChunkedDecoder::Result ChunkedDecoder::end_of_line() {
  if (state_ == State::kDataEnd) {
    if (!line_.empty()) return Result::kMalformed;
    state_ = State::kSize;
    return Result::kMore;
  }
  if (state_ == State::kTrailer) {
    trailer_bytes_ += line_.size() + 2;
    if (trailer_bytes_ > kTrailerBytesMax) return Result::kMalformed;
    return line_.empty() ? Result::kDone : Result::kMore;
  }
  std::size_t size = 0;
  const auto [end, fault] = std::from_chars(line_.data(), line_.data() + line_.size(), size, 16);
  if (fault == std::errc::result_out_of_range) return Result::kTooLarge;
  const bool ends_well = end == line_.data() + line_.size() || *end == ';';
  if (fault != std::errc() || line_.front() == '-' || !ends_well) return Result::kMalformed;
  if (size > body_bytes_max_ - decoded_) return Result::kTooLarge;
  decoded_ += size;
  left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return Result::kMore;
}

}  // namespace bigocean::server::http
