// What an address in the code is called: function, file and line, and what was inlined there.
//
// With libbacktrace (the build says so) the debug information is read, and where there is none the symbol
// table; without it the dynamic symbol table. Where nothing is known the module and the offset in it are
// told, which addr2line can use later.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::inline v0::observe {

struct symbol {
  std::string function;  // demangled; empty if unknown
  std::string file;      // empty if unknown
  int line = 0;
  std::string module;    // `server+0x12ab`, set when the file is unknown
  bool inlined = false;  // into the symbol that follows it
};

// Innermost first: the functions inlined at `place`, then the one that holds it. Never empty.
// Cost: the first call reads the debug information: tens of milliseconds, no heap.
[[nodiscard]] std::vector<symbol> symbols_at(const void* place);

// `handle_login(int) at /src/server.cpp:88`.
[[nodiscard]] std::string text_of(const symbol& one);

// `server.cpp:88 handle_login(int)`.
[[nodiscard]] std::string short_text_of(const symbol& one);

// Whether it is a function of this library, not of its caller.
[[nodiscard]] bool is_ours(const symbol& one) noexcept;

}  // namespace holdfast::inline v0::observe
