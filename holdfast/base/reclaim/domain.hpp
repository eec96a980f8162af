// Where objects that concurrent maps took out wait until no reader can have them in hand.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/pin.hpp>
#include <holdfast/base/reclaim/read_scope.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/base/reclaim/section.hpp>
#include <holdfast/base/reclaim/thread.hpp>

namespace holdfast::inline v0::reclaim {

class domain {
 public:
  constexpr domain() noexcept : collector_(the_records.it, the_periods.it) {}

  // `one` is destroyed when nobody can have it in hand any more. It is unlinked already: no section that
  // begins now can find it. `bytes` is what its destruction gives back, for the limits.
  // May destroy other objects that are due, so no lock may be held that a destructor wants; then use
  // defer(), and settle() afterwards.
  // Allocates nothing. Fatal: it is retired already.
  void retire(retirable& one, std::size_t bytes, destroy_function destroy) noexcept;

  // retire() that destroys nothing now.
  void defer(retirable& one, std::size_t bytes, destroy_function destroy) noexcept;
  // Sees to what this thread has deferred, if it is enough to be worth it.
  void settle() noexcept;

  // Destroys what can be destroyed without waiting, and says how many objects that were.
  std::size_t poll() noexcept;

  // Returns when every section that was open at the call has been left. Fatal: in a section.
  void synchronize() noexcept;

  // Destroys everything that was retired before the call, by any thread, and is not pinned; what stays is
  // destroyed when it is let go. Fatal: in a section, or in a destructor that this domain called.
  void drain() noexcept;

 private:
  collector collector_;
};

// The domain that maps use unless told otherwise. It is never destroyed.
extern constinit immortal<domain> the_default_domain;
[[nodiscard]] inline domain& default_domain() noexcept { return the_default_domain.it; }

}  // namespace holdfast::inline v0::reclaim
