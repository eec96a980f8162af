#include "holdfast/tools/trace_reader.hpp"

#include <unistd.h>

#include <utility>
#include <vector>

#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {
namespace {

constexpr std::size_t piece_size = std::size_t{1} << 16;

[[nodiscard]] std::size_t quarter_of_memory() {
  const auto pages = sysconf(_SC_PHYS_PAGES);
  const auto page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return static_cast<std::size_t>(-1);
  return static_cast<std::size_t>(pages) / 4 * static_cast<std::size_t>(page);
}

void check_memory(const trace& operations, const std::string& name, std::size_t most) {
  if (operations.bytes() <= most) return;
  throw input_error(name,
                    "its first " + std::to_string(operations.size()) +
                        " operations fill a quarter of this machine's memory",
                    "replay a part of it with --limit");
}

[[nodiscard]] trace_format format_of(const byte_source& source, std::string_view head,
                                     const parse_options& options) {
  if (auto format = detect_format(source.name(), head, !options.key_column.empty())) return *format;
  throw input_error(source.name(), "binary keys whose size its name does not tell",
                    "say --format u64be or --format u32be");
}

}  // namespace

read_result read_trace(byte_source& source, std::optional<trace_format> format,
                       parse_options options, const read_progress& progress) {
  std::vector<char> piece(piece_size);
  std::size_t got = read_fully(source, piece);
  if (got == 0) {
    throw input_error(source.name(), "is empty", "give a trace with at least one operation");
  }
  read_result result;
  result.format = format ? *format : format_of(source, {piece.data(), got}, options);
  options.name = source.name();
  const auto parser = parser_for(result.format, std::move(options), result.operations);
  const auto most = quarter_of_memory();
  while (got != 0 && !parser->full()) {
    parser->feed({piece.data(), got});
    check_memory(result.operations, source.name(), most);
    if (progress) progress(source.consumed(), source.file_size());
    got = parser->full() ? 0 : source.read(piece);
  }
  parser->finish();
  if (result.operations.size() == 0) {
    throw input_error(source.name(), "has not one key in it",
                      "give the --format that this file has");
  }
  return result;
}

}  // namespace holdfast::inline v0::tools
