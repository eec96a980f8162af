// One line on the terminal that tells how far the work is, how fast it goes and how long it will
// take; gone when the work is done. Silent where standard error is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::inline v0::tools {

class progress_bar {
 public:
  // `total` 0 means: not known. `unit` follows a rate in millions a second, such as "Mops/s".
  progress_bar(std::string_view unit, std::uint64_t total);
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar();

  void label(std::string text) { label_ = std::move(text); }
  void set_total(std::uint64_t total) noexcept { total_ = total; }

  // So much has been done since the beginning. Draws at most ten times a second.
  void reach(std::uint64_t done);
  void advance(std::uint64_t by) { reach(done_ + by); }

 private:
  using clock = std::chrono::steady_clock;

  void draw(clock::time_point now);
  [[nodiscard]] std::string line(double seconds, std::size_t width) const;

  std::string unit_;
  std::string label_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  clock::time_point start_;
  clock::time_point last_drawn_;
  bool shown_;
  bool drawn_ = false;
};

}  // namespace holdfast::inline v0::tools
