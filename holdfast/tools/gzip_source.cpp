// Reads .gz through zlib, several members in a row included.
#include "holdfast/tools/compressed_source.hpp"
#include "holdfast/tools/input_error.hpp"

#if HOLDFAST_HAVE_ZLIB

#include <zlib.h>

#include <array>
#include <new>
#include <string>
#include <utility>

namespace holdfast::inline v0::tools {
namespace {

constexpr int gzip_only = 16 + MAX_WBITS;

class gzip_reader final : public byte_source {
 public:
  explicit gzip_reader(std::unique_ptr<byte_source> compressed)
      : compressed_(std::move(compressed)) {
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc();
  }

  ~gzip_reader() override { inflateEnd(&stream_); }

  std::size_t read(std::span<char> room) override {
    constexpr std::size_t most = 1U << 30;  // zlib counts in unsigned int
    if (room.size() > most) room = room.first(most);
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(room.size());
    while (stream_.avail_out == room.size() && !room.empty()) {
      if (!refill()) {
        if (between_members_) return 0;
        refuse("is cut off", "fetch or copy the whole file again");
      }
      inflate_some();
    }
    return room.size() - stream_.avail_out;
  }

  [[nodiscard]] const std::string& name() const override { return compressed_->name(); }
  [[nodiscard]] std::uint64_t consumed() const override { return compressed_->consumed(); }
  [[nodiscard]] std::uint64_t file_size() const override { return compressed_->file_size(); }

 private:
  // False at the end of the compressed file.
  bool refill() {
    if (stream_.avail_in != 0) return true;
    const auto got = compressed_->read(input_);
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    read_so_far_ += got;
    return got != 0;
  }

  void inflate_some() {
    const int code = inflate(&stream_, Z_NO_FLUSH);
    between_members_ = code == Z_STREAM_END;
    if (between_members_) {
      inflateReset(&stream_);
      return;
    }
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    if (code != Z_OK) refuse("is damaged", "fetch or copy the file again");
  }

  [[noreturn]] void refuse(const std::string& what, const char* cure) const {
    const auto place = read_so_far_ - stream_.avail_in;
    throw input_error(name(), what + " at byte " + std::to_string(place) + " of the gzip stream",
                      cure);
  }

  std::unique_ptr<byte_source> compressed_;
  std::array<char, 1 << 16> input_;
  z_stream stream_ = {};
  std::uint64_t read_so_far_ = 0;
  bool between_members_ = false;
};

}  // namespace

std::unique_ptr<byte_source> gzip_source(std::unique_ptr<byte_source> compressed) {
  return std::make_unique<gzip_reader>(std::move(compressed));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
std::unique_ptr<byte_source> gzip_source(std::unique_ptr<byte_source>) { return nullptr; }
}  // namespace holdfast::inline v0::tools

#endif
