// What we use of libbacktrace, which reads debug information: three functions. Its own header lies in a folder that is
// private to one compiler.
//
// For symbol.cpp here, and for the guard, which takes nothing else from this room: there is nothing but declarations.
#pragma once

#include <cstdint>

extern "C" {
struct backtrace_state;
using backtrace_error_callback = void (*)(void* into, const char* message, int error);
using backtrace_full_callback = int (*)(void* into, std::uintptr_t place, const char* file, int line,
                                        const char* function);
using backtrace_syminfo_callback = void (*)(void* into, std::uintptr_t place, const char* name, std::uintptr_t begin,
                                            std::uintptr_t size);
backtrace_state* backtrace_create_state(const char* program, int threaded, backtrace_error_callback, void* into);
int backtrace_pcinfo(backtrace_state*, std::uintptr_t place, backtrace_full_callback, backtrace_error_callback,
                     void* into);
int backtrace_syminfo(backtrace_state*, std::uintptr_t place, backtrace_syminfo_callback, backtrace_error_callback,
                      void* into);
}
