// Reads .xz through liblzma, concatenated streams included.
#include "holdfast/tools/compressed_source.hpp"
#include "holdfast/tools/input_error.hpp"

#if HOLDFAST_HAVE_LZMA

#include <lzma.h>

#include <array>
#include <new>
#include <string>
#include <utility>

namespace holdfast::inline v0::tools {
namespace {

// Enough for every preset of xz (-9 takes 65 MiB); a forged header cannot ask for all memory.
constexpr std::uint64_t memory_limit = std::uint64_t{256} << 20;

class xz_reader final : public byte_source {
 public:
  explicit xz_reader(std::unique_ptr<byte_source> compressed) : compressed_(std::move(compressed)) {
    if (lzma_stream_decoder(&stream_, memory_limit, LZMA_CONCATENATED) != LZMA_OK) {
      throw std::bad_alloc();
    }
  }

  ~xz_reader() override { lzma_end(&stream_); }

  std::size_t read(std::span<char> room) override {
    if (ended_ || room.empty()) return 0;
    stream_.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    stream_.avail_out = room.size();
    while (stream_.avail_out == room.size()) {
      refill();
      const auto code = lzma_code(&stream_, input_ended_ ? LZMA_FINISH : LZMA_RUN);
      if (code == LZMA_STREAM_END) {
        ended_ = true;
        break;
      }
      if (code != LZMA_OK) refuse(code);
    }
    return room.size() - stream_.avail_out;
  }

  [[nodiscard]] const std::string& name() const override { return compressed_->name(); }
  [[nodiscard]] std::uint64_t consumed() const override { return compressed_->consumed(); }
  [[nodiscard]] std::uint64_t file_size() const override { return compressed_->file_size(); }

 private:
  void refill() {
    if (stream_.avail_in != 0 || input_ended_) return;
    const auto got = compressed_->read(input_);
    input_ended_ = got == 0;
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(input_.data());
    stream_.avail_in = got;
  }

  [[noreturn]] void refuse(lzma_ret code) const {
    const auto place = " at byte " + std::to_string(stream_.total_in) + " of the xz stream";
    if (code == LZMA_BUF_ERROR) {
      throw input_error(name(), "is cut off" + place, "fetch or copy the whole file again");
    }
    if (code == LZMA_MEMLIMIT_ERROR) {
      throw input_error(name(), "needs more than 256 MiB to decompress" + place,
                        "pipe it: xz -dc FILE | holdfast replay -");
    }
    if (code == LZMA_MEM_ERROR) throw std::bad_alloc();
    throw input_error(name(), "is damaged" + place, "fetch or copy the file again");
  }

  std::unique_ptr<byte_source> compressed_;
  std::array<char, 1 << 16> input_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool input_ended_ = false;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<byte_source> xz_source(std::unique_ptr<byte_source> compressed) {
  return std::make_unique<xz_reader>(std::move(compressed));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
std::unique_ptr<byte_source> xz_source(std::unique_ptr<byte_source>) { return nullptr; }
}  // namespace holdfast::inline v0::tools

#endif
