// See text.hpp.
#include "guard/text.hpp"

#include <cerrno>

#include <unistd.h>

namespace holdfast::guard {

void write_all(int file, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace holdfast::guard
