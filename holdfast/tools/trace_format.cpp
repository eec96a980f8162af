#include "holdfast/tools/trace_format.hpp"

#include <algorithm>
#include <array>

#include "holdfast/tools/csv_columns.hpp"

namespace holdfast::inline v0::tools {
namespace {

struct named_format {
  trace_format format;
  std::string_view name;
};

constexpr std::array<named_format, 4> formats = {{
    {trace_format::csv, "csv"},
    {trace_format::u64be, "u64be"},
    {trace_format::u32be, "u32be"},
    {trace_format::words, "words"},
}};

[[nodiscard]] std::string_view without_compression(std::string_view name) noexcept {
  for (const std::string_view ending : {".xz", ".gz"}) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

[[nodiscard]] std::string_view extension_of(std::string_view name) noexcept {
  const auto slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

[[nodiscard]] bool is_text(std::string_view head) noexcept {
  return std::none_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool space = byte >= '\t' && byte <= '\r';
    return (byte < 0x20 && !space && byte != 0x1b) || byte == 0x7f;
  });
}

// The first line that is no comment.
[[nodiscard]] std::string_view header_line(std::string_view text) noexcept {
  while (text.starts_with('#')) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

std::string_view name_of(trace_format format) noexcept {
  for (const auto& known : formats) {
    if (known.format == format) return known.name;
  }
  return "?";
}

std::optional<trace_format> format_called(std::string_view name) noexcept {
  for (const auto& known : formats) {
    if (known.name == name) return known.format;
  }
  return std::nullopt;
}

std::optional<trace_format> detect_format(std::string_view file_name, std::string_view head,
                                          bool key_column_given) noexcept {
  if (auto by_name = format_called(extension_of(without_compression(file_name)))) return by_name;
  if (!is_text(head)) return std::nullopt;
  if (key_column_given || names_a_known_key(header_line(head))) return trace_format::csv;
  return trace_format::words;
}

const std::string_view format_help =
    "FORMATS\n"
    "  csv    a header line, then one operation a line. The key is the column named by\n"
    "         --key-column (a name, or a number from 1), else lbn, key, addr, address, id, obj_id\n"
    "         or object. A column op or operation tells the kind: 28, r, read, get, load ... read;\n"
    "         2a, w, write, set, put, malloc ... write; free, erase, delete ... erase.\n"
    "         Block I/O traces with version,time,op,size,lbn are read as they are.\n"
    "  u64be  8-byte big-endian keys, nothing else; every operation is a read\n"
    "  u32be  4-byte big-endian keys, nothing else; every operation is a read\n"
    "  words  any text; every word is a string key that is read\n"
    "  auto   (default) the file name's ending where it is one of the above, .xz or .gz aside;\n"
    "         else csv when the text's first line names a key column; else words when it is text.\n"
    "         Binary data with another name needs --format.\n"
    "  .xz and .gz are told by their first bytes and read directly.";

}  // namespace holdfast::inline v0::tools
