// The root as a reader outside the program sees it: bytes at fixed offsets, no types of ours.
#include <holdfast/base/observe/root.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace {

namespace observe = holdfast::observe;

const char* root_bytes() { return reinterpret_cast<const char*>(&holdfast_root); }

template <class T>
T read_at(std::size_t offset) {
  T value;
  std::memcpy(&value, root_bytes() + offset, sizeof value);
  return value;
}

// One line for each field of the object described at `offset`: name, offset, size.
std::string described_at(std::size_t offset) {
  std::string text = "size " + std::to_string(read_at<std::uint32_t>(offset)) + '\n';
  const auto count = read_at<std::uint32_t>(offset + 4);
  for (std::size_t field = offset + 8; field < offset + 8 + count * std::size_t{24}; field += 24)
    text += std::string(root_bytes() + field) + ' ' + std::to_string(read_at<std::uint16_t>(field + 20)) + ' ' +
            std::to_string(read_at<std::uint16_t>(field + 22)) + '\n';
  return text;
}

// A difference here is a new layout version: readers of version 1 are out in the world.
constexpr const char* golden_entry =
    "size 56\n"
    "next 0 8\n"
    "name 16 8\n"
    "name_length 24 8\n"
    "id 32 8\n"
    "kind 40 4\n"
    "header 48 8\n";

constexpr const char* golden_header =
    "size 208\n"
    "mark.word 0 8\n"
    "mark.place 8 8\n"
    "growth 16 4\n"
    "slot_size 20 4\n"
    "seed 24 8\n"
    "now.tops 40 8\n"
    "now.slots 48 8\n"
    "now.mask 56 8\n"
    "now.links 64 8\n"
    "count 72 8\n"
    "grow_at 80 8\n"
    "old.tops 88 8\n"
    "old.slots 96 8\n"
    "old.mask 104 8\n"
    "old.links 112 8\n"
    "front 120 8\n"
    "overflow 128 8\n"
    "growths 152 8\n"
    "same_size_growths 160 8\n"
    "slots_per_bucket 176 4\n"
    "paused 180 1\n"
    "in_place 181 1\n";

// covers hf.observe.root-is-golden
TEST(Root, BeginsWithItsMagicVersionAndSize) {
  EXPECT_EQ(std::string(root_bytes(), 8), "HOLDFAST");
  EXPECT_EQ(read_at<std::uint32_t>(8), 1u);
  EXPECT_EQ(read_at<std::uint32_t>(12), sizeof holdfast_root);
  static_assert(sizeof holdfast_root == 712);
  static_assert(std::is_standard_layout_v<observe::root> && std::is_trivially_copyable_v<observe::root>);
}

// covers hf.observe.root-is-golden
TEST(Root, DescribesTheLiveSetsEntries) { EXPECT_EQ(described_at(24), golden_entry); }

// covers hf.observe.root-is-golden
TEST(Root, DescribesTheHeaderOfATable) { EXPECT_EQ(described_at(24 + 8 + 6 * 24), golden_header); }

// covers hf.observe.root-is-golden
TEST(Root, LeadsToTheLiveMaps) {
  const int header = 0;
  const observe::live_name name("sessions", observe::live_kind::map, &header);
  const char* const list = read_at<const char*>(16);
  const char* entry = nullptr;
  std::memcpy(&entry, list, sizeof entry);
  const char* text = nullptr;
  const void* of = nullptr;
  std::memcpy(&text, entry + 16, sizeof text);
  std::memcpy(&of, entry + 48, sizeof of);
  EXPECT_EQ(std::string(text), "sessions");
  EXPECT_EQ(of, &header);
  std::uint64_t count = 0;
  std::memcpy(&count, list + 8, sizeof count);
  EXPECT_EQ(count, 1u);
}

}  // namespace
