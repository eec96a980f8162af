// What the compiler and the build offer, asked in one place.
//
// No other file of the project holds an `#if`. Each answer is a macro where the preprocessor is needed
// and a constant everywhere else. Nothing here may change the layout of a type: translation units
// built with different answers are linked together.
#pragma once

// The older spelling of attributes may stand before and after `static` and `constexpr`.
#define HOLDFAST_NOINLINE __attribute__((noinline))
#define HOLDFAST_COLD __attribute__((cold, noinline))
#define HOLDFAST_ALWAYS_INLINE inline __attribute__((always_inline))
// The same for a lambda: behind its parameters.
#define HOLDFAST_INLINED __attribute__((always_inline))
#define HOLDFAST_NO_UNIQUE_ADDRESS [[no_unique_address]]

// The object must outlive what the call returns; only clang tells.
#if defined(__clang__)
#define HOLDFAST_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define HOLDFAST_LIFETIMEBOUND
#endif

// A thread-local reached by one segment-relative load, also from a shared library. Only for a few
// bytes: they come out of a small reserve that the loader keeps.
#define HOLDFAST_NEAR_TLS [[gnu::tls_model("initial-exec")]]

// Stays in the binary although no code refers to it.
#if defined(__has_attribute) && __has_attribute(retain)
#define HOLDFAST_RETAINED [[gnu::used, gnu::retain]]
#else
#define HOLDFAST_RETAINED [[gnu::used]]
#endif

// Runs when its program or library is loaded, before any ordinary static object of it is made. Only for
// functions in a file that everybody who depends on them links anyway.
#define HOLDFAST_AT_LOAD __attribute__((constructor(101)))

// Can be found by name from outside, also in a library built with hidden symbols.
#define HOLDFAST_EXPORTED [[gnu::visibility("default")]]

// HOLDFAST_THROW(exception): throws it, or says what it was and aborts (raise.hpp is the door to it).
#if defined(__cpp_exceptions)
#define HOLDFAST_EXCEPTIONS 1
#define HOLDFAST_THROW(exception) throw exception
#else
#define HOLDFAST_EXCEPTIONS 0
#define HOLDFAST_THROW(exception) ::holdfast::abort_for_want_of_exceptions((exception).what())
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HOLDFAST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOLDFAST_ASAN 1
#endif
#endif
#if !defined(HOLDFAST_ASAN)
#define HOLDFAST_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__)
#define HOLDFAST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HOLDFAST_TSAN 1
#endif
#endif
#if !defined(HOLDFAST_TSAN)
#define HOLDFAST_TSAN 0
#endif

// Builds that have the standard library check itself check here too what would cost a fast path.
#if defined(_GLIBCXX_ASSERTIONS)
#define HOLDFAST_CHECKED 1
#else
#define HOLDFAST_CHECKED 0
#endif

#if defined(__SSE2__)
#define HOLDFAST_SSE2 1
#else
#define HOLDFAST_SSE2 0
#endif

// The build defines it as 1 where libbacktrace is linked.
#if !defined(HOLDFAST_HAVE_BACKTRACE)
#define HOLDFAST_HAVE_BACKTRACE 0
#endif

// HOLDFAST_PROGRAM_COUNTER(pointer): stores the address of about this instruction; one `lea`, no call.
#if defined(__x86_64__)
#define HOLDFAST_PROGRAM_COUNTER(pointer) __asm__ volatile("lea 0(%%rip), %0" : "=r"(pointer))
#elif defined(__aarch64__)
#define HOLDFAST_PROGRAM_COUNTER(pointer) __asm__ volatile("adr %0, ." : "=r"(pointer))
#else
#define HOLDFAST_PROGRAM_COUNTER(pointer) ((pointer) = __builtin_return_address(0))
#endif

// HOLDFAST_PAUSE(): tells the processor that this loop only waits.
#if defined(__x86_64__) || defined(__i386__)
#define HOLDFAST_PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define HOLDFAST_PAUSE() __asm__ volatile("yield")
#else
#define HOLDFAST_PAUSE() static_cast<void>(0)
#endif

// HOLDFAST_FAULT_WAS_WRITE(context): 1 if the fault that a signal handler got this ucontext_t* for was a write, 0 if
// it was a read, -1 where the processor is not asked. Bit 1 of a page fault's error code says so on x86-64.
#if defined(__x86_64__)
#define HOLDFAST_FAULT_WAS_WRITE(context) (static_cast<int>((context)->uc_mcontext.gregs[19] >> 1 & 1))
#else
#define HOLDFAST_FAULT_WAS_WRITE(context) (static_cast<void>(context), -1)
#endif

namespace holdfast::inline v0 {

inline constexpr bool exceptions_enabled = HOLDFAST_EXCEPTIONS != 0;
inline constexpr bool address_sanitizer = HOLDFAST_ASAN != 0;
inline constexpr bool thread_sanitizer = HOLDFAST_TSAN != 0;
inline constexpr bool checked_build = HOLDFAST_CHECKED != 0;
inline constexpr bool have_sse2 = HOLDFAST_SSE2 != 0;
inline constexpr bool have_libbacktrace = HOLDFAST_HAVE_BACKTRACE != 0;

}  // namespace holdfast::inline v0
