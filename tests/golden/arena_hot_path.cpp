// What arena_hot_path.py counts the instructions of: an allocation of a constant size, and what is made in it.
#include <holdfast/base/memory/arena.hpp>

struct order {
  const void* customer;
  long number;
};

extern "C" {

[[gnu::noinline]] void* allocate_64(holdfast::arena& memory) { return memory.allocate(64); }

[[gnu::noinline]] void* allocate_24(holdfast::arena& memory) { return memory.allocate(24); }

[[gnu::noinline]] void* allocate_a_line(holdfast::line_arena& memory) { return memory.allocate(24); }

[[gnu::noinline]] void* allocate_aligned(holdfast::arena& memory) { return memory.allocate(32, 16); }

[[gnu::noinline]] order* make_order(holdfast::arena& memory, const void* customer, long number) {
  return memory.make<order>(customer, number);
}

[[gnu::noinline]] bool is_live(const holdfast::arena_ptr<order>& one) { return one.is_live(); }
}

int main() {
  holdfast::arena memory;
  holdfast::line_arena lines;
  allocate_64(memory);
  allocate_24(memory);
  allocate_aligned(memory);
  allocate_a_line(lines);
  const auto one = memory.ptr(make_order(memory, &memory, 17));
  if (!is_live(one)) return 1;
  memory.reset();
  return is_live(one) ? 2 : 0;
}
