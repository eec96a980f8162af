// See child_setup.hpp. Runs between fork and the body, where the parent has one thread only.
#include <holdfast/hazard/child_setup.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/hazard/crash_notes.hpp>
#include <holdfast/hazard/situation.hpp>

namespace holdfast::inline v0::hazard {
namespace {

// Maps set addresses aside far beyond what they use, so this bounds a run-away child only.
constexpr rlim_t most_addresses = rlim_t{64} << 30;
constexpr rlim_t most_core_bytes = rlim_t{256} << 20;

void limit(__rlimit_resource what, rlim_t most) noexcept {
  rlimit now{};
  if (getrlimit(what, &now) != 0) return;
  now.rlim_cur = now.rlim_max == RLIM_INFINITY || most < now.rlim_max ? most : now.rlim_max;
  setrlimit(what, &now);
}

void set_limits(const child_surroundings& around) noexcept {
  limit(RLIMIT_CORE, around.want_core ? most_core_bytes : 0);
  // One second more than the clock on the wall allows two threads: the time-out is what should end it.
  limit(RLIMIT_CPU, static_cast<rlim_t>(around.time_out.count()) * 2 / 1000 + 1);
  // A sanitizer's shadow takes terabytes of addresses.
  if (!address_sanitizer && !thread_sanitizer) limit(RLIMIT_AS, most_addresses);
}

void take_streams(const child_surroundings& around) noexcept {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(around.standard_output, STDOUT_FILENO);
  dup2(around.standard_error, STDERR_FILENO);
}

// The parent may handle or block signals in its own way; a child starts plain.
void forget_signals() noexcept {
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGABRT, SIGSEGV, SIGBUS}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void give_up(const char* what) noexcept {
  std::perror(what);
  _exit(out_of_plan_code);
}

}  // namespace

void become_child(const child_surroundings& around, const child_body& body) noexcept {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != around.parent) _exit(out_of_plan_code);  // it died before the line above
  forget_signals();
  take_streams(around);
  if (chdir(around.folder.c_str()) != 0) give_up("the child's folder");
  // Not close-on-exec: the body may be a new program, which is told the number.
  const int notes = open(notes_name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  if (notes < 0) give_up("the child's notes");
  set_limits(around);
  const int code = body(notes);
  std::fflush(nullptr);
  // Not exit: the parent's static objects are not the child's to destroy.
  _exit(code);
}

int serve_child(const program& one, std::uint64_t seed, int notes) {
  note_deadly_signals(notes);
  situation here(seed, notes);
  return one.run(here);
}

outcome run_program(const hazard& which, const program& one, std::uint64_t seed, const child_rules& rules,
                    const launch& how) {
  return run_child(
      [&](int notes) {
        // A report must look the same whoever runs the lab.
        unsetenv("HOLDFAST_TRACEBACK");
        // So that the same seed gives the same run, also inside the maps.
        setenv("HOLDFAST_OPTIONS", ("seed=" + std::to_string(seed)).c_str(), 0);
        if (how.command.empty()) return serve_child(one, seed, notes);
        std::vector<std::string> words = how.command;
        words.push_back(std::string(which.id) + "/" + std::string(one.name));
        words.insert(words.end(), {"--seed", std::to_string(seed), "--notes", std::to_string(notes)});
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        execv(arguments[0], arguments.data());
        give_up(arguments[0]);
      },
      rules);
}

}  // namespace holdfast::inline v0::hazard
