// What the columns of a comma-separated trace mean: cutting a line into fields, telling the key
// column from its name, telling an operation's kind from its spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/tools/trace.hpp"

namespace holdfast::inline v0::tools {

// Cuts `line` at its commas into `fields`; a field may stand in double quotes, "" being one of
// them. False when a quote is never closed. The views live as long as `line` and `unquoted`.
class field_cutter {
 public:
  [[nodiscard]] bool cut(std::string_view line);
  [[nodiscard]] const std::vector<std::string_view>& fields() const noexcept { return fields_; }

 private:
  [[nodiscard]] bool cut_quoted(std::string_view line, std::size_t& at);

  std::vector<std::string_view> fields_;
  std::vector<std::string> unquoted_;  // fields in which a quote stood twice
};

// True when the header `line` has a column that is known to hold the key.
[[nodiscard]] bool names_a_known_key(std::string_view line) noexcept;
[[nodiscard]] std::optional<std::size_t> known_key_column(
    const std::vector<std::string_view>& header) noexcept;
[[nodiscard]] std::optional<std::size_t> operation_column(
    const std::vector<std::string_view>& header) noexcept;

// Decimal or 0x-hexadecimal; nothing when it is neither or does not fit.
[[nodiscard]] std::optional<std::uint64_t> number_in(std::string_view field) noexcept;
[[nodiscard]] std::optional<op_kind> kind_in(std::string_view field) noexcept;

}  // namespace holdfast::inline v0::tools
