// A pointer that cannot be followed before it has been tested.
//
// A function that may answer null returns one of these, and who forgets the test gets a compile error. What the
// compiler cannot see, following the answer to a test that failed, ends the process with a report that names the
// place where the null came from.
//
//   must_check<user*> find_user(int id);
//
//   find_user(7)->name();                                      // does not compile
//   if (auto found = find_user(7).checked()) found->name();
//   find_user(7).visit([](user& one) { ... }, [] { ... });
//   const user one = find_user(7).value_or(nobody);
//   find_user(7).must().name();                                // fatal where it is null
//
// Takes every pointer: raw, smart, pins, references that know. Owns what that owns. Costs one word more than it, and
// no instruction that a test in the caller would not.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/place.hpp>
#include <holdfast/lifetime/pointer_like.hpp>

namespace holdfast::inline v0 {

namespace lifetime {

// Fatal.
[[noreturn]] HOLDFAST_COLD void report_followed_null(const void* made_at) noexcept;

[[nodiscard]] HOLDFAST_ALWAYS_INLINE constexpr const void* place_if_running() noexcept {
  return std::is_constant_evaluated() ? nullptr : here();
}

template <class>
inline constexpr bool never = false;

}  // namespace lifetime

// What checked() answers: a pointer that has been asked for, to be tested in the same breath.
template <class T>
class [[nodiscard]] tested_pointer {
 public:
  constexpr tested_pointer(T* one, const void* made_at) noexcept : one_(one), made_at_(made_at) {}

  [[nodiscard]] constexpr explicit operator bool() const noexcept { return one_ != nullptr; }
  // Fatal: it is null.
  [[nodiscard]] constexpr T& operator*() const noexcept { return *there(); }
  [[nodiscard]] constexpr T* operator->() const noexcept { return there(); }
  // Null where there is none.
  [[nodiscard]] constexpr T* get() const noexcept { return one_; }

 private:
  [[nodiscard]] constexpr T* there() const noexcept {
    if (one_ == nullptr) [[unlikely]]
      lifetime::report_followed_null(made_at_);
    return one_;
  }

  T* one_;
  const void* made_at_;
};

template <class Pointer>
class [[nodiscard]] must_check {
  static_assert(lifetime::pointer_like<Pointer>,
                "holdfast: must_check<P> takes a pointer type: must_check<user*>, must_check<std::unique_ptr<user>>");

 public:
  using pointer = Pointer;
  using element_type = lifetime::pointee<const Pointer>;

  HOLDFAST_ALWAYS_INLINE constexpr must_check(Pointer one) noexcept(std::is_nothrow_move_constructible_v<Pointer>)
      : one_(std::move(one)), made_at_(lifetime::place_if_running()) {}
  HOLDFAST_ALWAYS_INLINE constexpr must_check(std::nullptr_t) noexcept
    requires std::constructible_from<Pointer, std::nullptr_t>
      : one_(nullptr), made_at_(lifetime::place_if_running()) {}

  // The pointer, to be tested: if (auto one = x.checked()) ... Of a must_check that owns, not of a temporary.
  [[nodiscard]] constexpr tested_pointer<element_type> checked() const& noexcept { return {address(), made_at_}; }
  [[nodiscard]] constexpr tested_pointer<element_type> checked() const&& noexcept
    requires std::is_pointer_v<Pointer>
  {
    return {address(), made_at_};
  }
  // What a temporary owns is gone at the end of the expression: name it.
  constexpr tested_pointer<element_type> checked() const&& noexcept
    requires(!std::is_pointer_v<Pointer>)
  = delete;

  // present(object), or absent(): both have to be said, and answer the same type.
  template <class Present, class Absent>
    requires(std::invocable<Present, element_type&> && std::invocable<Absent>)
  constexpr decltype(auto) visit(Present&& present, Absent&& absent) const {
    static_assert(std::same_as<std::invoke_result_t<Present, element_type&>, std::invoke_result_t<Absent>>,
                  "holdfast: must_check::visit: both functions must answer the same type");
    if (element_type* const one = address()) return std::invoke(std::forward<Present>(present), *one);
    return std::invoke(std::forward<Absent>(absent));
  }

  // A copy of the object, or `otherwise`.
  template <class Default>
    requires std::copy_constructible<std::remove_cv_t<element_type>>
  [[nodiscard]] constexpr std::remove_cv_t<element_type> value_or(Default&& otherwise) const {
    if (const element_type* const one = address()) return *one;
    return static_cast<std::remove_cv_t<element_type>>(std::forward<Default>(otherwise));
  }

  // The object. Fatal: there is none; the report names where the null was made. Of one that owns, not of a temporary.
  [[nodiscard]] constexpr element_type& must() const& noexcept { return *checked(); }
  [[nodiscard]] constexpr element_type& must() const&& noexcept
    requires std::is_pointer_v<Pointer>
  {
    return *checked();
  }
  constexpr element_type& must() const&& noexcept
    requires(!std::is_pointer_v<Pointer>)
  = delete;

  [[nodiscard]] friend constexpr bool operator==(const must_check& one, std::nullptr_t) noexcept {
    return one.address() == nullptr;
  }

  // The pointer as it was put in, tested or not: for who hands it on to code that tests.
  [[nodiscard]] constexpr const Pointer& unchecked() const& noexcept { return one_; }
  [[nodiscard]] constexpr Pointer unchecked() && noexcept { return std::move(one_); }

  template <class U = Pointer>
  element_type& operator*() const {
    static_assert(lifetime::never<U>,
                  "holdfast: test it first: if (auto p = x.checked()) *p; or x.visit(f, g), "
                  "x.value_or(v), x.must()");
    return must();
  }
  template <class U = Pointer>
  element_type* operator->() const {
    static_assert(lifetime::never<U>,
                  "holdfast: test it first: if (auto p = x.checked()) p->...; or x.visit(f, g), "
                  "x.value_or(v), x.must()");
    return &must();
  }

 private:
  [[nodiscard]] constexpr element_type* address() const noexcept { return lifetime::address_in(one_); }

  Pointer one_;
  const void* made_at_;
};

}  // namespace holdfast::inline v0
