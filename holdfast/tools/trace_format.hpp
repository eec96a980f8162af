// The formats a trace may have, and how `auto` tells them apart.
//
//   csv     a header line, then one operation a line; one column is the key, `op` may be the kind
//   u64be   8-byte big-endian keys, every operation a read
//   u32be   4-byte big-endian keys, every operation a read
//   words   any text: every run of letters, digits, '_' and bytes above 127 is a key that is read
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace holdfast::inline v0::tools {

enum class trace_format : std::uint8_t { csv, u64be, u32be, words };

[[nodiscard]] std::string_view name_of(trace_format format) noexcept;

// The format called `name`; nothing for "auto" and for names that are none.
[[nodiscard]] std::optional<trace_format> format_called(std::string_view name) noexcept;

// What `auto` decides for a file called `file_name` that begins, decompressed, with `head`:
// the name's ending if it is that of a format (before .xz or .gz); else csv if `head` is text whose
// first line names a key column; else words if it is text. Nothing when it is binary: nobody can
// tell four bytes from eight.
[[nodiscard]] std::optional<trace_format> detect_format(std::string_view file_name,
                                                        std::string_view head,
                                                        bool key_column_given) noexcept;

// How --help tells that.
extern const std::string_view format_help;

}  // namespace holdfast::inline v0::tools
