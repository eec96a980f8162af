// Sources that undo compression while they are read.
//
// Each gives nullptr where its library was not there when holdfast was built. A stream that ends
// early or does not check out is an input_error that tells the offset in the compressed file.
#pragma once

#include <memory>

#include "holdfast/tools/byte_source.hpp"

namespace holdfast::inline v0::tools {

[[nodiscard]] std::unique_ptr<byte_source> xz_source(std::unique_ptr<byte_source> compressed);
[[nodiscard]] std::unique_ptr<byte_source> gzip_source(std::unique_ptr<byte_source> compressed);

}  // namespace holdfast::inline v0::tools
