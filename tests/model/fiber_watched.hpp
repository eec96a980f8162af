// An object on the stage of fibers that tells when it is used after its end.
#pragma once

#include <holdfast/base/reclaim/retirable.hpp>

#include "tests/model/fibers.hpp"

namespace holdfast::tests {

struct fiber_watched : reclaim::retirable {
  void use() const {
    fibers::current()->step();
    if (destroyed) fibers::current()->report_violation();
  }
  static void destroy(reclaim::retirable* one) noexcept { static_cast<fiber_watched*>(one)->destroyed = true; }
  bool destroyed = false;
};

}  // namespace holdfast::tests
