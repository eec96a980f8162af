// A chain stops at its first null and names it.
#include <holdfast/lifetime/chain.hpp>

#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/base/lang/optional_ref.hpp>
#include <holdfast/lifetime/must_check.hpp>
#include <holdfast/lifetime/sync_handle_pool.hpp>

namespace {

using holdfast::chain;
using holdfast::null_link;

enum class theme { plain, dark };

struct settings {
  theme shown = theme::dark;
};

struct profile {
  settings* chosen = nullptr;
  std::unique_ptr<settings> owned;
  std::shared_ptr<settings> shared;
  std::optional<settings> perhaps;
  settings always;
  holdfast::weak<settings> known;

  [[nodiscard]] settings* find() const { return chosen; }
  [[nodiscard]] std::shared_ptr<settings> share() const { return shared; }
};

struct user {
  profile* page = nullptr;
};

// covers hf.lifetime.chain-stops-at-null
TEST(Chain, LeadsToTheEndWhereNoLinkIsNull) {
  settings dark;
  profile page;
  page.chosen = &dark;
  user ann{&page};
  EXPECT_EQ(chain(&ann).then(&user::page).then(&profile::chosen).get(), &dark);
  EXPECT_EQ(chain(ann).then(&user::page).then(&profile::find).get(), &dark);
  EXPECT_EQ(chain(ann).then(&user::page).then(&profile::always).then(&settings::shown).value_or(theme::plain),
            theme::dark);
  EXPECT_EQ(&chain(ann).then(&user::page).then(&profile::chosen).must(), &dark);
  EXPECT_FALSE(chain(ann).then(&user::page).error());
  EXPECT_TRUE(chain(ann).then(&user::page));
}

// covers hf.lifetime.chain-stops-at-null
TEST(Chain, CallsNothingBehindANull) {
  user nobody;
  int calls = 0;
  const auto counted = [&](profile& one) -> settings& {
    ++calls;
    return one.always;
  };
  const auto whole = chain(nobody).then(&user::page).then(counted).then(&settings::shown);
  EXPECT_EQ(whole.get(), nullptr);
  EXPECT_EQ(whole.value_or(theme::plain), theme::plain);
  EXPECT_EQ(calls, 0);
}

// covers hf.lifetime.chain-names-null
TEST(Chain, NamesTheFirstNullLink) {
  profile page;
  user ann{&page};
  user nobody;
  user* no_user = nullptr;
  const auto error_of = [](user* one) {
    return chain(one, "one").then<&user::page>().then<&profile::chosen>().then<&settings::shown>().error();
  };
  EXPECT_EQ(error_of(no_user), (null_link{0, "one"}));
  EXPECT_EQ(error_of(&nobody), (null_link{1, "page"}));
  EXPECT_EQ(error_of(&ann), (null_link{2, "chosen"}));
  EXPECT_EQ(chain(ann).then(&user::page).then(&profile::chosen, "settings").error(), (null_link{2, "settings"}));
  EXPECT_EQ(chain(ann).then(&user::page).then(&profile::chosen).error(), (null_link{2, ""}));
  EXPECT_EQ(chain(ann).then<&user::page>().then<&profile::find>().error(), (null_link{2, "find"}));
  EXPECT_EQ(holdfast::lifetime::text_of(null_link{2, "find"}), "link 2 (find) is null");
  EXPECT_EQ(holdfast::lifetime::text_of(null_link{0, ""}), "the beginning of the chain is null");
}

// covers hf.lifetime.chain-any-pointer
TEST(Chain, FollowsOwnersOptionalsAndReferences) {
  profile page;
  user ann{&page};
  const auto steps = [&](auto member) { return chain(ann).then(&user::page).then(member); };
  EXPECT_FALSE(steps(&profile::owned));
  EXPECT_FALSE(steps(&profile::shared));
  EXPECT_FALSE(steps(&profile::perhaps));
  page.owned = std::make_unique<settings>();
  page.shared = std::make_shared<settings>();
  page.perhaps.emplace();
  EXPECT_EQ(steps(&profile::owned).get(), page.owned.get());
  EXPECT_EQ(steps(&profile::shared).get(), page.shared.get());
  EXPECT_EQ(steps(&profile::perhaps).get(), &*page.perhaps);
  const auto referred = [](profile& one) { return holdfast::optional_ref<settings>(one.always); };
  EXPECT_EQ(steps(referred).get(), &page.always);
  const auto tested = [](profile& one) { return holdfast::must_check<settings*>(&one.always); };
  EXPECT_EQ(steps(tested).get(), &page.always);
  std::shared_ptr<user> owner = std::make_shared<user>(ann);
  EXPECT_EQ(chain(owner).then(&user::page).get(), &page);
}

template <class One>
concept gives = requires(One&& one) {
  std::forward<One>(one).get();
  std::forward<One>(one).must();
};

// covers hf.lifetime.chain-holds
TEST(Chain, HoldsAnOwnerThatALinkGives) {
  profile page;
  page.shared = std::make_shared<settings>();
  user ann{&page};
  {
    const auto whole = chain(ann).then(&user::page).then(&profile::share).then(&settings::shown);
    page.shared.reset();
    EXPECT_EQ(*whole.get(), theme::dark) << "the chain is the last owner";
  }
  using temporary = decltype(chain(ann).then(&user::page).then(&profile::share));
  static_assert(gives<const temporary&> && !gives<temporary>);
  static_assert(gives<decltype(chain(ann).then(&user::page))>, "it holds nothing");
}

// covers hf.lifetime.chain-holds
TEST(Chain, PinsWhatAWeakReferenceLeadsTo) {
  holdfast::sync_handle_pool<settings> pool;
  profile page;
  page.known = pool.make();
  user ann{&page};
  const auto whole = chain(ann).then<&user::page>().then<&profile::known>().then<&settings::shown>();
  pool.erase(page.known);
  holdfast::reclaim::default_domain().drain();
  EXPECT_EQ(*whole.get(), theme::dark);
  EXPECT_EQ(chain(ann).then<&user::page>().then<&profile::known>().error(), (null_link{2, "known"}));
  EXPECT_FALSE(chain(page.known));
}

// covers hf.lifetime.chain-constexpr
TEST(Chain, IsFollowedAtCompileTime) {
  struct leaf {
    int value;
  };
  struct branch {
    const leaf* left;
    const leaf* right;
  };
  // Objects of the evaluation itself: under UBSan g++ does not know that those of the program are not at null.
  constexpr auto kept = [] {
    const leaf one{7};
    const branch tree{&one, nullptr};
    return chain(tree).then(&branch::left).then(&leaf::value).value_or(0) == 7 &&
           chain(&tree).then<&branch::right>().then<&leaf::value>().value_or(-1) == -1 &&
           *chain(tree).then<&branch::right>().error() == null_link{1, "right"};
  };
  static_assert(kept());
  static_assert(holdfast::lifetime::member_name<&branch::left>() == "left");
}

}  // namespace
