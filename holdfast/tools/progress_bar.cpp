#include "holdfast/tools/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "holdfast/tools/number_text.hpp"
#include "holdfast/tools/terminal.hpp"

namespace holdfast::inline v0::tools {
namespace {

constexpr std::size_t label_width = 22;

[[nodiscard]] std::string bar(double share, std::size_t width) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

[[nodiscard]] std::string left_text(double seconds) {
  if (seconds < 1.0) return "under 1 s left";
  if (seconds < 90.0) return fmt::format("{:.0f} s left", seconds);
  return fmt::format("{:.0f} min left", seconds / 60.0);
}

}  // namespace

progress_bar::progress_bar(std::string_view unit, std::uint64_t total)
    : unit_(unit),
      total_(total),
      start_(clock::now()),
      last_drawn_(start_),
      shown_(is_terminal(STDERR_FILENO)) {}

progress_bar::~progress_bar() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void progress_bar::reach(std::uint64_t done) {
  done_ = done;
  if (!shown_) return;
  const auto now = clock::now();
  if (now - last_drawn_ < std::chrono::milliseconds(100)) return;
  last_drawn_ = now;
  draw(now);
}

void progress_bar::draw(clock::time_point now) {
  const auto width = terminal_width(STDERR_FILENO);
  auto text = line(std::chrono::duration<double>(now - start_).count(), width);
  if (text.size() >= width) text.resize(width - 1);
  std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
  drawn_ = true;
}

std::string progress_bar::line(double seconds, std::size_t width) const {
  const double rate = static_cast<double>(done_) / seconds;
  const auto rate_text = fmt::format("{} {}", three_digits(rate / 1e6), unit_);
  if (total_ == 0) return fmt::format("{:<{}} {}", label_, label_width, rate_text);
  const double share =
      std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
  const double left = seconds / std::max(share, 1e-9) * (1.0 - share);
  const auto text = fmt::format(" {:3.0f} %  {:>11}  {:<14}", share * 100.0, rate_text,
                                left_text(left));
  // The bar takes what room there is, within reason.
  const auto taken = label_width + text.size() + 4;
  const auto room = width > taken ? width - taken : 0;
  return fmt::format("{:<{}} {}{}", label_, label_width,
                     bar(share, std::clamp<std::size_t>(room, 8, 32)), text);
}

}  // namespace holdfast::inline v0::tools
