#include <holdfast/tools/lab_command.hpp>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include <holdfast/hazard/catalogue.hpp>
#include <holdfast/hazard/child.hpp>
#include <holdfast/tools/input_error.hpp>
#include <holdfast/tools/lab_experiments.hpp>
#include <holdfast/tools/lab_explain.hpp>
#include <holdfast/tools/lab_list.hpp>
#include <holdfast/tools/lab_run.hpp>
#include <holdfast/tools/lab_selection.hpp>

namespace holdfast::inline v0::tools {
namespace {

constexpr const char* examples =
    "EXAMPLES\n"
    "  holdfast lab list                           all hazards, one line each\n"
    "  holdfast lab explain reference-across-growth\n"
    "  holdfast lab run concurrent-writes          see it fail, see the cures hold\n"
    "  holdfast lab run --all --runs 100           how certain is it?\n"
    "  holdfast lab run --all --json -             for other programs\n"
    "  holdfast lab experiments                    pointers or values, new or arena: what they cost here\n";

void add_list(CLI::App& lab, int& exit_code) {
  auto* const command = lab.add_subcommand("list", "all hazards: story, article, true of Go, true of C++");
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "as JSON");
  command->callback([as_json, &exit_code] { exit_code = list_hazards(*as_json); });
}

void add_explain(CLI::App& lab, int& exit_code) {
  auto* const command = lab.add_subcommand("explain", "what happens and why, with the code that fails and the code that holds");
  auto which = std::make_shared<lab_selection>();
  command->add_option("ID", which->ids, "ids of `holdfast lab list`")->type_name("");
  command->add_flag("--all", which->all, "all hazards");
  command->callback([which, &exit_code] { exit_code = explain_hazards(chosen_hazards(*which, "lab explain")); });
}

void add_run(CLI::App& lab, int& exit_code) {
  auto* const command = lab.add_subcommand("run", "run the program that fails and its cures, each in a process of its own");
  auto which = std::make_shared<lab_selection>();
  auto options = std::make_shared<lab_run_options>();
  command->add_option("ID", which->ids, "ids of `holdfast lab list`")->type_name("");
  command->add_flag("--all", which->all, "all hazards");
  command->add_option("--runs", options->runs, "runs of each program")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000).description(""))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "seed of the first run; each further run adds 1")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--time-out", options->time_out_seconds, "seconds that a run may take")
      ->type_name("S")
      ->check(CLI::Range(0.1, 3600.0).description(""))
      ->capture_default_str();
  command->add_flag("--keep", options->keep, "keep the folder of every run");
  command->add_flag("--core", options->core, "let crashes write a core, and keep it");
  command->add_flag("--verbose", options->verbose, "show everything that the programs wrote");
  command->add_option("--json", options->json, "write the results to FILE; with - to standard output, instead of the text")
      ->type_name("FILE");
  command->callback([which, options, &exit_code] {
    exit_code = run_hazards(chosen_hazards(*which, "lab run"), *options);
  });
}

void add_experiments(CLI::App& lab, int& exit_code) {
  auto* const command = lab.add_subcommand("experiments", "the articles' measurements, done here, beside the articles' figures");
  auto options = std::make_shared<experiments_options>();
  std::string names = "which; all of them without one:";
  for (const auto& one : experiments()) names += "\n" + std::string(one.id) + ": " + std::string(one.story);
  command->add_option("ID", options->ids, names)->type_name("");
  command->add_option("--entries", options->plan.entries, "entries of the maps")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000).description(""))
      ->capture_default_str();
  command->add_option("--nodes", options->plan.nodes, "nodes to be made")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000).description(""))
      ->capture_default_str();
  command->add_option("--rounds", options->plan.rounds, "rounds, of which the median is shown")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str();
  command->add_option("--json", options->json, "write the results to FILE; with - to standard output, instead of the text")
      ->type_name("FILE");
  command->callback([options, &exit_code] { exit_code = run_experiments(*options); });
}

struct child_arguments {
  std::string name;
  std::uint64_t seed = 1;
  int notes = -1;
};

// What run_hazards calls for each child. Not for people, hence not in the help.
void add_child(CLI::App& lab) {
  auto* const command = lab.add_subcommand("child", "run one program here")->group("");
  auto typed = std::make_shared<child_arguments>();
  command->add_option("NAME", typed->name, "ID/PROGRAM")->required();
  command->add_option("--seed", typed->seed, "");
  command->add_option("--notes", typed->notes, "");
  command->callback([typed] {
    const auto [which, one] = named_program(typed->name);
    const int code = hazard::serve_child(*one, typed->seed, typed->notes);
    std::fflush(nullptr);
    _exit(code);
  });
}

}  // namespace

void add_lab(CLI::App& app, int& exit_code) {
  auto* const lab = app.add_subcommand("lab", "ways to fail with pointers in maps: see them fail, see their cures hold");
  lab->footer(examples);
  lab->require_subcommand(1);
  add_list(*lab, exit_code);
  add_explain(*lab, exit_code);
  add_run(*lab, exit_code);
  add_experiments(*lab, exit_code);
  add_child(*lab);
}

}  // namespace holdfast::inline v0::tools
