// expect: (read-only|const-qualified)
#include <holdfast/concurrent/locked_map.hpp>

// Others may read what is pinned at the same time.
void write(holdfast::locked_map<int, int>& map) { *map.pin(1) = 2; }
