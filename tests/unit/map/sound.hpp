// A map in which the audit finds nothing, as a claim that a test can make.
#pragma once

#include <gtest/gtest.h>

namespace holdfast::tests {

template <class Map>
[[nodiscard]] testing::AssertionResult sound(const Map& map) {
  const auto fault = map.audit();
  if (!fault) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "audit: " << fault->invariant << ": " << fault->text;
}

}  // namespace holdfast::tests
