// A comma-separated trace: header, then one operation a line. Lines that begin with '#' are
// comments. The first row decides whether keys are numbers or text.
#include <utility>
#include <vector>

#include "holdfast/tools/csv_columns.hpp"
#include "holdfast/tools/input_error.hpp"
#include "holdfast/tools/trace_parser.hpp"

namespace holdfast::inline v0::tools {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 16;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class csv_reader final : public trace_parser {
 public:
  using trace_parser::trace_parser;

  void feed(std::string_view bytes) override {
    while (!full()) {
      const auto end = bytes.find('\n');
      if (end == std::string_view::npos) break;
      take_line(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
    }
    if (full()) return;
    begun_ += bytes;
    if (begun_.size() > longest_line) refuse_length();
  }

  void finish() override {
    if (!begun_.empty() && !full()) take_line({});
    if (columns_ == 0) {
      refuse("", "has no header line", "a csv trace begins with one, such as op,key");
    }
    if (out().size() == 0) {
      refuse("", "has a header but no operation after it", "check how it was recorded");
    }
  }

 private:
  void take_line(std::string_view rest) {
    ++line_number_;
    if (begun_.size() + rest.size() > longest_line) refuse_length();
    if (begun_.empty()) {
      read_line(rest);
      return;
    }
    begun_ += rest;
    read_line(begun_);
    begun_.clear();
  }

  void read_line(std::string_view line) {
    if (line_number_ == 1 && line.starts_with(byte_order_mark)) {
      line.remove_prefix(byte_order_mark.size());
    }
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) return;
    check_text(line);
    if (!cutter_.cut(line)) {
      refuse(here(), "a double quote is not closed or not alone in its field",
             "a quoted field ends with its quote, and \"\" stands for one");
    }
    if (columns_ == 0) {
      read_header(line);
    } else {
      read_row();
    }
  }

  void check_text(std::string_view line) const {
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
        refuse(here(), "binary data where csv was expected",
               "give the --format that this file has (u64be, u32be or words)");
      }
    }
  }

  void read_header(std::string_view line) {
    const auto& header = cutter_.fields();
    columns_ = header.size();
    key_column_ = options().key_column.empty() ? column_by_known_name(line) : column_asked_for(line);
    // A column given by number may belong to a file without a header: then this is a row.
    const bool by_number = !options().key_column.empty() && number_in(options().key_column);
    if (by_number && number_in(header[key_column_])) {
      read_row();
      return;
    }
    if (const auto column = operation_column(header)) operation_ = *column;
    has_operation_ = operation_column(header).has_value();
  }

  [[nodiscard]] std::size_t column_by_known_name(std::string_view line) const {
    if (const auto column = known_key_column(cutter_.fields())) return *column;
    refuse(here(), "the header '" + shown(line) + "' names no key column",
           "name it with --key-column NAME, or give another --format");
  }

  [[nodiscard]] std::size_t column_asked_for(std::string_view line) const {
    const auto& header = cutter_.fields();
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (header[i] == options().key_column) return i;
    }
    const auto number = number_in(options().key_column);
    if (number && *number >= 1 && *number <= header.size()) {
      return static_cast<std::size_t>(*number - 1);
    }
    refuse(here(), "there is no column '" + shown(options().key_column) + "' in '" + shown(line) + "'",
           "--key-column takes one of its names, or a number from 1 to " +
               std::to_string(header.size()));
  }

  void read_row() {
    const auto& row = cutter_.fields();
    if (row.size() != columns_) {
      refuse(here(),
             "has " + std::to_string(row.size()) + " fields where the header has " +
                 std::to_string(columns_),
             row.size() < columns_ ? "the file may be cut off: check its end"
                                   : "put fields that contain commas in double quotes");
    }
    const auto kind = has_operation_ ? kind_of(row[operation_]) : op_kind::read;
    add_key(row[key_column_], kind);
  }

  [[nodiscard]] op_kind kind_of(std::string_view field) const {
    if (const auto kind = kind_in(field)) return *kind;
    refuse(here(), "'" + shown(field) + "' is no operation",
           "use read, write or erase, or one of the words in holdfast replay --help");
  }

  void add_key(std::string_view field, op_kind kind) {
    const auto number = options().text_keys ? std::nullopt : number_in(field);
    if (out().size() == 0) keys_are_text_ = !number;
    if (keys_are_text_) {
      if (field.empty()) refuse(here(), "the key is empty", "give every operation a key");
      out().add(field, kind);
      return;
    }
    if (!number) {
      refuse(here(), "the key '" + shown(field) + "' is no number below 2^64 as the first key is",
             "add --text-keys if keys are text");
    }
    out().add(*number, kind);
  }

  [[nodiscard]] std::string here() const { return "line " + std::to_string(line_number_); }

  [[noreturn]] void refuse_length() const {
    refuse("line " + std::to_string(line_number_ + 1), "a line of more than 65536 bytes, not csv",
           "give the --format that this file has (u64be, u32be or words)");
  }

  std::string begun_;  // the line that the piece before left unfinished
  field_cutter cutter_;
  std::uint64_t line_number_ = 0;
  std::size_t columns_ = 0;  // 0 until the header has been read
  std::size_t key_column_ = 0;
  std::size_t operation_ = 0;
  bool has_operation_ = false;
  bool keys_are_text_ = false;
};

}  // namespace

std::unique_ptr<trace_parser> csv_parser(parse_options options, trace& out) {
  return std::make_unique<csv_reader>(std::move(options), out);
}

}  // namespace holdfast::inline v0::tools
