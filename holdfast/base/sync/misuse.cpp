// See misuse.hpp.
#include <holdfast/base/sync/misuse.hpp>

#include <cstdio>
#include <string>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/observe/crash_shield.hpp>
#include <holdfast/base/observe/root.hpp>
#include <holdfast/base/observe/stack_text.hpp>
#include <holdfast/base/observe/thread_list.hpp>
#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/base/sync/writer_mark.hpp>

namespace holdfast::inline v0 {
namespace {

// Whatever keeps a writer mark also brings the root into a statically linked program.
HOLDFAST_RETAINED const void* const bring_in_the_root = &holdfast_root;

struct party {
  std::uint32_t thread = 0;  // 0: it has left
  operation doing_what = operation::none;
  const void* place = nullptr;
  observe::backtrace stack;
  observe::answer told = observe::answer::none;
};

struct scene {
  misuse kind;
  identity_source map;
  mark_sighting seen;
  party mine;
  party other;

  // The same thread is in the map twice: it came back from inside its own write.
  [[nodiscard]] bool is_reentry() const noexcept { return other.thread == mine.thread; }
  [[nodiscard]] bool is_leaving() const noexcept { return mine.doing_what == operation::none; }
};

std::string address_text(const void* address) {
  char text[32];
  std::snprintf(text, sizeof text, "%p", address);
  return text;
}

std::string map_line(const scene& now) {
  const void* const address = now.map.map != nullptr ? now.map.map : now.seen.mark;
  if (now.map.describe == nullptr) return "  map at " + address_text(address) + '\n';
  const map_identity identity = now.map.describe(now.map.map);
  std::string text = "  map ";
  if (identity.id == 0) text += "at " + address_text(address) + " (not named, ";
  else text += '"' + std::string(identity.name) + "\" (id " + std::to_string(identity.id) + ", ";
  text += std::to_string(identity.entries) + " entries";
  if (identity.growing)
    text += ", growing " + std::to_string(identity.moved) + '/' + std::to_string(identity.to_move);
  return text + ")\n";
}

// Where `one` called the library. Its program counter tells if the call was inlined there; else its
// stack does, as long as it is still in the same call.
std::string place_text(const party& one, bool stack_is_of_this_call) {
  const std::string outside = stack_is_of_this_call ? observe::caller_of_ours(one.stack) : std::string{};
  if (!outside.empty()) return outside;
  return one.place == nullptr ? "an unknown place" : observe::caller_of_ours(one.place);
}

std::string party_lines(const scene& now) {
  const party& mine = now.mine;
  const party& other = now.other;
  std::string text = "  this thread " + observe::thread_label(mine.thread) + ' ';
  text += now.is_leaving() ? "leaving a write" : doing(mine.doing_what);
  text += " at " + place_text(mine, true) + '\n';
  if (now.is_reentry())
    return text + "  this thread too was already " + std::string(doing(other.doing_what)) +
           " in it: re-entered from a callback, which the map called from " +
           observe::caller_of_ours(other.place) + '\n';
  if (other.thread == 0) {
    text += "  other thread has left already; the last write was " + std::string(doing(other.doing_what));
    return text + " at " + place_text(other, false) + '\n';
  }
  // Still the same write, so the stack that it told is the stack of this write.
  const bool still_there = other.told == observe::answer::given && now.seen.mark->word() == now.seen.word;
  text += "  other thread " + observe::thread_label(other.thread) + ' ';
  return text + std::string(doing(other.doing_what)) + " at " + place_text(other, still_there) + '\n';
}

std::string stack_lines(const scene& now, observe::stack_collector& collector) {
  const traceback wanted = wanted_traceback();
  if (wanted == traceback::none) return {};
  std::string text = "  stack of this thread " + observe::thread_label(now.mine.thread) + ":\n";
  text += observe::stack_text(now.mine.told, now.mine.stack);
  if (now.other.thread != 0 && !now.is_reentry()) {
    text += "  stack of the other thread " + observe::thread_label(now.other.thread) + ":\n";
    text += observe::stack_text(now.other.told, now.other.stack);
  }
  if (wanted == traceback::all || wanted == traceback::crash)
    text += observe::other_stacks_text(collector, now.mine.thread, now.other.thread);
  return text;
}

std::string cure_line(const scene& now) {
  if (now.is_reentry())
    return "  cure: do not use a map from a hash, an equality, a constructor or a visitor that it calls; note "
           "what is to be done and do it after the call (docs/design/sync.md, cures)\n";
  switch (now.kind) {
    case misuse::iteration_and_write:
      return "  cure: hold one lock through the whole walk and around every write, or walk over a clone made "
             "under the lock (docs/design/sync.md, cures)\n";
    case misuse::clone_and_write:
      return "  cure: clone under the lock that is held around every write (docs/design/sync.md, cures)\n";
    default:
      return "  cure: hold one lock around every use of the map while any thread writes to it, "
             "std::shared_mutex lets readers in together; or give each thread a map of its own "
             "(docs/design/sync.md, cures)\n";
  }
}

}  // namespace

const char* first_line_of(misuse kind) noexcept {
  switch (kind) {
    case misuse::read_and_write: return "fatal error: concurrent map read and map write";
    case misuse::iteration_and_write: return "fatal error: concurrent map iteration and map write";
    case misuse::clone_and_write: return "fatal error: concurrent map clone and map write";
    default: return "fatal error: concurrent map writes";
  }
}

void report_misuse(mark_sighting seen, identity_source map, operation mine, const void* my_place) noexcept {
  const void* const caller = __builtin_return_address(0);
  scene now{misuse_of(mine), map, seen, {}, {}};
  fatal_report report(first_line_of(now.kind));
  observe::crash_shield shield;
  observe::stack_collector collector;

  // The other thread first: it is still on its way.
  now.mine.thread = this_thread_id();
  now.other.thread = writer_mark::thread_of(seen.word);
  now.other.doing_what = writer_mark::operation_of(seen.word);
  now.other.place = seen.place;
  if (now.other.thread != 0 && !now.is_reentry()) now.other.told = collector.ask(now.other.thread, now.other.stack);

  now.mine.doing_what = mine;
  now.mine.place = my_place;
  observe::capture_own(now.mine.stack, caller);
  now.mine.told = observe::answer::given;

  const std::string text = map_line(now) + party_lines(now) + stack_lines(now, collector) + cure_line(now);
  if (report.is_handled()) shield.lower();
  report.finish(text);
}

}  // namespace holdfast::inline v0
