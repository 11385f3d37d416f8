// Reads the tables [prices.MODEL] of default.toml and bigocean.toml into exact prices.
#include "server/product/settings/price_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/text.hpp"

namespace bigocean::server::product {
namespace {

using Values = std::map<std::string, config::TomlValue, std::less<>>;

constexpr std::string_view kSection = "prices.";
constexpr std::string_view kLong = "long_";
constexpr std::string_view kThreshold = "long_prompt";
constexpr std::int64_t kTokensDollarsMax = 1'000'000;
constexpr std::int64_t kTokensMax = 1'000'000'000;

struct Kind {
  std::string_view name;
  std::int64_t llm::TokenPrices::*price;
};

/// In ascending order of prices; output is not part of it.
constexpr std::array<Kind, 4> kRising{{{"cache_read", &llm::TokenPrices::cache_read},
                                       {"input", &llm::TokenPrices::input},
                                       {"cache_write_5m", &llm::TokenPrices::cache_write_5m},
                                       {"cache_write_1h", &llm::TokenPrices::cache_write_1h}}};
constexpr std::array<Kind, 5> kKinds{
    {kRising[1], {"output", &llm::TokenPrices::output}, kRising[2], kRising[3], kRising[0]}};

std::vector<std::string> names() {
  std::vector<std::string> all{std::string(kThreshold)};
  for (const auto& kind : kKinds) {
    all.emplace_back(kind.name);
    all.push_back(fmt::format("{}{}", kLong, kind.name));
  }
  return all;
}

/// Converts dollars per million tokens to nano-dollars per token: "0.125" is 125. Nothing if that is not a
/// whole number.
std::optional<std::int64_t> nano_dollars(std::string_view text) {
  const auto dot = std::min(text.find('.'), text.size());
  const auto whole = base::parse_digits(text.substr(0, dot), kTokensDollarsMax);
  std::string thousandths(text.substr(std::min(dot + 1, text.size())));
  while (thousandths.size() > 3 && thousandths.back() == '0') thousandths.pop_back();
  if (thousandths.size() > 3) return std::nullopt;
  thousandths.resize(3, '0');
  const auto rest = base::parse_digits(thousandths, 999);
  if (!whole || !rest) return std::nullopt;
  return static_cast<std::int64_t>(*whole * 1000 + *rest);
}

std::string dollars(std::int64_t nano) {
  return fmt::format("{}", static_cast<double>(nano) / 1000);  // exact to the last digit below 2^53
}

/// One model's values, from both places.
class Table {
 public:
  Table(std::string model, const Values& defaults, const Values& file, const std::string& file_name,
        config::Faults& faults)
      : model_(std::move(model)),
        prefix_(fmt::format("{}{}.", kSection, model_)),
        defaults_(defaults),
        file_(file),
        file_name_(file_name),
        faults_(faults) {}

  std::optional<llm::ModelPrices> read() {
    llm::ModelPrices prices{.model = model_};
    prices.usual = read_kinds("");
    if (has(kThreshold)) {
      prices.long_prompt = read_tokens();
      prices.for_long = read_kinds(kLong);
      for (const auto& kind : kKinds) {
        if (good_ && prices.for_long.*kind.price < prices.usual.*kind.price)
          fault(fmt::format("{}{}", kLong, kind.name), fmt::format("is below `{}`", kind.name), "");
      }
    } else {
      for (const auto& kind : kKinds) {
        const auto name = fmt::format("{}{}", kLong, kind.name);
        if (has(name)) fault(name, "has no effect without long_prompt", "long_prompt = 100000");
      }
    }
    return good_ ? std::optional(prices) : std::nullopt;
  }

 private:
  std::string key(std::string_view name) const { return prefix_ + std::string(name); }
  bool has(std::string_view name) const { return file_.contains(key(name)) || defaults_.contains(key(name)); }

  void fault(std::string_view name, const std::string& wrong, const std::string& example) {
    good_ = false;
    auto value = file_.find(key(name));
    // A missing price has no line, so the model's first line is named.
    if (value == file_.end()) value = file_.lower_bound(prefix_);
    const bool in_file = value != file_.end() && value->first.starts_with(prefix_);
    const auto place =
        in_file ? fmt::format("{}:{}", file_name_, value->second.line) : "server/product/default.toml";
    faults_.add(fmt::format("{}: {}", place, key(name)), wrong, example);
  }

  std::optional<std::string> text(std::string_view name) {
    if (const auto value = file_.find(key(name)); value != file_.end()) return value->second.text;
    if (const auto value = defaults_.find(key(name)); value != defaults_.end()) return value->second.text;
    fault(name, "is missing", fmt::format("{} = 0.10", name));
    return std::nullopt;
  }

  llm::TokenPrices read_kinds(std::string_view prefix) {
    llm::TokenPrices prices;
    const bool good_before = good_;
    for (const auto& kind : kKinds) {
      const auto name = fmt::format("{}{}", prefix, kind.name);
      const auto value = text(name);
      if (!value) continue;
      if (const auto price = nano_dollars(*value)) {
        prices.*kind.price = *price;
      } else {
        fault(name,
              fmt::format("must be dollars per million tokens, 0 to {}, with at most three decimals",
                          kTokensDollarsMax),
              fmt::format("{} = 0.125", name));
      }
    }
    for (std::size_t i = 1; good_ && good_before && i < kRising.size(); ++i) {
      if (prices.*kRising[i].price < prices.*kRising[i - 1].price)
        fault(
            fmt::format("{}{}", prefix, kRising[i].name),
            fmt::format("is below `{}{}`: reservations require that it is not", prefix, kRising[i - 1].name),
            "");
    }
    return prices;
  }

  std::int64_t read_tokens() {
    const auto value = base::parse_digits(text(kThreshold).value_or(""), kTokensMax).value_or(0);
    if (value == 0) fault(kThreshold, "must be a number of tokens", "long_prompt = 100000");
    return static_cast<std::int64_t>(value);
  }

  const std::string model_;
  const std::string prefix_;  ///< of its keys
  const Values& defaults_;
  const Values& file_;
  const std::string& file_name_;
  config::Faults& faults_;
  bool good_ = true;
};

}  // namespace

ReadPrices read_prices(const Values& defaults, const Values& file, const std::string& file_name,
                       config::Faults& faults) {
  const auto known = names();
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  std::map<std::string, std::string> sources;
  const auto collect = [&](const Values& values, const std::string& source, const std::string& shown) {
    for (auto value = values.lower_bound(kSection);
         value != values.end() && value->first.starts_with(kSection); ++value) {
      const auto dot = value->first.rfind('.');
      sources[value->first.substr(kSection.size(), dot - kSection.size())] = source;
      const auto name = std::string_view(value->first).substr(dot + 1);
      if (std::find(known.begin(), known.end(), name) == known.end())
        faults.add(fmt::format("{}:{}: {}", shown, value->second.line, value->first),
                   "is an unknown price" + base::did_you_mean(name, candidates), {});
    }
  };
  collect(defaults, "default", "server/product/default.toml");
  collect(file, file_name, file_name);
  ReadPrices read{{}, sources};
  for (const auto& [model, source] : sources) {
    if (auto prices = Table(model, defaults, file, file_name, faults).read()) read.models.push_back(*prices);
  }
  return read;
}

std::string text_of(const llm::ModelPrices& prices) {
  const auto kinds = [](const llm::TokenPrices& of) {
    return fmt::format("in {}, out {}, write 5m {}, write 1h {}, read {}", dollars(of.input),
                       dollars(of.output), dollars(of.cache_write_5m), dollars(of.cache_write_1h),
                       dollars(of.cache_read));
  };
  auto text = kinds(prices.usual);
  if (prices.long_prompt > 0)
    text += fmt::format("; above {} tokens {}", prices.long_prompt, kinds(prices.for_long));
  return text;
}

}  // namespace bigocean::server::product
