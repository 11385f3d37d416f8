// Splits an answer into clauses for read_agreement().
#include "server/product/assessment/agreement_clauses.hpp"

#include <utility>

#include "server/product/assessment/folded.hpp"

namespace bigocean::server::assessment {
namespace {

/// Long dashes end clauses; quotation marks and the marks that begin a Spanish question say nothing.
constexpr std::pair<std::string_view, std::string_view> kSigns[] = {
    {"\u2013", ";"}, {"\u2014", ";"}, {"\u00a0", " "}, {"\u00bf", " "}, {"\u00a1", " "},
    {"\u201c", " "}, {"\u201d", " "}, {"\u201e", " "}, {"\u00ab", " "}, {"\u00bb", " "}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '\'' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Folded, and with one sign for each meaning: "4,5" is "4.5" where the language writes it so.
std::string plain(std::string_view answer, const Words& known) {
  std::string text = folded(answer);
  for (const auto& [sign, meant] : kSigns) {
    for (std::size_t at = 0; (at = text.find(sign, at)) != text.npos;) text.replace(at, sign.size(), meant);
  }
  for (std::size_t at = 1; known.decimal_comma && at + 1 < text.size(); ++at) {
    if (text[at] == ',' && is_digit(text[at - 1]) && is_digit(text[at + 1])) text[at] = '.';
  }
  return text;
}

class Splitter {
 public:
  explicit Splitter(const Words& known) : known_(known) {}

  std::vector<Clause> split(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
      const std::string_view rest = std::string_view(text).substr(i);
      // "3-4" is a range; only a sign with nothing before it is one.
      const bool range = rest.front() == '-' && i > 0 && text[i - 1] != ' ';
      std::size_t length = range ? 0 : number_length(rest);
      if (length == 0) {
        while (length < rest.size() && is_word_character(rest[length])) ++length;
      }
      if (length > 0) {
        add(rest.substr(0, length));
      } else {
        length = 1;
        if (rest.front() == '/' || rest.front() == '%') add(rest.substr(0, 1));
        if (std::string_view(",.;:!?\n()").find(rest.front()) != std::string_view::npos) end();
      }
      i += length;
    }
    end();
    return std::move(clauses_);
  }

 private:
  void add(std::string_view word) {
    const bool takes_back = is_one_of(word, known_.reservations);
    if (takes_back || is_one_of(word, known_.reasons)) {
      end();
      current_.takes_back = takes_back;
    }
    current_.words.emplace_back(word);
  }

  void end() {
    if (!current_.words.empty()) clauses_.push_back(std::move(current_));
    current_ = {};
  }

  const Words& known_;
  std::vector<Clause> clauses_;
  Clause current_;
};

}  // namespace

std::size_t number_length(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  if (i == text.size() || !is_digit(text[i])) return 0;
  while (i < text.size() && is_digit(text[i])) ++i;
  while (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
    for (++i; i < text.size() && is_digit(text[i]);) ++i;
  }
  return i;
}

std::vector<Clause> clauses_of(std::string_view answer, const Words& known) {
  return Splitter(known).split(plain(answer, known));
}

}  // namespace bigocean::server::assessment
