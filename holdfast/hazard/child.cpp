// See child.hpp. Here is the parent's side; what the child does before its body is child_setup.cpp.
#include <holdfast/hazard/child.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/hazard/child_setup.hpp>
#include <holdfast/hazard/scratch_folder.hpp>

namespace holdfast::inline v0::hazard {
namespace {

using clock = std::chrono::steady_clock;
// How often the parent looks whether it was cancelled, or whether a silent child has gone.
constexpr std::chrono::milliseconds look_up_every{50};

[[noreturn]] void raise_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() { close_now(); }
  void close_now() noexcept {
    if (number_ >= 0) close(std::exchange(number_, -1));
  }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_ = -1;
};

struct pipe_ends {
  descriptor reader;
  descriptor writer;
};

pipe_ends make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) raise_errno("no pipe can be made");
  return {descriptor(ends[0]), descriptor(ends[1])};
}

// One captured stream.
struct capture {
  pipe_ends ends = make_pipe();
  std::string text;
  bool cut_short = false;

  [[nodiscard]] bool open() const noexcept { return ends.reader.number() >= 0; }
  void read_some() {
    std::array<char, 4096> bytes;
    const ssize_t count = read(ends.reader.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return ends.reader.close_now();
    const std::size_t room = most_output - text.size();
    const auto got = static_cast<std::size_t>(count);
    text.append(bytes.data(), std::min(room, got));
    cut_short = cut_short || got > room;
  }
};

class running_child {
 public:
  running_child(const child_body& body, const child_rules& rules, const std::string& folder)
      : rules_(rules), started_(clock::now()) {
    std::fflush(nullptr);  // or the child would print it again
    const pid_t parent = getpid();
    child_ = fork();
    if (child_ < 0) raise_errno("no child process can be made");
    if (child_ == 0) {
      become_child({parent, folder, rules.want_core, rules.time_out, out_.ends.writer.number(), err_.ends.writer.number()},
                   body);
    }
    out_.ends.writer.close_now();
    err_.ends.writer.close_now();
  }
  running_child(const running_child&) = delete;
  running_child& operator=(const running_child&) = delete;
  ~running_child() {
    if (child_ > 0) end_by_force();
  }

  // Until the child has ended, one way or another.
  void watch(outcome& told) {
    int status = 0;
    while (!reaped(status)) {
      if (cancelled() || clock::now() - started_ >= rules_.time_out) {
        told.end = cancelled() ? outcome::end::cancelled : outcome::end::timed_out;
        status = end_by_force();
        break;
      }
      wait_for_output();
    }
    kill(-child_, SIGKILL);  // whatever it had started itself
    child_ = -1;
    drain();
    told.took = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - started_);
    told.standard_output = std::move(out_.text);
    told.standard_error = std::move(err_.text);
    told.cut_short = out_.cut_short || err_.cut_short;
    if (told.end != outcome::end::exited) return;
    if (WIFSIGNALED(status)) {
      told.end = outcome::end::killed;
      told.signal = WTERMSIG(status);
      told.dumped_core = WCOREDUMP(status);
    } else {
      told.exit_code = WEXITSTATUS(status);
    }
  }

 private:
  [[nodiscard]] bool cancelled() const noexcept {
    // relaxed: pairs with nothing; a signal handler sets it and nothing else goes with it.
    return rules_.cancelled != nullptr && rules_.cancelled->load(std::memory_order_relaxed);
  }

  [[nodiscard]] bool reaped(int& status) const noexcept { return waitpid(child_, &status, WNOHANG) == child_; }

  int end_by_force() noexcept {
    kill(-child_, SIGKILL);
    kill(child_, SIGKILL);
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  // Sleeps until there is something to read, for a moment at most: streams may be closed, or stay open
  // in a grandchild, so they do not tell whether the child lives.
  void wait_for_output() { read_ready(out_.open() || err_.open() ? look_up_every : std::chrono::milliseconds(2)); }

  bool read_ready(std::chrono::milliseconds patience) {
    pollfd both[2] = {{out_.ends.reader.number(), POLLIN, 0}, {err_.ends.reader.number(), POLLIN, 0}};
    if (poll(both, 2, static_cast<int>(patience.count())) <= 0) return false;
    if (both[0].revents != 0) out_.read_some();
    if (both[1].revents != 0) err_.read_some();
    return true;
  }

  void drain() {
    while ((out_.open() || err_.open()) && read_ready(std::chrono::milliseconds(0))) {
    }
  }

  const child_rules& rules_;
  clock::time_point started_;
  pid_t child_ = -1;
  capture out_;
  capture err_;
};

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// `core` or `core.1234`, as kernel.core_uses_pid has it; any other pattern puts it elsewhere.
std::string core_in(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "core" || name.starts_with("core.")) return entry.path().string();
  }
  return {};
}

void write_file(const std::filesystem::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

// What was captured goes beside the core and the notes.
void keep(scratch_folder& folder, const outcome& told) {
  write_file(folder.path() / "stdout", told.standard_output);
  write_file(folder.path() / "stderr", told.standard_error);
  folder.keep();
}

}  // namespace

outcome run_child(const child_body& body, const child_rules& rules) {
  scratch_folder folder;
  outcome told;
  {
    running_child child(body, rules, folder.path().string());
    child.watch(told);
  }
  told.folder = folder.path().string();
  told.notes = parse_crash_notes(contents(folder.path() / notes_name));
  told.core = core_in(folder.path());
  if (rules.keep_folder || !told.core.empty()) keep(folder, told);
  return told;
}

}  // namespace holdfast::inline v0::hazard
