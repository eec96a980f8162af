#include "holdfast/tools/crowd_plan.hpp"

#include <charconv>

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] std::optional<unsigned> percent_in(std::string_view text) {
  unsigned number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  return whole && number <= 100 ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<read_write_mix> mix_in(std::string_view text) {
  const auto cut = text.find('/');
  if (cut == std::string_view::npos) return std::nullopt;
  const auto reads = percent_in(text.substr(0, cut));
  const auto writes = percent_in(text.substr(cut + 1));
  if (!reads || !writes || *reads + *writes != 100) return std::nullopt;
  return read_write_mix{*reads};
}

std::string text_of(const read_write_mix& mix) {
  return std::to_string(mix.reads) + "/" + std::to_string(100 - mix.reads);
}

const std::string_view crowd_help =
    "MANY THREADS (--threads)\n"
    "  N threads share one map and play the trace together, in turns of 256 operations. --mix R/W\n"
    "  says how many of a hundred read (90/10 without it): a read looks its key up, a write stores\n"
    "  it, or erases it where an erase was recorded. The keys of the first half are there before.\n"
    "  --capacity N: pointer_cache keeps N entries; a read that misses stores its key.\n";

}  // namespace holdfast::inline v0::tools
