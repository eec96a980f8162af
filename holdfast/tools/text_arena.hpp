// Keeps text at addresses that never change, in chunks, given back all at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace holdfast::inline v0::tools {

class text_arena {
 public:
  // A copy of `text` that lives as long as the arena.
  [[nodiscard]] std::string_view keep(std::string_view text) {
    if (text.size() > room_) add_chunk(text.size());
    char* const place = next_;
    std::copy(text.begin(), text.end(), place);
    next_ += text.size();
    room_ -= text.size();
    return {place, text.size()};
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  void add_chunk(std::size_t at_least) {
    const std::size_t size = std::max(at_least, next_size_);
    next_size_ = std::min(next_size_ * 2, largest_chunk);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = chunks_.back().get();
    room_ = size;
    bytes_ += size;
  }

  static constexpr std::size_t largest_chunk = std::size_t{1} << 20;

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t next_size_ = std::size_t{1} << 12;
  char* next_ = nullptr;
  std::size_t room_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace holdfast::inline v0::tools
