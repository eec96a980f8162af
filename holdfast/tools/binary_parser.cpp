// Keys of a fixed number of bytes, most significant first, with nothing between them.
#include <algorithm>
#include <array>
#include <utility>

#include "holdfast/tools/trace_parser.hpp"

namespace holdfast::inline v0::tools {
namespace {

template <std::size_t Width>
class big_endian_parser final : public trace_parser {
 public:
  using trace_parser::trace_parser;

  void feed(std::string_view bytes) override {
    if (begun_ != 0) bytes.remove_prefix(complete_key(bytes));
    while (bytes.size() >= Width && !full()) {
      take_key(bytes.data());
      bytes.remove_prefix(Width);
    }
    if (full() || bytes.empty()) return;
    std::copy(bytes.begin(), bytes.end(), key_.begin() + static_cast<std::ptrdiff_t>(begun_));
    begun_ += bytes.size();
  }

  void finish() override {
    if (begun_ == 0 || full()) return;
    const auto whole = out().size() * Width;
    const auto width = std::to_string(Width);
    refuse("", "its " + std::to_string(whole + begun_) + " bytes are no multiple of " + width,
           "it is cut off, or no u" + std::to_string(Width * 8) +
               "be file: check it, or give another --format");
  }

 private:
  // Adds to the key that the piece before left unfinished; tells how many bytes that took.
  std::size_t complete_key(std::string_view bytes) {
    const auto count = std::min(Width - begun_, bytes.size());
    std::copy_n(bytes.begin(), count, key_.begin() + static_cast<std::ptrdiff_t>(begun_));
    begun_ += count;
    if (begun_ == Width && !full()) {
      take_key(key_.data());
      begun_ = 0;
    }
    return count;
  }

  void take_key(const char* bytes) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < Width; ++i) key = key << 8 | static_cast<unsigned char>(bytes[i]);
    out().add(key, op_kind::read);
  }

  std::array<char, Width> key_ = {};
  std::size_t begun_ = 0;  // bytes of key_ that are there
};

}  // namespace

std::unique_ptr<trace_parser> u64be_parser(parse_options options, trace& out) {
  return std::make_unique<big_endian_parser<8>>(std::move(options), out);
}

std::unique_ptr<trace_parser> u32be_parser(parse_options options, trace& out) {
  return std::make_unique<big_endian_parser<4>>(std::move(options), out);
}

}  // namespace holdfast::inline v0::tools
