// expect: holdfast: chain: this link gives an object by value
#include <holdfast/lifetime/chain.hpp>

struct page {
  int size;
};
struct user {
  [[nodiscard]] page shown() const { return {1}; }
};

int main() {
  user ann;
  return holdfast::chain(ann).then(&user::shown).then(&page::size).value_or(0);
}
