// What is said when somebody uses a C resource that has gone, or a handle that leads nowhere: as of every reference.
//
//   stale reference to resource 12#3 of registry "textures": memory freed by C code by operation #5 on thread 4711;
//   hold ...
#pragma once

#include <string>
#include <string_view>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/stale_reference.hpp>
#include <holdfast/lifetime/resource_error.hpp>
#include <holdfast/lifetime/resource_handle.hpp>

namespace holdfast::inline v0::lifetime {

struct refused_resource {
  std::string_view registry{};  // its name
  resource_handle handle{};
  resource_error error = resource_error::invalid;
  cause_record why{};  // none: it has not ended, or its slot has another tenant by now
};

[[nodiscard]] std::string text_of_bad_resource(const refused_resource& one);
[[noreturn]] HOLDFAST_COLD void raise_bad_resource(const refused_resource& one);
[[noreturn]] HOLDFAST_COLD void report_bad_resource(const refused_resource& one) noexcept;

}  // namespace holdfast::inline v0::lifetime
