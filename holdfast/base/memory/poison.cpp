// See poison.hpp.
#include <holdfast/base/memory/poison.hpp>

#include <cstdio>
#include <cstring>
#include <string>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>
#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0::memory {
namespace {

[[noreturn]] void report_written(const chunk_header* span, std::size_t offset) noexcept {
  const auto* const at = reinterpret_cast<const unsigned char*>(payload_start(span)) + offset;
  char line[160];
  std::snprintf(line, sizeof line, "  address %p, %zu bytes into its chunk, holds 0x%02x instead of 0x%02x\n",
                static_cast<const void*>(at), offset, *at, poison_byte);
  // relaxed: written by whoever gave the span away, before it came here.
  const auto why = cause_record::from_word(span->ended.load(std::memory_order_relaxed));
  observe::report_fatal_here("holdfast: fatal: arena memory written after reset",
                             line + ("  after: " + text_of(why) + '\n'),
                             "find who kept a pointer across the reset; after_reset::protect stops the write itself");
}

}  // namespace

std::size_t find_unpoisoned(const unsigned char* at, std::size_t bytes) noexcept {
  std::size_t i = 0;
  std::uint64_t pattern;
  std::memset(&pattern, poison_byte, sizeof pattern);
  for (std::uint64_t word; i + sizeof word <= bytes; i += sizeof word) {
    std::memcpy(&word, at + i, sizeof word);
    if (word != pattern) break;
  }
  while (i < bytes && at[i] == poison_byte) ++i;
  return i;
}

void fill_with_poison(chunk_header* span) noexcept {
  auto* const start = reinterpret_cast<std::byte*>(payload_start(span));
  mark_readable(start, payload_bytes(span));
  std::memset(start, poison_byte, span->used);
  // A longer pattern of an earlier round, which this one has not reached, still counts.
  if (span->used > span->poisoned) span->poisoned = span->used;
}

void verify_poison(chunk_header* span) noexcept {
  if (span->poisoned == 0) return;
  auto* const start = reinterpret_cast<std::byte*>(payload_start(span));
  mark_readable(start, span->poisoned);
  const std::size_t found = find_unpoisoned(reinterpret_cast<const unsigned char*>(start), span->poisoned);
  if (found != span->poisoned) report_written(span, found);
  span->poisoned = 0;
}

}  // namespace holdfast::inline v0::memory
