// Blocks of the pool: where they lie, that they come back, also from other threads.
#include <holdfast/base/memory/block_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/lang/config.hpp>

namespace {

namespace memory = holdfast::memory;

std::uintptr_t address(const void* block) { return reinterpret_cast<std::uintptr_t>(block); }

// covers hf.memory.blocks-in-line
TEST(BlockPool, BlocksLieInOneLineWhereTheyCan) {
  if (holdfast::address_sanitizer || holdfast::thread_sanitizer) GTEST_SKIP() << "blocks come from operator new";
  for (const std::size_t size : {16U, 32U, 64U}) {
    std::vector<void*> blocks;
    for (int n = 0; n < 1000; ++n) blocks.push_back(memory::take_block(size));
    for (void* block : blocks) {
      EXPECT_EQ(address(block) / 64, (address(block) + size - 1) / 64);
      memory::give_block(block, size);
    }
  }
}

TEST(BlockPool, BlocksInUseDoNotOverlap) {
  for (std::size_t size = 1; size <= memory::largest_block; size += 15) {
    std::vector<std::byte*> blocks;
    for (int n = 0; n < 700; ++n) {
      blocks.push_back(static_cast<std::byte*>(memory::take_block(size)));
      ASSERT_NE(blocks.back(), nullptr);
      ASSERT_EQ(address(blocks.back()) % memory::block_alignment, 0U);
      std::memset(blocks.back(), n & 0xff, size);
    }
    for (std::size_t n = 0; n < 700; ++n) {
      for (std::size_t at = 0; at < size; ++at) ASSERT_EQ(blocks[n][at], std::byte(n & 0xff));
    }
    for (std::byte* block : blocks) memory::give_block(block, size);
  }
}

TEST(BlockPool, TakesNoMoreFromTheSystemWhenBlocksComeBack) {
  std::vector<void*> blocks;
  std::size_t before = 0;
  for (int round = 0; round < 20; ++round) {
    for (int n = 0; n < 20'000; ++n) blocks.push_back(memory::take_block(48));
    // Another thread gives them back, and ends.
    std::thread([&] {
      for (void* block : blocks) memory::give_block(block, 48);
    }).join();
    blocks.clear();
    if (round == 0) before = memory::block_pool_bytes();
  }
  EXPECT_EQ(memory::block_pool_bytes(), before);
}

// Uses the pool when the lists of its thread are gone.
struct comes_late {
  void* block = nullptr;
  ~comes_late() {
    if (block == nullptr) return;
    memory::give_block(block, 80);
    void* const again = memory::take_block(80);
    memory::give_block(again, 80);
  }
};

TEST(BlockPool, WorksWhileAThreadEnds) {
  std::thread([] {
    static thread_local comes_late late;  // made before the lists, destroyed after them
    late.block = nullptr;
    late.block = memory::take_block(80);
  }).join();
  void* const block = memory::take_block(80);
  EXPECT_NE(block, nullptr);
  memory::give_block(block, 80);
}

}  // namespace
