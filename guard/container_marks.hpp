// The marks that threads leave at containers while they change them, and what happens when two meet.
// containers.hpp tells why.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "guard/options.hpp"

namespace holdfast::guard {

// What a meeting leads to, and how long a thread may wait inside.
void prepare_marks(const options& wanted) noexcept;

// One change that this thread makes of the container whose header is at `header`.
class container_change {
 public:
  struct what {
    const char* kind;        // "std::map or std::set"
    const char* operation;   // "inserting"
    std::size_t header_at;   // where in the container its header lies
  };

  container_change(const void* header, const what& done, const void* caller) noexcept;
  container_change(const container_change&) = delete;
  container_change& operator=(const container_change&) = delete;
  ~container_change();

 private:
  const what& done_;
  const void* caller_;
  std::uint64_t mine_;
};

}  // namespace holdfast::guard
