// A trace in memory: what a program did to a table, one operation after the other.
//
// Keys are all numbers or all words. They stand in one array, in the order of use, so that a replay
// reads them as a stream and the map alone decides what misses the cache. Words stand in the text
// as they came, each time anew: equal words are equal bytes, not equal addresses.
//
//   numbers  8 bytes + 1 for the kind per operation
//   words    16 bytes + 1 for the kind + the word's own bytes per operation
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/tools/text_arena.hpp"

namespace holdfast::inline v0::tools {

enum class op_kind : std::uint8_t { read, write, erase };

class trace {
 public:
  // All keys of one trace are of one type; the parsers see to it.
  void add(std::uint64_t key, op_kind kind) {
    numbers_.push_back(key);
    kinds_.push_back(kind);
  }
  void add(std::string_view word, op_kind kind) {
    words_.push_back(text_.keep(word));
    kinds_.push_back(kind);
  }

  [[nodiscard]] std::size_t size() const noexcept { return kinds_.size(); }
  [[nodiscard]] bool has_words() const noexcept { return !words_.empty(); }
  [[nodiscard]] std::span<const std::uint64_t> numbers() const noexcept { return numbers_; }
  [[nodiscard]] std::span<const std::string_view> words() const noexcept { return words_; }
  [[nodiscard]] std::span<const op_kind> kinds() const noexcept { return kinds_; }

  // What the trace itself takes of memory.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return numbers_.capacity() * sizeof(std::uint64_t) +
           words_.capacity() * sizeof(std::string_view) + kinds_.capacity() + text_.bytes();
  }

 private:
  std::vector<std::uint64_t> numbers_;
  std::vector<std::string_view> words_;
  std::vector<op_kind> kinds_;
  text_arena text_;
};

}  // namespace holdfast::inline v0::tools
