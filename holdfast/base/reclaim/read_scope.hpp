// A section of the user's own, for many lookups in a row.
//
// Each lookup inside costs less, and what it found stays good until the scope ends or is refreshed. In
// return everything retired meanwhile, by any thread in any domain, waits for it: keep it to
// milliseconds, do not wait for anything inside, and refresh it in long loops.
#pragma once

#include <holdfast/base/reclaim/section.hpp>

namespace holdfast::inline v0::reclaim {

class [[nodiscard]] read_scope {
 public:
  explicit read_scope(domain& one) noexcept : inside_(one) {}

 private:
  section inside_;
};

}  // namespace holdfast::inline v0::reclaim
