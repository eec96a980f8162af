// Any text as a trace: a word is a run of letters, digits, '_' and bytes above 127, so that UTF-8
// stays whole; everything else stands between words. Words keep their case.
#include <array>
#include <utility>

#include "holdfast/tools/trace_parser.hpp"

namespace holdfast::inline v0::tools {
namespace {

constexpr std::size_t longest_word = std::size_t{1} << 16;

enum class byte_class : std::uint8_t { between, in_word, not_text };

[[nodiscard]] constexpr byte_class class_of(unsigned char byte) noexcept {
  const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  if (letter || (byte >= '0' && byte <= '9') || byte == '_' || byte >= 0x80) {
    return byte_class::in_word;
  }
  return byte == 0 ? byte_class::not_text : byte_class::between;
}

constexpr auto classes = [] {
  std::array<byte_class, 256> table = {};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = class_of(static_cast<unsigned char>(i));
  }
  return table;
}();

class word_splitter final : public trace_parser {
 public:
  using trace_parser::trace_parser;

  void feed(std::string_view bytes) override {
    std::size_t start = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto kind = classes[static_cast<unsigned char>(bytes[i])];
      if (kind == byte_class::in_word) continue;
      if (full()) return;
      if (kind == byte_class::not_text) refuse_binary(i);
      end_word(bytes.substr(start, i - start), i);
      start = i + 1;
    }
    begun_ += bytes.substr(start);
    if (begun_.size() > longest_word && !full()) refuse_length(bytes.size());
    passed_ += bytes.size();
  }

  void finish() override {
    if (!full()) end_word({}, 0);
  }

 private:
  void end_word(std::string_view rest, std::size_t at) {
    if (begun_.size() + rest.size() > longest_word) refuse_length(at);
    if (begun_.empty()) {
      if (!rest.empty()) out().add(rest, op_kind::read);
      return;
    }
    begun_ += rest;
    out().add(begun_, op_kind::read);
    begun_.clear();
  }

  [[noreturn]] void refuse_binary(std::size_t at) const {
    refuse("byte " + std::to_string(passed_ + at), "a zero byte, so this is not text",
           "give --format u64be or u32be if these are binary keys");
  }

  [[noreturn]] void refuse_length(std::size_t at) const {
    refuse("byte " + std::to_string(passed_ + at), "a word of more than 65536 bytes, not text",
           "give the --format that this file has");
  }

  std::string begun_;           // the word that the piece before left unfinished
  std::uint64_t passed_ = 0;    // bytes of earlier pieces
};

}  // namespace

std::unique_ptr<trace_parser> words_parser(parse_options options, trace& out) {
  return std::make_unique<word_splitter>(std::move(options), out);
}

}  // namespace holdfast::inline v0::tools
