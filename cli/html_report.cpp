// A report as one file of HTML that needs nothing else: no script, no other file, no network.
#include "cli/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "base/version.hpp"

namespace bigocean::cli {
namespace {

using base::escape_html;

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#12262e;--faint:#4d636c;--paper:#f4f7f7;--card:#fff;--line:#cfdadd;--track:#e3eaec;
--good:#1d6b3a;--warn:#8a5a00;--bad:#a3262a;--plain:#2569b8}
@media(prefers-color-scheme:dark){:root{--ink:#e5eef0;--faint:#a6bac1;--paper:#0c161a;--card:#14232a;--line:#2b3f47;
--track:#22353d;--good:#74c48c;--warn:#e6b450;--bad:#ff9a97;--plain:#79b0f0}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:72rem;margin:auto;padding:1.5rem 1.2rem 3rem}h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:0}
p{margin:.3rem 0}.target,.small{color:var(--faint)}.head{display:flex;gap:1rem;align-items:baseline;flex-wrap:wrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:1rem 1.2rem;margin-top:1rem}h1,h2,p{overflow-wrap:anywhere}
.chip{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .7rem;font-weight:600;font-size:.9rem;white-space:nowrap}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.plain{color:var(--plain)}
table{border-collapse:collapse;width:100%;margin-top:.6rem}th,td{text-align:start;vertical-align:top;padding:.35rem .8rem .35rem 0;
border-top:1px solid var(--line);overflow-wrap:anywhere}th{font-weight:600;overflow-wrap:break-word}thead th{color:var(--faint);font-size:.9rem;border:0}
code,pre{font:.9em/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
pre{background:var(--paper);padding:.5rem .7rem;border-radius:.4rem;margin:.4rem 0}
svg{display:block;width:9rem;max-width:100%;height:.6rem;margin:.3rem 0}.track{fill:var(--track)}svg .fill{fill:currentColor}
@media(max-width:40rem){thead{display:none}tr,td,th{display:block;border:0;padding:.1rem 0;overflow-wrap:anywhere}tr{border-top:1px solid var(--line);padding:.5rem 0}}
footer{margin-top:2rem;color:var(--faint);font-size:.9rem}
)";

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "good";
    case Tone::kPlain:
      return "plain";
    case Tone::kWarn:
      return "warn";
    case Tone::kBad:
      break;
  }
  return "bad";
}

}  // namespace

std::string html_chip(Tone tone, std::string_view text) {
  return fmt::format(R"(<span class="chip {}">{}</span>)", class_of(tone), escape_html(text));
}

std::string html_element(std::string_view name, std::string_view text) {
  if (text.empty()) return {};
  return fmt::format("<{}>{}</{}>", name, escape_html(text), name.substr(0, name.find(' ')));
}

std::string html_bar(Tone tone, double share) {
  return fmt::format(
      R"(<svg class="{}" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="4"/>)"
      R"(<rect class="fill" width="{:.1f}%" height="100%" rx="4"/></svg>)",
      class_of(tone), 100 * std::clamp(share, 0.0, 1.0));
}

std::string html_report(std::string_view title, std::string_view target, Tone tone, std::string_view verdict,
                        std::string_view body) {
  return fmt::format(
      R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{0}</title>
<style>{1}</style>
</head>
<body><main>
<div class="head"><h1>{0}</h1>{2}</div>
<p class="target">{3}</p>
{4}
<footer>bigocean {5} ({6}), {7}</footer>
</main></body>
</html>
)",
      escape_html(title), kStyle, html_chip(tone, verdict), escape_html(target), body,
      escape_html(base::version()), escape_html(base::git_commit()),
      base::format_time(std::chrono::system_clock::now()));
}

}  // namespace bigocean::cli
