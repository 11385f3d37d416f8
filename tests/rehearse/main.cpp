// Rehearses deploys: simulates the platform on this machine, from .railway/railway.ts, under load.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/rehearse/rehearsal.hpp"
#include "tests/rehearse/report.hpp"

namespace {

using namespace bigocean::rehearse;

/// The platform's seconds without --real-times: only the time that a sick version gets is shorter.
constexpr int kHealthcheckTimeout = 20;

void write(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + file);
}

int rehearse_and_report(const Options& options) {
  std::filesystem::create_directories(options.report_folder);
  const auto say = [](const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  const auto rehearsal = rehearse(options, say);
  const auto text = report_text(rehearsal);
  write(options.report_folder + "/report.txt", text);
  write(options.report_folder + "/report.json", report_json(rehearsal));
  write(options.report_folder + "/report.svg", report_svg(rehearsal));
  fmt::print("\n{}\n{}/report.txt, report.json, report.svg, logs/\n", text, options.report_folder);
  return rehearsal.faults.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string source(BIGOCEAN_SOURCE_DIR);
  Options options;
  options.graph_folder = source + "/build/railway";
  options.report_folder = source + "/build/rehearsal";
  options.healthcheck_timeout = kHealthcheckTimeout;
  bool real_times = false;

  CLI::App app(
      "Plays the platform's deploys on this machine, out of .railway/railway.ts, under constant load.");
  app.add_option("--scenario", options.scenario, "all, short or careless")->capture_default_str();
  app.add_option("--deploys", options.deploys, "How many; 0: as the scenario has")->capture_default_str();
  app.add_option("--replicas", options.replicas, "Of each deployment")
      ->capture_default_str()
      ->check(CLI::Range(1, 8));
  app.add_option("--rate", options.rate, "Requests a second")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--connections", options.connections, "Of the load, kept open")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--pause", options.pause_seconds, "Seconds between two deploys")->capture_default_str();
  app.add_option("--hold", options.hold_seconds,
                 "Seconds that the table of deploy 6 is held; 0: until the migration was refused it twice")
      ->capture_default_str()
      ->check(CLI::Range(0, 90));
  app.add_option("--overlap", options.overlap, "Instead of overlapSeconds");
  app.add_option("--draining", options.draining, "Instead of drainingSeconds");
  app.add_option("--healthcheck-timeout", options.healthcheck_timeout, "Instead of healthcheckTimeout")
      ->capture_default_str();
  app.add_option("--edge-lag", options.edge_lag_ms,
                 "Milliseconds after SIGTERM until the edge sends nothing more there; 0: it stops before")
      ->capture_default_str();
  app.add_option("--edge-retries", options.edge_retries,
                 "How often the edge sends a request again that got nothing back")
      ->capture_default_str()
      ->check(CLI::Range(0, 10));
  app.add_flag("--real-times", real_times, "All seconds as railway.ts has them");
  app.add_option("--railway-graph", options.graph_folder,
                 "What railway.ts describes, as scripts/railway-graph writes it")
      ->capture_default_str();
  app.add_option("--report", options.report_folder, "Where report.{txt,json,svg} and logs/ go")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (real_times) options.overlap = options.draining = options.healthcheck_timeout = std::nullopt;
  try {
    return rehearse_and_report(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "rehearse: {}\n", error.what());
    return 2;
  }
}
