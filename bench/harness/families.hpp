// What is stored: the three pairs of key and value that every question is asked of.
//
// A value yields a number for the checksum whose lowest bit is always 0, which the dependent lookups
// add to their next index: the processor cannot know it before the lookup has ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <bench/harness/keys.hpp>

namespace holdfast::bench {

struct u64_to_pointer {
  using key = std::uint64_t;
  using value = void*;
  static constexpr const char* name = "u64->pointer";
  static key key_of(std::uint64_t i, std::uint64_t seed, pattern shape) { return word_key(i, seed, shape); }
  static value value_of(std::uint64_t i) { return reinterpret_cast<void*>(16 * (i + 1)); }
  static std::uint64_t number_in(value v) noexcept { return reinterpret_cast<std::uintptr_t>(v); }
};

struct string_to_pointer {
  using key = std::string;
  using value = void*;
  static constexpr const char* name = "string->pointer";
  static key key_of(std::uint64_t i, std::uint64_t seed, pattern) { return string_key(i, seed); }
  static value value_of(std::uint64_t i) { return reinterpret_cast<void*>(16 * (i + 1)); }
  static std::uint64_t number_in(value v) noexcept { return reinterpret_cast<std::uintptr_t>(v); }
};

struct words8 {
  std::uint64_t word[8];
};

struct u64_to_64_bytes {
  using key = std::uint64_t;
  using value = words8;
  static constexpr const char* name = "u64->64 bytes";
  static key key_of(std::uint64_t i, std::uint64_t seed, pattern shape) { return word_key(i, seed, shape); }
  static value value_of(std::uint64_t i) { return {{16 * (i + 1), 1, 2, 3, 4, 5, 6, 7}}; }
  static std::uint64_t number_in(const value& v) noexcept { return v.word[0]; }
};

}  // namespace holdfast::bench
