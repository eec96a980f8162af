// What is said of C memory that left while it was held, of leaks, and of shares that were released too often.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/backtrace.hpp>
#include <holdfast/lifetime/resource_handle.hpp>
#include <holdfast/lifetime/resource_notes.hpp>
#include <holdfast/lifetime/resource_options.hpp>

namespace holdfast::inline v0 {

// A resource as it was when somebody looked.
struct resource_view {
  resource_handle handle;
  void* pointer = nullptr;
  std::size_t size = 0;
  std::uint32_t shares = 0;
  std::uint64_t tag = 0;
  std::string name;
  resource_site site;
  std::uint32_t thread = 0;  // that adopted it
  bool closing = false;
  bool freed = false;  // by C
  bool kept = false;   // although C has freed it
};

}  // namespace holdfast::inline v0

namespace holdfast::inline v0::lifetime {

enum class departure_door : std::uint8_t { free, realloc, delete_, munmap, told, cookie, adopted_again };

// Memory that left: all a report needs, copied while the shard was locked.
struct departure {
  char name[resource_notes::name_capacity];
  resource_handle handle;
  const void* pointer;
  std::size_t size;
  std::uint64_t tag;
  std::uint32_t shares;
  std::uint32_t adopted_by;
  resource_site site;
  departure_door door;
  bool kept;
  bool twice;  // it was kept before
  bool has_stack;
  observe::backtrace stack;  // of the adoption
};

// Says what left, who adopted it and who is freeing it: this thread. Fatal under when_freed::abort. `registry` is a
// name, `again` where the address was adopted again.
HOLDFAST_COLD void report_departure(const departure& left, std::string_view registry, when_freed how,
                                    resource_site again) noexcept;

// `7 resources are still held` and a line for each; empty for none.
[[nodiscard]] std::string line_of(const resource_view& one);
HOLDFAST_COLD void report_leaks(const resource_options& how, std::size_t count, const std::string& lines) noexcept;

HOLDFAST_COLD void report_limit(const resource_options& how) noexcept;
[[noreturn]] HOLDFAST_COLD void report_released_too_often(resource_handle handle, resource_error why) noexcept;
[[noreturn]] HOLDFAST_COLD void report_too_many_shares(resource_handle handle) noexcept;

}  // namespace holdfast::inline v0::lifetime
