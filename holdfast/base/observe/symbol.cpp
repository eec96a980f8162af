// See symbol.hpp.
#include <holdfast/base/observe/symbol.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <cxxabi.h>
#include <dlfcn.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/libbacktrace.hpp>

namespace holdfast::inline v0::observe {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// As a person would write it.
std::string demangled(const char* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  if (status != 0 || text == nullptr) return name;
  std::string readable(text);
  std::free(text);
  replace_all(readable, "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >",
              "std::string");
  replace_all(readable, "std::basic_string_view<char, std::char_traits<char> >", "std::string_view");
  replace_all(readable, "holdfast::v0::", "holdfast::");
  return readable;
}

std::string_view last_part(std::string_view path) noexcept { return path.substr(path.rfind('/') + 1); }

// What went wrong shows in the lack of an answer.
[[maybe_unused]] void ignore_error(void*, const char*, int) {}

[[maybe_unused]] int add_symbol(void* into, std::uintptr_t, const char* file, int line, const char* function) {
  if (file == nullptr && function == nullptr) return 0;
  symbol one;
  if (function != nullptr) one.function = demangled(function);
  if (file != nullptr) one.file = file;
  one.line = line;
  static_cast<std::vector<symbol>*>(into)->push_back(std::move(one));
  return 0;
}

// Null if the program cannot read its own file.
[[maybe_unused]] backtrace_state* debug_information() {
  static backtrace_state* const state = backtrace_create_state(nullptr, 1, ignore_error, nullptr);
  return state;
}

void read_debug_information([[maybe_unused]] const void* place, [[maybe_unused]] std::vector<symbol>& symbols) {
  if constexpr (have_libbacktrace) {
    backtrace_state* const state = debug_information();
    if (state == nullptr) return;
    backtrace_pcinfo(state, reinterpret_cast<std::uintptr_t>(place), add_symbol, ignore_error, &symbols);
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) symbols[i].inlined = true;
  }
}

[[maybe_unused]] void set_function(void* of, std::uintptr_t, const char* name, std::uintptr_t, std::uintptr_t) {
  if (name != nullptr) static_cast<symbol*>(of)->function = demangled(name);
}

// The symbol table of the file, which has the static functions too, unless it was stripped.
void read_symbol_table([[maybe_unused]] const void* place, [[maybe_unused]] symbol& one) {
  if constexpr (have_libbacktrace) {
    backtrace_state* const state = debug_information();
    if (state == nullptr) return;
    backtrace_syminfo(state, reinterpret_cast<std::uintptr_t>(place), set_function, ignore_error, &one);
  }
}

symbol read_dynamic_symbols(const void* place) {
  symbol one;
  char text[32];
  Dl_info found = {};
  if (dladdr(place, &found) == 0 || found.dli_fname == nullptr) {
    std::snprintf(text, sizeof text, "%p", place);
    one.module = text;
    return one;
  }
  if (found.dli_sname != nullptr) one.function = demangled(found.dli_sname);
  const auto offset = static_cast<const char*>(place) - static_cast<const char*>(found.dli_fbase);
  std::snprintf(text, sizeof text, "+0x%tx", offset);
  one.module = last_part(found.dli_fname);
  one.module += text;
  return one;
}

// Template arguments can fill a page.
std::string shortened(std::string_view name) {
  constexpr std::size_t longest = 160;
  std::string text(name.substr(0, longest));
  if (name.size() > longest) text += "...";
  return text;
}

}  // namespace

std::vector<symbol> symbols_at(const void* place) {
  std::vector<symbol> symbols;
  read_debug_information(place, symbols);
  if (symbols.empty() || (symbols.size() == 1 && symbols[0].function.empty())) {
    symbols.assign(1, read_dynamic_symbols(place));
    if (symbols[0].function.empty()) read_symbol_table(place, symbols[0]);
  }
  return symbols;
}

std::string text_of(const symbol& one) {
  std::string text = one.function.empty() ? "?" : shortened(one.function);
  if (!one.file.empty()) return text + " at " + one.file + ':' + std::to_string(one.line);
  return text + " in " + one.module;
}

std::string short_text_of(const symbol& one) {
  const std::string function = one.function.empty() ? "" : ' ' + shortened(one.function);
  if (one.file.empty()) return one.module + function;
  return std::string(last_part(one.file)) + ':' + std::to_string(one.line) + function;
}

bool is_ours(const symbol& one) noexcept {
  constexpr std::string_view rooms[] = {"/holdfast/base/",     "/holdfast/table/",      "/holdfast/map/",
                                        "/holdfast/lifetime/", "/holdfast/concurrent/", "/holdfast/managed/"};
  const std::string file = one.file.empty() || one.file[0] == '/' ? one.file : '/' + one.file;
  for (const std::string_view room : rooms)
    if (file.find(room) != std::string::npos) return true;
  return file.empty() && one.function.rfind("holdfast::", 0) == 0;
}

}  // namespace holdfast::inline v0::observe
