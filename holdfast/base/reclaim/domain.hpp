// Where objects that concurrent structures took out wait until no reader can have them in hand.
//
// A reader enters a section, follows pointers, hands what it found to a pin and leaves. A writer unlinks an
// object and retires it. The object is destroyed when every section that was open then has been left and
// no pin holds it. Nobody waits for anybody, unless a limit says so.
//
//   section (inside) ──hand_off──▶ pin (for as long as you like)
//   unlink ──retire──▶ waits ──grace period──▶ scan of the pins ──▶ destroyed
//
// Domains keep separate lists, limits and figures; the readers are those of the whole process. Use
// default_domain() unless you must know that *everything of yours* is destroyed, as a library that is
// unloaded must.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <holdfast/base/lang/immortal.hpp>
#include <holdfast/base/reclaim/limits.hpp>
#include <holdfast/base/reclaim/read_scope.hpp>
#include <holdfast/base/reclaim/section.hpp>
#include <holdfast/base/reclaim/stats.hpp>

namespace holdfast::inline v0::reclaim {

class domain {
 public:
  constexpr explicit domain(const limits& chosen = {}) noexcept
      : limits_(chosen), collector_(the_records.it, the_periods.it) {}
  domain(const domain&) = delete;
  domain& operator=(const domain&) = delete;
  // Drains. What is still pinned goes to the default domain, and so does everything when the thread is
  // inside a section or in a destructor called from here. Nobody else may use the domain any more.
  ~domain();

  // `one` is destroyed when nobody can have it in hand any more. It is unlinked already: no section that
  // begins now can find it. `bytes` is what its destruction gives back, for the limits.
  // May run destructors of other objects, so no lock may be held that one of them wants; where one is,
  // use defer(), and settle() afterwards. Inside a section it destroys nothing.
  // Allocates nothing. Fatal: it is retired already.
  void retire(retirable& one, std::size_t bytes, destroy_function destroy) noexcept;

  // retire() that runs nothing now.
  void defer(retirable& one, std::size_t bytes, destroy_function destroy) noexcept;
  // Sees to what this thread has deferred, if it is a batch. Nothing inside a section or a destructor
  // called from here.
  void settle() noexcept;

  // Destroys what can be destroyed without waiting, and says how many objects that were. None inside a
  // section or a destructor called from here.
  std::size_t poll() noexcept;

  // Returns when every section that was open at the call has been left.
  // Fatal: inside a section; the kernel has begun to deny membarrier.
  void synchronize() noexcept;

  // Destroys everything that was retired before the call, by any thread, and is not pinned, and then what
  // the destructors it runs have retired. Returns when that is done, with the number of objects still pinned; they
  // are destroyed when they are let go. Waits for sections and for other threads' destructors, not for
  // pins. Fatal: inside a section, or in a destructor called from here.
  std::size_t drain() noexcept;

  // Whether this thread may drain(): it is neither inside a section nor in a destructor called from here.
  [[nodiscard]] static bool may_drain() noexcept;

  // drain() that waits for pins as well, up to `patience` nanoseconds. True: nothing is left of what was
  // retired before, and no destructor of it is running. What a library does before it is unloaded.
  [[nodiscard]] bool barrier(std::uint64_t patience) noexcept;

  // Who holds what, in all domains. Allocates. A snapshot that is over when you see it.
  [[nodiscard]] static std::vector<holding> census();

  // Costs a look at each slot of each thread.
  [[nodiscard]] domain_stats stats() noexcept;

  // Threads: none may use the domain meanwhile.
  void set_limits(const limits& chosen) noexcept { limits_ = chosen; }

 private:
  std::size_t collect(haste hurry, std::size_t most) noexcept;
  void see_through(retired_list& all) noexcept;
  void mind_limits() noexcept;
  void wait_for_room() noexcept;
  void tell_soft_limit() noexcept;

  limits limits_;
  std::atomic<bool> over_soft_{false};
  collector collector_;
};

// The domain that everything uses unless told otherwise. It is never destroyed.
extern constinit immortal<domain> the_default_domain;
[[nodiscard]] HOLDFAST_ALWAYS_INLINE domain& default_domain() noexcept { return the_default_domain.it; }

}  // namespace holdfast::inline v0::reclaim
