// Where a trace's bytes come from: a file, standard input or memory, with compression undone.
//
// Bytes are pulled in pieces, so that a file of any size needs one buffer. Compression is told by
// the first bytes, never by the name; a stack of sources undoes it:
//
//   file or "-"  →  [xz | gzip]  →  reader
//
// Every failure is an input_error that names the file and how far into it the trouble is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace holdfast::inline v0::tools {

class byte_source {
 public:
  byte_source() = default;
  byte_source(const byte_source&) = delete;
  byte_source& operator=(const byte_source&) = delete;
  virtual ~byte_source() = default;

  // Puts up to `room.size()` bytes into `room` and tells how many; 0 only at the end.
  virtual std::size_t read(std::span<char> room) = 0;

  // What a message calls this source.
  [[nodiscard]] virtual const std::string& name() const = 0;

  // How much of the file at the bottom of the stack has been read, and its size where known (else
  // 0). They are for a progress bar.
  [[nodiscard]] virtual std::uint64_t consumed() const = 0;
  [[nodiscard]] virtual std::uint64_t file_size() const = 0;
};

// `path` ("-" is standard input) with compression undone. Throws: input_error.
[[nodiscard]] std::unique_ptr<byte_source> open_source(const std::string& path);

// `bytes`, which must outlive the source, as if they were a file called `name`.
[[nodiscard]] std::unique_ptr<byte_source> memory_source(std::string name, std::string_view bytes);

// `raw` itself, or a source that undoes the compression its first bytes tell of.
[[nodiscard]] std::unique_ptr<byte_source> undo_compression(std::unique_ptr<byte_source> raw);

// Fills `room` as far as the source goes; tells how many bytes it got.
[[nodiscard]] std::size_t read_fully(byte_source& source, std::span<char> room);

}  // namespace holdfast::inline v0::tools
