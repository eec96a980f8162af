// Reads a whole trace from a source: tells its format, feeds the parser, minds the memory.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "holdfast/tools/byte_source.hpp"
#include "holdfast/tools/trace.hpp"
#include "holdfast/tools/trace_format.hpp"
#include "holdfast/tools/trace_parser.hpp"

namespace holdfast::inline v0::tools {

struct read_result {
  trace operations;
  trace_format format = trace_format::words;
};

// Called now and then with the bytes of the file read so far and its size (0 = not known).
using read_progress = std::function<void(std::uint64_t consumed, std::uint64_t file_size)>;

// The operations in `source`, at least one. `format` empty means: find out. Throws: input_error.
[[nodiscard]] read_result read_trace(byte_source& source, std::optional<trace_format> format,
                                     parse_options options, const read_progress& progress = {});

}  // namespace holdfast::inline v0::tools
