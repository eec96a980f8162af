// Turns bytes into the operations of a trace, one parser a format.
//
// A parser is fed pieces cut anywhere: cutting the same bytes elsewhere gives the same trace. It
// keeps no more than one unfinished key or line. It knows nothing of files; its errors are told
// under the name it was given. It throws input_error and nothing else (but for lack of memory).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "holdfast/tools/trace.hpp"
#include "holdfast/tools/trace_format.hpp"

namespace holdfast::inline v0::tools {

struct parse_options {
  std::string name;        // what messages call the input
  std::string key_column;  // csv: a header's name, or a number from 1; empty = the known names
  bool text_keys = false;  // csv: keys are strings even where they look like numbers
  std::size_t limit = std::numeric_limits<std::size_t>::max();  // operations to take
};

class trace_parser {
 public:
  trace_parser(parse_options options, trace& out) : options_(std::move(options)), out_(out) {}
  trace_parser(const trace_parser&) = delete;
  trace_parser& operator=(const trace_parser&) = delete;
  virtual ~trace_parser() = default;

  virtual void feed(std::string_view bytes) = 0;
  virtual void finish() = 0;

  // Enough has been read; what follows is ignored.
  [[nodiscard]] bool full() const noexcept { return out_.size() >= options_.limit; }

 protected:
  [[nodiscard]] const parse_options& options() const noexcept { return options_; }
  [[nodiscard]] trace& out() noexcept { return out_; }

  // Throws an input_error for `place` ("line 7", "byte 12") of the input.
  [[noreturn]] void refuse(const std::string& place, const std::string& what,
                           const std::string& cure) const;

 private:
  parse_options options_;
  trace& out_;
};

[[nodiscard]] std::unique_ptr<trace_parser> parser_for(trace_format format, parse_options options,
                                                       trace& out);

[[nodiscard]] std::unique_ptr<trace_parser> csv_parser(parse_options options, trace& out);
[[nodiscard]] std::unique_ptr<trace_parser> words_parser(parse_options options, trace& out);
[[nodiscard]] std::unique_ptr<trace_parser> u64be_parser(parse_options options, trace& out);
[[nodiscard]] std::unique_ptr<trace_parser> u32be_parser(parse_options options, trace& out);

}  // namespace holdfast::inline v0::tools
