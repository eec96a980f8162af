// Bytes that begin or end at a page that nobody may touch: reading beyond them is a crash in every lane.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include <sys/mman.h>

namespace holdfast::tests {

class guarded_bytes {
 public:
  guarded_bytes()
      : start_(
            static_cast<char*>(mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    mprotect(start_, page, PROT_NONE);
    mprotect(start_ + 2 * page, page, PROT_NONE);
  }
  guarded_bytes(const guarded_bytes&) = delete;
  guarded_bytes& operator=(const guarded_bytes&) = delete;
  ~guarded_bytes() { munmap(start_, 3 * page); }

  // A copy of `text` directly behind the first guard. The next copy overwrites it.
  [[nodiscard]] std::string_view at_start(std::string_view text) { return copy(start_ + page, text); }
  // A copy of `text` directly before the last guard.
  [[nodiscard]] std::string_view at_end(std::string_view text) { return copy(start_ + 2 * page - text.size(), text); }

 private:
  static constexpr std::size_t page = 4096;

  static std::string_view copy(char* place, std::string_view text) {
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  char* start_;
};

}  // namespace holdfast::tests
