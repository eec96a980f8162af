// What an audit found wrong: the first broken invariant, by its tag, and where.
#pragma once

#include <string>

namespace holdfast::inline v0::table {

struct fault {
  const char* invariant;  // e.g. "hf.table.empty-rest"
  std::string text;
};

}  // namespace holdfast::inline v0::table
