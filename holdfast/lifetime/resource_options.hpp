// What a registry does, and what is told when something is adopted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <holdfast/lifetime/resource_slots.hpp>

namespace holdfast::inline v0 {

// What happens when C frees memory that is held. It is told by the guard (a library to be preloaded), by the hooks
// of the sanitizers, by note_freed(), by a cookie that has changed, or by the same address being adopted again.
enum class when_freed : std::uint8_t {
  mark,    // the handle is refused from then on, and its free callback does not run
  report,  // the same, and the failure handler is told: a refused failure
  abort,   // a fatal failure
  heal,    // the memory is kept and goes at the last release; where that cannot be done: report
};

struct resource_options {
  std::string_view name = {};                 // of the registry, for reports; a literal
  when_freed freed = when_freed::report;      // see also resource_registry::react()
  std::uint32_t most_reports = 16;            // of memory freed; further ones are only counted
  std::size_t most_resources = std::numeric_limits<std::size_t>::max();  // alive at a time
  bool stacks = false;                        // keep the stack of each adoption: half a KiB and a microsecond each
  bool tell_leaks = true;                     // report at the registry's end what is still held
};

struct adoption {
  std::size_t size = 0;           // bytes; for the callback, the limits of reclamation and reports
  resource_free free = nullptr;   // null: the memory is C's to free, only watched; kept memory goes the way it came
  void* context = nullptr;        // for the callback
  std::string_view name = {};     // copied, its first 31 bytes
  std::uint64_t tag = 0;          // yours; the census sums up by it
  const std::uint64_t* cookie = nullptr;  // a word of the resource that stays as it is while it lives; compared
                                          // before each use
  bool watched = true;            // false: a part of something bigger that lies at the same address
  bool fork_safe = false;         // whether the callback may run in a child made by fork()
};

struct resource_stats {
  std::uint64_t live = 0;
  std::uint64_t adopted = 0;
  std::uint64_t freed = 0;        // callbacks that ran
  std::uint64_t freed_by_c = 0;   // while held
  std::uint64_t kept = 0;         // of these: healed
  std::uint64_t readopted = 0;    // of these: noticed when the same address was adopted again
  std::uint64_t skipped_in_child = 0;
  std::uint32_t slots = 0;        // of the process, ever
  std::uint32_t exhausted = 0;    // of these: out of generations
};

}  // namespace holdfast::inline v0
