// expect: holdfast: chain: this link gives an optional by value
#include <optional>

#include <holdfast/lifetime/chain.hpp>

struct user {
  [[nodiscard]] std::optional<int> age() const { return 41; }
};

int main() {
  user ann;
  return holdfast::chain(ann).then(&user::age).value_or(0);
}
