// expect: does not guess who owns a bare pointer
#include <holdfast/concurrent/sync_cell.hpp>

struct object {};

void store(holdfast::sync_cell<object>& cell) { cell.store(new object); }
