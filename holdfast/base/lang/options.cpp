// See options.hpp.
#include <holdfast/base/lang/options.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0 {
namespace {

// relaxed: pairs with nothing; of several threads one is to speak.
constinit std::atomic<bool> has_spoken{false};

// The line about what was passed over, made without allocating.
class complaint {
 public:
  void about(std::string_view option, std::string_view reason) noexcept {
    add(length_ == 0 ? "holdfast: HOLDFAST_OPTIONS: ignored \"" : ", \"");
    add(option.substr(0, 40));
    add(option.size() > 40 ? "...\" (" : "\" (");
    add(reason);
    add(")");
  }

  void speak() noexcept {
    if (length_ == 0 || has_spoken.exchange(true, std::memory_order_relaxed)) return;
    constexpr std::string_view end = "; known: seed=N\n";
    const std::size_t length = std::min(length_, sizeof text_ - end.size());
    std::copy(end.begin(), end.end(), text_ + length);
    write_to_stderr({text_, length + end.size()});
  }

 private:
  // One line, whatever stands in the environment.
  void add(std::string_view part) noexcept {
    for (const char c : part.substr(0, sizeof text_ - length_))
      text_[length_++] = static_cast<unsigned char>(c) < ' ' ? '?' : c;
  }

  char text_[512];
  std::size_t length_ = 0;
};

bool is_number(std::string_view text, std::uint64_t& number) noexcept {
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end;
}

void take(std::string_view option, program_options& into, complaint& complaints) noexcept {
  constexpr std::string_view seed = "seed=";
  std::uint64_t number = 0;
  if (!option.starts_with(seed)) {
    complaints.about(option, "unknown");
  } else if (!is_number(option.substr(seed.size()), number)) {
    complaints.about(option, "not a number below 2^64");
  } else {
    into.seed = number;
  }
}

}  // namespace

program_options wanted_options() noexcept {
  const char* const text = std::getenv("HOLDFAST_OPTIONS");
  program_options wanted;
  if (text == nullptr) return wanted;
  complaint complaints;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view option = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), option.size() + 1));
    if (!option.empty()) take(option, wanted, complaints);
  }
  complaints.speak();
  return wanted;
}

}  // namespace holdfast::inline v0
