// Following pointers from member to member, stopping at the first that is null and saying which it was.
//
//   chain(u).then(&user::profile).then(&profile::settings).get()          settings*, or null
//   chain(u).then<&user::profile>().then<&profile::settings>().must()     fatal: "link 1 (profile) is null"
//   chain(u).then(&user::profile, "profile").then(&profile::theme).value_or(theme::plain)
//
// A link is a member, a member function or any function of the object before it. What it gives may be a pointer of
// any kind (pointer_like.hpp), which is followed, or a reference to an object, which is there. Links that give an
// owner by value (a shared_ptr, a pin) are held by the chain, and so is what a weak reference pins: then the result
// is good as long as the chain lives, and is had of a named chain only.
//
// The whole is constexpr and allocates nothing. Cost: a test for each link, as if written by hand.
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/lifetime/member_name.hpp>
#include <holdfast/lifetime/pointer_like.hpp>

namespace holdfast::inline v0 {

// The first null of a chain: 0 is its beginning, 1 what the first then() gave. The name is empty unless it was
// given, or taken from the member.
struct null_link {
  unsigned index;
  std::string_view name;
  [[nodiscard]] friend constexpr bool operator==(const null_link&, const null_link&) noexcept = default;
};

namespace lifetime {

// "link 1 (profile) is null"
[[nodiscard]] std::string text_of(const null_link& link);
// Fatal.
[[noreturn]] HOLDFAST_COLD void report_null_link(const null_link& link, unsigned links) noexcept;

template <class T, class... Held>
class chain_so_far;

// A step of a chain: where it led, and what must be held for that.
template <class T, class... Held>
struct step {
  T* at;
  std::tuple<Held...> held;
};

template <class Given>
concept a_reference = std::is_lvalue_reference_v<Given>;

// What a link gave, followed.
template <class Given>
[[nodiscard]] constexpr auto followed(Given&& given) {
  using one = std::remove_reference_t<Given>;
  using bare = std::remove_cv_t<one>;
  if constexpr (pinnable<bare>) {
    auto held = given.pin();
    auto* const at = address_in(held);
    return step<std::remove_pointer_t<decltype(at)>, decltype(held)>{at, {std::move(held)}};
  } else if constexpr (must_be_tested<bare>) {
    static_assert(a_reference<Given&&> || std::is_pointer_v<typename bare::pointer>,
                  "holdfast: chain: a must_check that owns was given by value; keep it and chain from there");
    auto* const at = given.checked().get();
    return step<std::remove_pointer_t<decltype(at)>>{at, {}};
  } else if constexpr (pointer_like<one> && (a_reference<Given&&> || std::is_pointer_v<bare>)) {
    auto* const at = address_in(given);
    return step<std::remove_pointer_t<decltype(at)>>{at, {}};
  } else if constexpr (pointer_like<one>) {
    static_assert(
        points_elsewhere<bare>,
        "holdfast: chain: this link gives an optional by value, which is gone at once; give a pointer to what "
        "is kept, or keep the optional and chain from there");
    auto* const at = address_in(given);
    // What is copied byte by byte owns nothing, so nothing need be held.
    if constexpr (std::is_trivially_copyable_v<bare>) {
      return step<std::remove_pointer_t<decltype(at)>>{at, {}};
    } else {
      return step<std::remove_pointer_t<decltype(at)>, bare>{at, {std::move(given)}};
    }
  } else {
    static_assert(a_reference<Given&&>,
                  "holdfast: chain: this link gives an object by value, which is gone at once; give a reference or a "
                  "pointer to what is kept");
    return step<one>{std::addressof(given), {}};
  }
}

template <class Link, class T>
using given_by = std::invoke_result_t<const Link&, T&>;
template <class Link, class T>
using followed_by = decltype(followed(std::declval<given_by<Link, T>>()));

template <class T, class... Held>
class [[nodiscard]] chain_so_far {
 public:
  constexpr chain_so_far(T* at, std::optional<null_link> null, unsigned links,
                         std::tuple<std::optional<Held>...>&& held)
      : at_(at), null_(null), links_(links), held_(std::move(held)) {}

  // On to what `link` gives of the object here, if there is one. `name` is for reports and must stay.
  template <class Link>
    requires std::invocable<const Link&, T&>
  [[nodiscard]] constexpr auto then(const Link& link, std::string_view name = {}) && {
    static_assert(!std::is_void_v<given_by<Link, T>>, "holdfast: chain: a link must give a pointer or a reference");
    return on(link, name, static_cast<followed_by<Link, T>*>(nullptr));
  }
  // The same, knowing the member's name: then<&user::profile>().
  template <auto Member>
    requires std::invocable<const decltype(Member)&, T&>
  [[nodiscard]] constexpr auto then() && {
    return std::move(*this).then(Member, member_name<Member>());
  }

  // The object at the end, or null. Of a chain that holds something: good while the chain lives.
  [[nodiscard]] constexpr T* get() const& noexcept { return at_; }
  [[nodiscard]] constexpr T* get() const&& noexcept
    requires(sizeof...(Held) == 0)
  {
    return at_;
  }
  // What a temporary chain holds is gone at the end of the expression: name the chain.
  constexpr T* get() const&& noexcept
    requires(sizeof...(Held) != 0)
  = delete;
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return at_ != nullptr; }

  // The object at the end. Fatal: a link is null; the report names it.
  [[nodiscard]] constexpr T& must() const& noexcept { return there(); }
  [[nodiscard]] constexpr T& must() const&& noexcept
    requires(sizeof...(Held) == 0)
  {
    return there();
  }
  constexpr T& must() const&& noexcept
    requires(sizeof...(Held) != 0)
  = delete;

  // A copy of the object at the end, or `otherwise`.
  template <class Default>
    requires std::copy_constructible<std::remove_cv_t<T>>
  [[nodiscard]] constexpr std::remove_cv_t<T> value_or(Default&& otherwise) const {
    if (at_ != nullptr) return *at_;
    return static_cast<std::remove_cv_t<T>>(std::forward<Default>(otherwise));
  }

  // The first link that is null, if one is.
  [[nodiscard]] constexpr std::optional<null_link> error() const noexcept { return null_; }

 private:
  template <class Link, class U, class... More>
  [[nodiscard]] constexpr auto on(const Link& link, std::string_view name, step<U, More...>*) {
    using next = chain_so_far<U, Held..., More...>;
    if (at_ == nullptr) return next(nullptr, null_, links_ + 1, hold_on(std::tuple<std::optional<More>...>()));
    step<U, More...> taken = followed(std::invoke(link, *at_));
    std::optional<null_link> null;
    if (taken.at == nullptr) null = null_link{links_ + 1, name};
    return next(
        taken.at, null, links_ + 1,
        hold_on(std::apply([](auto&... each) { return std::tuple(std::optional(std::move(each))...); }, taken.held)));
  }
  template <class More>
  [[nodiscard]] constexpr auto hold_on(More&& more) {
    return std::tuple_cat(std::move(held_), std::forward<More>(more));
  }

  [[nodiscard]] constexpr T& there() const noexcept {
    if (at_ == nullptr) [[unlikely]]
      report_null_link(*null_, links_);
    return *at_;
  }

  T* at_;
  std::optional<null_link> null_;
  unsigned links_;
  HOLDFAST_NO_UNIQUE_ADDRESS std::tuple<std::optional<Held>...> held_;
};

template <class U, class... Held>
[[nodiscard]] constexpr auto begun(step<U, Held...>&& first, std::string_view name) {
  std::optional<null_link> null;
  if (first.at == nullptr) null = null_link{0, name};
  return chain_so_far<U, Held...>(
      first.at, null, 0,
      std::apply([](auto&... each) { return std::tuple<std::optional<Held>...>(std::move(each)...); }, first.held));
}

}  // namespace lifetime

// Begins at a pointer of any kind, or at an object. `name` is for reports and must stay.
template <class Start>
[[nodiscard]] constexpr auto chain(Start&& start, std::string_view name = {}) {
  return lifetime::begun(lifetime::followed(std::forward<Start>(start)), name);
}

}  // namespace holdfast::inline v0
