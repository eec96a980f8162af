// See trial.hpp.
#include <holdfast/hazard/trial.hpp>

#include <holdfast/hazard/judge.hpp>

namespace holdfast::inline v0::hazard {
namespace {

void count_run(trial& so_far, const verdict& judged, outcome&& seen, std::uint64_t seed) {
  const bool first_failure = !judged.as_told && so_far.as_told == so_far.runs;
  if (so_far.runs == 0 || first_failure) {
    so_far.shown = std::move(seen);
    so_far.shown_seed = seed;
    so_far.why_not = judged.why_not;
  }
  ++so_far.runs;
  if (judged.as_told) ++so_far.as_told;
}

}  // namespace

trial run_trial(const hazard& which, const program& one, const trial_plan& plan) {
  trial result;
  for (unsigned run = 0; run < plan.runs; ++run) {
    const std::uint64_t seed = plan.seed + run;
    outcome seen = run_program(which, one, seed, plan.rules, plan.how);
    const bool cancelled = seen.end == outcome::end::cancelled;
    count_run(result, judge(one.expectation, seen), std::move(seen), seed);
    if (plan.after_run) plan.after_run();
    if (cancelled) return result;
  }
  const double percent = 100.0 * result.as_told / (result.runs == 0 ? 1 : result.runs);
  result.passed = result.runs > 0 && percent >= one.expectation.at_least_percent;
  return result;
}

}  // namespace holdfast::inline v0::hazard
