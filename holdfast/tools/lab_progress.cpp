#include <holdfast/tools/lab_progress.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include <holdfast/tools/terminal.hpp>

namespace holdfast::inline v0::tools {

lab_progress::lab_progress(std::size_t runs) : runs_(runs), shown_(is_terminal(STDERR_FILENO)) {}

void lab_progress::label(std::string name) {
  label_ = std::move(name);
  draw();
}

void lab_progress::advance() {
  ++done_;
  draw();
}

void lab_progress::hide() {
  if (!std::exchange(drawn_, false)) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

void lab_progress::draw() {
  if (!shown_) return;
  auto text = fmt::format("[{}/{}] {}", done_, runs_, label_);
  const auto width = terminal_width(STDERR_FILENO);
  if (text.size() >= width) text.resize(width - 1);
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace holdfast::inline v0::tools
