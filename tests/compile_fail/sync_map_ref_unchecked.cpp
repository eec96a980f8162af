// expect: holdfast: sync_map::ref needs a map that is checked
#include <holdfast/concurrent/sync_map.hpp>

int main() {
  holdfast::sync_map<int, int> ages;
  return ages.ref(1).expired();
}
