#include <holdfast/tools/lab_run.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>

#include <holdfast/tools/lab_json.hpp>
#include <holdfast/tools/lab_progress.hpp>
#include <holdfast/tools/lab_report.hpp>
#include <holdfast/tools/output_file.hpp>
#include <holdfast/tools/terminal.hpp>

namespace holdfast::inline v0::tools {
namespace {

constexpr int interrupted_code = 130;

std::atomic<bool> interrupted{false};

extern "C" void holdfast_lab_on_interrupt(int) {
  // relaxed: pairs with nothing; the parent's loop looks at it and at nothing else.
  interrupted.store(true, std::memory_order_relaxed);
}

// While it lives, an interrupt ends the child and lets the lab clean up.
class interrupt_watch {
 public:
  interrupt_watch() noexcept {
    struct sigaction mine = {};
    mine.sa_handler = holdfast_lab_on_interrupt;
    sigaction(SIGINT, &mine, &int_before_);
    sigaction(SIGTERM, &mine, &term_before_);
  }
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;
  ~interrupt_watch() {
    sigaction(SIGINT, &int_before_, nullptr);
    sigaction(SIGTERM, &term_before_, nullptr);
  }
  [[nodiscard]] static bool seen() noexcept { return interrupted.load(std::memory_order_relaxed); }

 private:
  struct sigaction int_before_ = {};
  struct sigaction term_before_ = {};
};

[[nodiscard]] hazard::trial_plan plan_for(const lab_run_options& options, lab_progress& progress) {
  hazard::trial_plan plan;
  plan.runs = options.runs;
  plan.seed = options.seed;
  plan.rules.time_out = std::chrono::milliseconds(static_cast<std::int64_t>(options.time_out_seconds * 1000));
  plan.rules.keep_folder = options.keep;
  plan.rules.want_core = options.core;
  plan.rules.cancelled = &interrupted;
  plan.how.command = {"/proc/self/exe", "lab", "child"};
  plan.after_run = [&progress] { progress.advance(); };
  return plan;
}

// Nothing is added once an interrupt was seen: what was cut off says nothing.
void run_one(hazard_result& result, const hazard::program& one, const hazard::trial_plan& plan, lab_progress& progress) {
  if (interrupt_watch::seen()) return;
  progress.label(std::string(result.which->id) + "/" + std::string(one.name));
  hazard::trial trial = run_trial(*result.which, one, plan);
  if (!interrupt_watch::seen()) result.programs.push_back({&one, std::move(trial)});
}

[[nodiscard]] hazard_result run_hazard(const hazard::hazard& which, const hazard::trial_plan& plan, lab_progress& progress) {
  hazard_result result{&which, {}};
  run_one(result, which.naive, plan, progress);
  for (const auto& cure : which.cures) run_one(result, cure, plan, progress);
  return result;
}

[[nodiscard]] std::size_t programs_in(const hazard_list& which) {
  std::size_t count = 0;
  for (const auto* const one : which) count += 1 + one->cures.size();
  return count;
}

}  // namespace

bool hazard_result::passed() const noexcept {
  return programs.size() == 1 + which->cures.size() &&
         std::ranges::all_of(programs, [](const auto& one) { return one.trial.passed; });
}

int run_hazards(const hazard_list& which, const lab_run_options& options) {
  const auto started = std::chrono::steady_clock::now();
  std::unique_ptr<output_file> json;
  if (!options.json.empty()) json = std::make_unique<output_file>(options.json);
  const bool in_text = options.json != "-";
  const report_style style{wants_colour(STDOUT_FILENO), options.verbose};
  output_file out("-");
  const interrupt_watch watch;
  lab_progress progress(programs_in(which) * options.runs);
  const auto plan = plan_for(options, progress);
  std::vector<hazard_result> results;
  for (const auto* const one : which) {
    if (interrupt_watch::seen()) break;
    results.push_back(run_hazard(*one, plan, progress));
    progress.hide();
    if (in_text) out.write(report_text(results.back(), style));
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  if (interrupt_watch::seen()) {
    std::fputs("holdfast: lab run: interrupted\n", stderr);
    return interrupted_code;
  }
  if (in_text) out.write(summary_text(results, took.count(), style));
  if (json) json->write(results_json(results, options, took.count()));
  return std::ranges::all_of(results, &hazard_result::passed) ? 0 : 1;
}

}  // namespace holdfast::inline v0::tools
