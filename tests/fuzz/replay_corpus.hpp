// The ordinary life of a fuzz case: known inputs first, then random ones from a seed that can be given.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_input.hpp"

namespace holdfast_test {

inline constexpr int random_inputs = 200;
inline constexpr std::size_t longest_random_input = 2048;

inline void replay(const std::string& bytes, const std::string& what, fuzz_body body) {
  SCOPED_TRACE(what + " (" + std::to_string(bytes.size()) + " bytes)");
  fuzz_input in(bytes);
  body(in);
}

// Every file of `folder`, in the order of names. An empty or absent folder is no error.
inline void replay_corpus(const std::filesystem::path& folder, fuzz_body body) {
  std::error_code absent;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    ASSERT_TRUE(stream) << file << " cannot be read";
    replay(std::string(std::istreambuf_iterator<char>(stream), {}), file.string(), body);
    if (testing::Test::HasFatalFailure()) return;
  }
}

[[nodiscard]] inline std::uint64_t first_seed() {
  const char* given = std::getenv("HOLDFAST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 0) : 1;
}

// Short inputs and long ones; half of them made of few byte values, so that keys meet again.
[[nodiscard]] inline std::string random_bytes(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto longest = std::size_t{1} << (random() % 12);
  std::string bytes(random() % std::min(longest, longest_random_input), '\0');
  const auto mask = random() % 2 == 0 ? 0xffU : 0x07U;
  for (auto& byte : bytes) byte = static_cast<char>(random() & mask);
  return bytes;
}

inline void replay_random(fuzz_body body) {
  const auto seed = first_seed();
  for (std::uint64_t i = 0; i < random_inputs; ++i) {
    replay(random_bytes(seed + i), "HOLDFAST_SEED=" + std::to_string(seed + i), body);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace holdfast_test
