#include "holdfast/tools/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {

output_file::output_file(std::string path) : path_(std::move(path)), descriptor_(STDOUT_FILENO) {
  if (path_ == "-") return;
  constexpr mode_t rights = 0666;
  made_ = ::access(path_.c_str(), F_OK) != 0;
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, rights);
  if (descriptor_ < 0) refuse("cannot be written", errno);
}

output_file::~output_file() {
  if (descriptor_ != STDOUT_FILENO) ::close(descriptor_);
  if (made_ && !written_) ::unlink(path_.c_str());
}

void output_file::write(std::string_view text) {
  struct stat facts = {};
  const bool plain_file = ::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode);
  if (path_ != "-" && plain_file && ::ftruncate(descriptor_, 0) != 0) {
    refuse("cannot be replaced", errno);
  }
  while (!text.empty()) {
    const auto count = ::write(descriptor_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse("cannot be written to the end", errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  written_ = true;
}

void output_file::refuse(const std::string& what, int error) const {
  throw input_error(path_ == "-" ? "standard output" : path_,
                    what + " (" + std::strerror(error) + ")",
                    "give a file in a folder where you may write, on a disk with room");
}

}  // namespace holdfast::inline v0::tools
