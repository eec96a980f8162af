// A source of pages that counts, and refuses when it is told to.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/memory/page_source.hpp>

namespace holdfast::tests {

class pages_for_tests final : public memory::page_source {
 public:
  std::byte* map(std::size_t bytes, memory::page_kind& kind) noexcept override {
    if (refused()) return nullptr;
    wished = kind;
    mapped += bytes;
    return memory::system_pages().map(bytes, kind);
  }
  bool map_at(std::byte* at, std::size_t bytes) noexcept override {
    if (refused() || !memory::system_pages().map_at(at, bytes)) return false;
    mapped += bytes;
    return true;
  }
  void unmap(std::byte* at, std::size_t bytes) noexcept override {
    mapped -= bytes;
    memory::system_pages().unmap(at, bytes);
  }
  bool protect(std::byte* at, std::size_t bytes, bool reachable) noexcept override {
    if (protect_refused) return false;
    ++(reachable ? opened : closed);
    return memory::system_pages().protect(at, bytes, reachable);
  }
  bool discard(std::byte* at, std::size_t bytes) noexcept override {
    ++discarded;
    return memory::system_pages().discard(at, bytes);
  }

  std::int64_t maps_until_refusal = -1;  // negative: never
  bool protect_refused = false;
  std::size_t mapped = 0;
  int opened = 0;
  int closed = 0;
  int discarded = 0;
  memory::page_kind wished = memory::page_kind::plain;

 private:
  bool refused() noexcept { return maps_until_refusal >= 0 && maps_until_refusal-- <= 0; }
};

}  // namespace holdfast::tests
