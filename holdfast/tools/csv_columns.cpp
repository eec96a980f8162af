#include "holdfast/tools/csv_columns.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace holdfast::inline v0::tools {
namespace {

constexpr std::array<std::string_view, 7> key_names = {"lbn", "key",    "addr",  "address",
                                                       "id",  "obj_id", "object"};
constexpr std::array<std::string_view, 2> operation_names = {"op", "operation"};

struct spelling {
  std::string_view text;
  op_kind kind;
};

constexpr std::array<spelling, 29> spellings = {{
    {"28", op_kind::read},      {"2a", op_kind::write},     {"r", op_kind::read},
    {"w", op_kind::write},      {"read", op_kind::read},    {"write", op_kind::write},
    {"get", op_kind::read},     {"set", op_kind::write},    {"load", op_kind::read},
    {"store", op_kind::write},  {"lookup", op_kind::read},  {"find", op_kind::read},
    {"put", op_kind::write},    {"add", op_kind::write},    {"insert", op_kind::write},
    {"assign", op_kind::write}, {"update", op_kind::write}, {"malloc", op_kind::write},
    {"alloc", op_kind::write},  {"new", op_kind::write},    {"free", op_kind::erase},
    {"erase", op_kind::erase},  {"delete", op_kind::erase}, {"del", op_kind::erase},
    {"remove", op_kind::erase}, {"evict", op_kind::erase},  {"d", op_kind::erase},
    {"gets", op_kind::read},    {"e", op_kind::erase},
}};

[[nodiscard]] char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

[[nodiscard]] bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

[[nodiscard]] std::string_view trimmed(std::string_view field) noexcept {
  while (field.starts_with(' ') || field.starts_with('\t')) field.remove_prefix(1);
  while (field.ends_with(' ') || field.ends_with('\t')) field.remove_suffix(1);
  return field;
}

template <std::size_t Count>
[[nodiscard]] std::optional<std::size_t> column_of(
    const std::array<std::string_view, Count>& names,
    const std::vector<std::string_view>& header) noexcept {
  for (const auto name : names) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (same_word(trimmed(header[i]), name)) return i;
    }
  }
  return std::nullopt;
}

}  // namespace

bool field_cutter::cut(std::string_view line) {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(line.size() / 2 + 1);  // views into it must not move
  std::size_t at = 0;
  for (;;) {
    if (at < line.size() && line[at] == '"') {
      if (!cut_quoted(line, at)) return false;
    } else {
      const auto end = std::min(line.find(',', at), line.size());
      fields_.push_back(line.substr(at, end - at));
      at = end;
    }
    if (at >= line.size()) return true;
    if (line[at] != ',') return false;
    ++at;
  }
}

bool field_cutter::cut_quoted(std::string_view line, std::size_t& at) {
  std::string text;
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      text += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      text += line[++at];
    } else {
      ++at;
      unquoted_.push_back(std::move(text));
      fields_.push_back(unquoted_.back());
      return true;
    }
  }
  return false;
}

bool names_a_known_key(std::string_view line) noexcept {
  if (line.find(',') == std::string_view::npos) return false;
  while (!line.empty()) {
    const auto end = std::min(line.find(','), line.size());
    const auto name = trimmed(line.substr(0, end));
    for (const auto known : key_names) {
      if (same_word(name, known)) return true;
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return false;
}

std::optional<std::size_t> known_key_column(const std::vector<std::string_view>& header) noexcept {
  return column_of(key_names, header);
}

std::optional<std::size_t> operation_column(const std::vector<std::string_view>& header) noexcept {
  return column_of(operation_names, header);
}

std::optional<std::uint64_t> number_in(std::string_view field) noexcept {
  field = trimmed(field);
  int base = 10;
  if (field.starts_with("0x") || field.starts_with("0X")) {
    field.remove_prefix(2);
    base = 16;
  }
  std::uint64_t number = 0;
  const char* const end = field.data() + field.size();
  const auto parsed = std::from_chars(field.data(), end, number, base);
  if (field.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<op_kind> kind_in(std::string_view field) noexcept {
  field = trimmed(field);
  for (const auto& known : spellings) {
    if (same_word(field, known.text)) return known.kind;
  }
  return std::nullopt;
}

}  // namespace holdfast::inline v0::tools
