// expect: that was given an object always has one
#include <holdfast/concurrent/sync_cell.hpp>

// Who has read an object once need not ask again.
void empty(holdfast::sync_cell<int>& cell) { cell.store(nullptr); }
