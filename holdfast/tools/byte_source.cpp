#include "holdfast/tools/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "holdfast/tools/compressed_source.hpp"
#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] std::string reason_of(int error) { return std::strerror(error); }

class file_source final : public byte_source {
 public:
  file_source(std::string name, int descriptor, std::uint64_t size, bool owned)
      : name_(std::move(name)), descriptor_(descriptor), size_(size), owned_(owned) {}

  ~file_source() override {
    if (owned_) ::close(descriptor_);
  }

  std::size_t read(std::span<char> room) override {
    for (;;) {
      const auto got = ::read(descriptor_, room.data(), room.size());
      if (got >= 0) {
        consumed_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno == EINTR) continue;
      throw input_error(name_,
                        "cannot be read past byte " + std::to_string(consumed_) + " (" +
                            reason_of(errno) + ")",
                        "check the disk or copy the file first");
    }
  }

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t consumed() const override { return consumed_; }
  [[nodiscard]] std::uint64_t file_size() const override { return size_; }

 private:
  std::string name_;
  int descriptor_;
  std::uint64_t size_;
  std::uint64_t consumed_ = 0;
  bool owned_;
};

class bytes_in_memory final : public byte_source {
 public:
  bytes_in_memory(std::string name, std::string_view bytes)
      : name_(std::move(name)), bytes_(bytes) {}

  std::size_t read(std::span<char> room) override {
    const auto count = std::min(room.size(), bytes_.size() - next_);
    std::copy_n(bytes_.data() + next_, count, room.data());
    next_ += count;
    return count;
  }

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t consumed() const override { return next_; }
  [[nodiscard]] std::uint64_t file_size() const override { return bytes_.size(); }

 private:
  std::string name_;
  std::string_view bytes_;
  std::size_t next_ = 0;
};

// Gives the bytes that were read to look at them once more, then what follows.
class source_with_head final : public byte_source {
 public:
  source_with_head(std::string head, std::unique_ptr<byte_source> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  std::size_t read(std::span<char> room) override {
    if (given_ == head_.size()) return rest_->read(room);
    const auto count = std::min(room.size(), head_.size() - given_);
    std::copy_n(head_.data() + given_, count, room.data());
    given_ += count;
    return count;
  }

  [[nodiscard]] const std::string& name() const override { return rest_->name(); }
  [[nodiscard]] std::uint64_t consumed() const override { return rest_->consumed(); }
  [[nodiscard]] std::uint64_t file_size() const override { return rest_->file_size(); }

 private:
  std::string head_;
  std::unique_ptr<byte_source> rest_;
  std::size_t given_ = 0;
};

[[noreturn]] void refuse_to_open(const std::string& path, int error) {
  if (error == ENOENT) {
    throw input_error(path, "no such file", "check the name, or replay --demo, which needs none");
  }
  throw input_error(path, "cannot be opened (" + reason_of(error) + ")",
                    "give a file you may read, or - for standard input");
}

[[nodiscard]] std::unique_ptr<byte_source> open_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) refuse_to_open(path, errno);
  struct stat facts = {};
  const bool known = ::fstat(descriptor, &facts) == 0;
  const auto size = known && S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
  auto source = std::make_unique<file_source>(path, descriptor, size, true);
  if (known && S_ISDIR(facts.st_mode)) {
    throw input_error(path, "is a directory", "name one trace file in it");
  }
  return source;
}

struct compression {
  std::string_view first_bytes;
  std::string_view name;
  std::string_view tool;  // what undoes it where we do not
};

constexpr std::array<compression, 4> compressions = {{
    {std::string_view("\xFD"
                      "7zXZ\0",
                      6),
     "xz", "xz -dc"},
    {std::string_view("\x1F\x8B\x08", 3), "gzip", "gzip -dc"},
    {std::string_view("\x28\xB5\x2F\xFD", 4), "zstd", "zstd -dc"},
    {std::string_view("BZh", 3), "bzip2", "bzip2 -dc"},
}};

}  // namespace

std::unique_ptr<byte_source> open_source(const std::string& path) {
  if (path != "-") return undo_compression(open_file(path));
  return undo_compression(std::make_unique<file_source>("standard input", STDIN_FILENO, 0, false));
}

std::unique_ptr<byte_source> memory_source(std::string name, std::string_view bytes) {
  return std::make_unique<bytes_in_memory>(std::move(name), bytes);
}

std::unique_ptr<byte_source> undo_compression(std::unique_ptr<byte_source> raw) {
  std::string head(6, '\0');
  head.resize(read_fully(*raw, head));
  const std::string name = raw->name();
  const std::string_view first = head;
  auto whole = std::make_unique<source_with_head>(head, std::move(raw));
  for (const auto& kind : compressions) {
    if (!first.starts_with(kind.first_bytes)) continue;
    std::unique_ptr<byte_source> plain;
    if (kind.name == "xz") plain = xz_source(std::move(whole));
    if (kind.name == "gzip") plain = gzip_source(std::move(whole));
    if (plain) return plain;
    throw input_error(name,
                      "is compressed with " + std::string(kind.name) +
                          ", which this build does not read",
                      "pipe it: " + std::string(kind.tool) + " FILE | holdfast replay -");
  }
  return whole;
}

std::size_t read_fully(byte_source& source, std::span<char> room) {
  std::size_t filled = 0;
  while (filled < room.size()) {
    const auto got = source.read(room.subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

}  // namespace holdfast::inline v0::tools
