// What a program of the catalogue is given: a seed, a voice and a way to tell where it will crash.
//
// Everything it says goes out at once with write(2), because what a program says last before it crashes
// is what matters most.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast::inline v0::hazard {

class situation {
 public:
  // `notes` is a descriptor the crash notes go to, or -1.
  explicit situation(std::uint64_t seed, int notes = -1) noexcept : seed_(seed), state_(seed), notes_(notes) {}

  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  // The next number of a sequence that the seed decides.
  [[nodiscard]] std::uint64_t random() noexcept;
  // The same, from 0 to `below` - 1.
  [[nodiscard]] std::uint64_t random(std::uint64_t below) noexcept { return random() % below; }

  // One line of evidence on standard output.
  [[gnu::format(printf, 2, 3)]] void say(const char* format, ...) const noexcept;

  // The next access is going to fault, at this address or up to `bytes` behind it.
  void expect_fault(const volatile void* address, std::uint64_t bytes = 1) const noexcept;

  // Says what was seen; held_code if it is `as_it_should_be`, else wrong_answer_code.
  [[nodiscard]] int verdict(bool as_it_should_be, std::string_view what) const noexcept;

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
  int notes_;
};

}  // namespace holdfast::inline v0::hazard
