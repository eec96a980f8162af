#include "holdfast/tools/trace_parser.hpp"

#include <utility>

#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {

void trace_parser::refuse(const std::string& place, const std::string& what,
                          const std::string& cure) const {
  throw input_error(options_.name, place.empty() ? what : place + ": " + what, cure);
}

std::unique_ptr<trace_parser> parser_for(trace_format format, parse_options options, trace& out) {
  switch (format) {
    case trace_format::csv: return csv_parser(std::move(options), out);
    case trace_format::u64be: return u64be_parser(std::move(options), out);
    case trace_format::u32be: return u32be_parser(std::move(options), out);
    case trace_format::words: break;
  }
  return words_parser(std::move(options), out);
}

}  // namespace holdfast::inline v0::tools
