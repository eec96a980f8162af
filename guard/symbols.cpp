// See symbols.hpp.
//
// libbacktrace keeps its memory in mappings of its own and takes no lock of the program's. The demangler is the
// program's, if it has one; while it works malloc is ours and hands out scratch.
#include "guard/symbols.hpp"

#include <cstring>

#include <dlfcn.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/libbacktrace.hpp>

namespace holdfast::guard {
namespace {

using demangler = char* (*)(const char* name, char* into, std::size_t* length, int* status);

struct lines_of_place {
  text_sink& to;
  const void* place;
  std::uint64_t number;
  bool told = false;
};

// What went wrong shows in the lack of an answer.
[[maybe_unused]] void ignore_error(void*, const char*, int) {}

void add_name(text_sink& to, const char* name) noexcept {
  constexpr std::size_t longest = 160;
  if (name == nullptr) {
    to.add("?");
    return;
  }
  const auto demangle = reinterpret_cast<demangler>(dlsym(RTLD_DEFAULT, "__cxa_demangle"));
  int status = -1;
  const char* const readable = demangle == nullptr ? nullptr : demangle(name, nullptr, nullptr, &status);
  const std::string_view whole = status == 0 && readable != nullptr ? readable : name;
  to.add({whole.data(), whole.size() < longest ? whole.size() : longest});
  if (whole.size() > longest) to.add("...");
}

void begin_line(lines_of_place& lines) noexcept {
  lines.told = true;
  lines.to.add("    #").number(lines.number++).add(" ");
}

[[maybe_unused]] int add_line(void* into, std::uintptr_t, const char* file, int line, const char* function) {
  auto& lines = *static_cast<lines_of_place*>(into);
  if (file == nullptr) return 0;
  begin_line(lines);
  add_name(lines.to, function);
  lines.to.add(" at ").add(file).add(":").number(static_cast<std::uint64_t>(line)).add("\n");
  return 0;
}

[[maybe_unused]] void keep_name(void* into, std::uintptr_t, const char* name, std::uintptr_t, std::uintptr_t) {
  *static_cast<const char**>(into) = name;
}

// Null if the program cannot read its own file.
[[maybe_unused]] backtrace_state* debug_information() noexcept {
  static constinit backtrace_state* state = nullptr;
  if (state == nullptr) state = backtrace_create_state(nullptr, 1, ignore_error, nullptr);
  return state;
}

// Function, module and the offset in it, which addr2line can use later.
void add_module_line(lines_of_place& lines) noexcept {
  const char* name = nullptr;
  Dl_info about = {};
  const bool known = dladdr(lines.place, &about) != 0 && about.dli_fname != nullptr;
  if (known) name = about.dli_sname;
  if constexpr (have_libbacktrace) {
    if (name == nullptr && debug_information() != nullptr)
      backtrace_syminfo(debug_information(), reinterpret_cast<std::uintptr_t>(lines.place), keep_name, ignore_error,
                        &name);
  }
  begin_line(lines);
  add_name(lines.to, name);
  lines.to.add(" in ");
  if (known) {
    const char* const file = std::strrchr(about.dli_fname, '/');
    const auto offset = static_cast<const char*>(lines.place) - static_cast<const char*>(about.dli_fbase);
    lines.to.add(file == nullptr ? about.dli_fname : file + 1).add("+").address(static_cast<std::uintptr_t>(offset));
  } else {
    lines.to.address(lines.place);
  }
  lines.to.add("\n");
}

}  // namespace

std::uint64_t add_place(text_sink& to, const void* place, std::uint64_t number) noexcept {
  lines_of_place lines{to, place, number};
  if constexpr (have_libbacktrace) {
    if (backtrace_state* const state = debug_information())
      backtrace_pcinfo(state, reinterpret_cast<std::uintptr_t>(place), add_line, ignore_error, &lines);
  }
  if (!lines.told) add_module_line(lines);
  return lines.number;
}

}  // namespace holdfast::guard
