// The holdfast command: sub-commands, and what every one of them has in common.
//
// Exit codes: 0 done · 1 a cure did not hold, or maps disagree · 2 bad usage or bad input, told in
// one line on standard error.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "holdfast/tools/input_error.hpp"
#include "holdfast/tools/lab_command.hpp"
#include "holdfast/tools/replay_command.hpp"
#include "holdfast/tools/version.hpp"

namespace {

constexpr int bad_usage = 2;

constexpr const char* story =
    "holdfast: maps of pointers that hold, and proof of it.\n"
    "\n"
    "  holdfast lab list        ways to fail with pointers in maps\n"
    "  holdfast lab run         see them fail, and their cures hold\n"
    "  holdfast replay --demo   play a real trace through maps: speed, tails, memory\n";

// CLI11's own text may have several lines; a user gets one that says what to do.
int refuse_usage(const CLI::App& app, const CLI::ParseError& error) {
  using holdfast::tools::shown_name;
  const auto chosen = app.get_subcommands();
  const auto extras = app.remaining();
  std::string what = shown_name(error.what());
  std::string name = "holdfast";
  if (!chosen.empty()) {
    name += " " + chosen.front()->get_name();
  } else if (!extras.empty()) {
    what = "there is no sub-command or option '" + shown_name(extras.front()) + "'";
  }
  std::fprintf(stderr, "holdfast: %s; see %s --help\n", what.c_str(), name.c_str());
  return bad_usage;
}

int run(int argc, char** argv) {
  CLI::App app(story, "holdfast");
  int exit_code = 0;
  app.set_version_flag("--version", std::string(holdfast::tools::version_text));
  app.require_subcommand(1);
  holdfast::tools::add_lab(app, exit_code);
  holdfast::tools::add_replay(app, exit_code);
  if (argc == 1) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return refuse_usage(app, error);
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const holdfast::tools::input_error& error) {
    std::fprintf(stderr, "%s\n", error.what());
  } catch (const std::bad_alloc&) {
    std::fputs("holdfast: not enough memory; use less of the input (replay has --limit N)\n",
               stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "holdfast: %s; please report this\n", error.what());
  }
  return bad_usage;
}
